import { expect, test } from 'vitest';
import type { SlackPerson } from '../../../src/session/identity.ts';
import type { Language } from '../../../src/session/preferences.ts';
import { createTextFor } from '../../../src/slack/edge/text-for.ts';
import { en } from '../../../src/text/en.ts';
import { ja } from '../../../src/text/ja.ts';
import { createLanguages } from '../../../src/text/languages.ts';
import { captureLog } from '../../support/log-lines.ts';

type Find = (userId: string) => Promise<SlackPerson | null>;

const aya: SlackPerson = {
  userId: 'U1',
  name: 'aya',
  kind: 'member',
  isAdmin: false,
  email: null,
  locale: 'ja-JP',
};

type FindChosen = (userId: string) => Promise<Language | null>;

function open(find: Find, findChosen: FindChosen = async () => Promise.resolve(null)) {
  const clock = { nowMs: 0 };
  const asked: string[] = [];
  const findPerson: Find = async (userId) => {
    asked.push(userId);
    return find(userId);
  };
  const languages = createLanguages('en');
  const { log, text: logged } = captureLog();
  return {
    asked,
    logged,
    clock,
    ...createTextFor({ languages, findPerson, findChosen, now: () => clock.nowMs, log }),
  };
}

test("an answer to Slack doesn't wait for a slow look-up, which counts the next time", async () => {
  const slow = Promise.withResolvers<SlackPerson>();
  const { quickTextFor, textFor } = open(async () => slow.promise);
  expect(await quickTextFor('U1')).toBe(en);
  slow.resolve(aya);
  expect(await textFor('U1')).toBe(ja);
  expect(await quickTextFor('U1')).toBe(ja);
});

test("a known language is kept while Slack can't be reached, which is logged once a minute", async () => {
  let isDown = false;
  const { textFor, quickTextFor, clock, logged } = open(async () =>
    isDown ? Promise.reject(new Error('Slack is down')) : Promise.resolve(aya),
  );
  expect(await textFor('U1')).toBe(ja);
  isDown = true;
  clock.nowMs += 60_000;
  expect([await textFor('U1'), await quickTextFor('U1')]).toEqual([ja, ja]);
  expect(await textFor('U2')).toBe(en);
  expect(logged().split('could not be looked up')).toHaveLength(2);
});

test('a choice is looked up once a minute, so that one made elsewhere counts within a minute', async () => {
  const stored: { language: Language | null; asked: number } = { language: null, asked: 0 };
  const { quickTextFor, clock } = open(
    async () => Promise.resolve(null),
    async () => {
      stored.asked += 1;
      return Promise.resolve(stored.language);
    },
  );
  expect([await quickTextFor('U1'), await quickTextFor('U1')]).toEqual([en, en]);
  stored.language = 'ja';
  expect([await quickTextFor('U1'), stored.asked]).toEqual([en, 1]);
  clock.nowMs += 60_000;
  expect([await quickTextFor('U1'), stored.asked]).toEqual([ja, 2]);
});

test('a choice made here counts at once, even while an older one is looked up', async () => {
  const older = Promise.withResolvers<Language | null>();
  const { textFor, quickTextFor, learnLanguage } = open(
    async () => Promise.resolve(null),
    async () => older.promise,
  );
  const before = textFor('U1');
  learnLanguage('U1', 'ja');
  older.resolve(null);
  expect([await before, await quickTextFor('U1')]).toEqual([ja, ja]);
  learnLanguage('U1', null);
  expect(await quickTextFor('U1')).toBe(en);
});

test("an answer to Slack doesn't wait for a slow look-up of a choice, and uses the last known one", async () => {
  let slow = false;
  const { quickTextFor, clock } = open(
    async () => Promise.resolve(null),
    async () => (slow ? new Promise<never>(() => undefined) : Promise.resolve('ja')),
  );
  expect(await quickTextFor('U1')).toBe(ja);
  slow = true;
  clock.nowMs += 60_000;
  expect([await quickTextFor('U1'), await quickTextFor('U2')]).toEqual([ja, en]);
});
