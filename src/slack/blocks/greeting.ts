import type { Text } from '../../text/index.ts';
import { ACTION } from '../ids.ts';
import { button, section } from './objects.ts';
import type { Rendered } from './objects.ts';
import { code } from './text.ts';

/** What the app does in a channel, in three lines. */
export function renderGreeting(command: string, { greeting }: Text): Rendered {
  const lines = [
    greeting.what,
    greeting.how(code(`${command} ${greeting.example}`)),
    greeting.privacy(code(`${command} help`)),
  ].join('\n');
  const start = button(ACTION.startHere, greeting.start, 'channel');
  return { text: lines, blocks: [section(lines), { type: 'actions', elements: [start] }] };
}
