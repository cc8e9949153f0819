import { expect, test } from 'vitest';
import { createLog } from '../../src/log.ts';
import type { SlackPerson } from '../../src/session/person.ts';
import { createTextFor } from '../../src/slack/text-for.ts';
import { en } from '../../src/text/en.ts';
import { ja } from '../../src/text/ja.ts';
import { createLanguages } from '../../src/text/languages.ts';

type Find = (userId: string) => Promise<SlackPerson | null>;

const aya: SlackPerson = {
  userId: 'U1',
  name: 'aya',
  kind: 'member',
  isAdmin: false,
  email: null,
  locale: 'ja-JP',
};

function open(find: Find) {
  const clock = { nowMs: 0 };
  const asked: string[] = [];
  const findPerson: Find = async (userId) => {
    asked.push(userId);
    return find(userId);
  };
  const languages = createLanguages('en');
  const log = createLog('silent');
  return { asked, clock, ...createTextFor({ languages, findPerson, now: () => clock.nowMs, log }) };
}

test('a person is spoken to in their language, looked up once a minute', async () => {
  const { textFor, quickTextFor, asked, clock } = open(async () => Promise.resolve(aya));
  expect([await textFor('U1'), await quickTextFor('U1'), await textFor('U1')]).toEqual([ja, ja, ja]);
  expect(asked).toEqual(['U1']);
  clock.nowMs += 60_000;
  expect(await textFor('U1')).toBe(ja);
  expect(asked).toEqual(['U1', 'U1']);
});

test('an answer to Slack does not wait for a slow look-up, which counts the next time', async () => {
  const slow = Promise.withResolvers<SlackPerson>();
  const { quickTextFor, textFor } = open(async () => slow.promise);
  expect(await quickTextFor('U1')).toBe(en);
  slow.resolve(aya);
  expect(await textFor('U1')).toBe(ja);
  expect(await quickTextFor('U1')).toBe(ja);
});

test('what was known of a person holds while Slack cannot be asked', async () => {
  let isDown = false;
  const { textFor, quickTextFor, clock } = open(async () =>
    isDown ? Promise.reject(new Error('Slack is down')) : Promise.resolve(aya),
  );
  expect(await textFor('U1')).toBe(ja);
  isDown = true;
  clock.nowMs += 60_000;
  expect([await textFor('U1'), await quickTextFor('U1')]).toEqual([ja, ja]);
  expect(await textFor('U2')).toBe(en);
});

test('a person whom Slack does not know, or says no language of, gets the shared one', async () => {
  const { textFor } = open(async (userId) =>
    Promise.resolve(userId === 'U1' ? null : { ...aya, locale: null }),
  );
  expect([await textFor('U1'), await textFor('U2')]).toEqual([en, en]);
});
