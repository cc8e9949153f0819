import type { Button } from '@slack/types';
import type { IntentOf } from '../../session/intent.ts';
import type { Text } from '../../text/index.ts';
import { ACTION, runAction } from '../ids.ts';
import { notice } from './notices.ts';
import { button, caption, confirmation, context, section } from './objects.ts';
import type { Rendered } from './objects.ts';
import { stopQuestion } from './stop-dialog.ts';
import { linkedTitle, statusWord } from './session-card.ts';
import type { SessionCard } from './session-card.ts';
import { bold, code } from './text.ts';

export type SessionPick = {
  act: IntentOf<'pick'>['act'];
  /** The sessions that it can be done with. */
  entries: { card: SessionCard; sessionId: string }[];
  /** How the command is typed. */
  usage: string;
};

/** Sessions of one's own, with a button each for what the command does. */
export function renderSessionPick({ act, entries, usage }: SessionPick, text: Text): Rendered {
  const { pick, pickNone, pickOther } = text.sessions;
  const other = pickOther(code(usage));
  if (entries.length === 0) return notice([pickNone[act], other]);
  const rows = entries.map(({ card }) =>
    text.sessions.line([linkedTitle(card, text), statusWord(card, text)]),
  );
  return {
    text: [pick[act], ...rows.map((row) => `• ${row}`), other].join('\n'),
    blocks: [
      section(bold(pick[act])),
      ...entries.map((entry, at) => ({
        ...section(rows[at] ?? ''),
        accessory: pickButton(act, entry, text),
      })),
      context(other),
    ],
  };
}

function pickButton(
  act: SessionPick['act'],
  { card, sessionId }: SessionPick['entries'][number],
  text: Text,
): Button {
  const label = text.sessions.pickButton[act];
  const shown =
    act === 'say'
      ? button(ACTION.reply, label, card.requestId)
      : button(runAction(0), label, `${act} ${sessionId}`);
  return {
    ...shown,
    accessibility_label: caption(text.card.buttonOn(label, card.title)).text,
    ...(act === 'stop' && { confirm: confirmation(stopQuestion(card, text)) }),
  };
}
