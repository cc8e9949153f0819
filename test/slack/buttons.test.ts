import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ACTION, CARD_ACTION, VIEW } from '../../src/slack/edge/ids.ts';
import { en } from '../../src/text/en.ts';

const listeners = globSync('src/slack/listeners/**/*.ts').map((file) => readFileSync(file, 'utf8'));
const isListenedTo = (name: string): boolean =>
  listeners.some((source) => new RegExp(`\\b${name}\\b`).test(source));

test('each button has a listener', () => {
  expect(Object.keys(ACTION).filter((name) => !isListenedTo(`ACTION.${name}`))).toEqual([]);
});

test('each button of a card has a listener', () => {
  const isHeard = (name: string): boolean =>
    isListenedTo(`CARD_ACTION.${name}`) || listeners.some((source) => source.includes(`'${name}'`));
  expect(Object.keys(CARD_ACTION).filter((name) => !isHeard(name))).toEqual([]);
});

test('buttons of cards that were posted long ago still work', () => {
  expect(Object.values(CARD_ACTION).join(' ')).toBe(
    'open_session open_pull_request details try_again edit_and_try_again start_now check_again start_anyway reply ' +
      'ask_stop archive start_again cancel mute unmute listen_thread listen_mentions',
  );
});

test('each submittable view has a listener', () => {
  expect(Object.keys(VIEW).filter((name) => !isListenedTo(`VIEW.${name}`))).toEqual(['details', 'home']);
});

test('each button of a card is shown in some phase', () => {
  const [, phases = ''] = readFileSync('src/slack/views/card-buttons.ts', 'utf8').split('const SWITCHES');
  expect(Object.keys(en.card.buttons).filter((action) => !phases.includes(`'${action}'`))).toEqual([]);
});
