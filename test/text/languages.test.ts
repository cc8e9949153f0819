import { describe, expect, test } from 'vitest';
import { checkMessage } from '../../sandbox/slack/rules/message.ts';
import { checkView } from '../../sandbox/slack/rules/view.ts';
import { LANGUAGE_NAMES, LANGUAGES } from '../../src/session/preferences.ts';
import { en } from '../../src/text/en.ts';
import { durationWords } from '../../src/text/index.ts';
import { ja } from '../../src/text/ja.ts';
import { createLanguages } from '../../src/text/languages.ts';
import { POLICY_SCREENS } from './policy-screens.ts';
import { SCREENS } from './screens.ts';

const CATALOGS = LANGUAGES.map((language) => [language, createLanguages('en').forLocale(language)] as const);
const KANA_OR_KANJI = /[\u3040-\u30ff\u4e00-\u9fff]/;

describe('languages', () => {
  test.each([
    ['ja-JP', ja],
    ['ja', ja],
    ['en-US', en],
    ['en-GB', en],
    ['de-DE', ja],
    ['constructor', ja],
    [null, ja],
  ])('are chosen for a person whose Slack is in %s', (locale, words) => {
    expect(createLanguages('ja').forLocale(locale)).toBe(words);
  });

  test('share one, with an English log', () => {
    const { shared, logged } = createLanguages('ja');
    expect([shared, logged]).toEqual([ja, en]);
  });

  test('say durations', () => {
    const said = [30_000, 60_000, 3_600_000, 5_400_000, 90_000_000].map((ms) => durationWords(ms, ja));
    expect(said).toEqual(['1 分未満', '1 分', '1 時間', '1 時間 30 分', '1 日 1 時間']);
  });

  test('join sentences as they are usually written', () => {
    expect(en.joins.sentences(['One.', '', 'Two.'])).toBe('One. Two.');
    expect(ja.joins.sentences(['一つ。', '', '二つ。', 'https://a.example', '三つ。'])).toBe(
      '一つ。二つ。https://a.example 三つ。',
    );
  });
});

describe.each(CATALOGS)('in %s', (_language, text) => {
  const own = new Set(stringsIn(text));

  test.each(Object.entries({ ...SCREENS, ...POLICY_SCREENS }))(
    '%s is valid in Slack, in whole words',
    (_name, render) => {
      const screen = render(text);
      expect(problemsOf(screen)).toEqual([]);
      expect(JSON.stringify(screen)).not.toMatch(/\/devin\b(?!\.)/);
      // Shortened text ends like this; some of our own texts do, too.
      expect(stringsIn(screen).filter((words) => words.endsWith('…') && !own.has(words))).toEqual([]);
    },
  );

  test('no text is empty, except hints and placeholders', () => {
    const { fields, ...others } = text;
    const empty = leavesOf(others).filter(([, words]) => words.trim() === '');
    // A phase can be enough.
    expect(empty.filter(([path]) => !path.startsWith('card.meaning.'))).toEqual([]);
    expect(Object.values(fields).filter(({ label, takes }) => label === '' || takes === '')).toEqual([]);
  });
});

describe('Japanese', () => {
  test('has its own word for each English one', () => {
    const untranslated = leavesOf(en).filter(([path, words]) => leaf(ja, path) === words && !isName(words));
    expect(untranslated).toEqual([]);
  });

  test.each(Object.entries({ ...SCREENS, ...POLICY_SCREENS }))(
    'separates what Slack formats, in %s',
    (_name, render) => {
      expect(stringsIn(render(ja)).filter(touchesFormat)).toEqual([]);
    },
  );

  test.each(Object.entries({ ...SCREENS, ...POLICY_SCREENS }))(
    'has no space between sentences, in %s',
    (_name, render) => {
      expect(
        stringsIn(render(ja)).filter((words) => /[。！？] [\u3040-\u30ff\u4e00-\u9fff]/.test(words)),
      ).toEqual([]);
    },
  );

  test('separates what Slack formats, wherever it is shown', () => {
    expect(stringsIn(ja).filter(touchesFormat)).toEqual([]);
  });
});

/** What Slack would refuse; a message without plain text is empty in a notification. */
function problemsOf(screen: object): string[] {
  if ('type' in screen) return checkView(screen);
  if (!('text' in screen)) return [];
  return [...checkMessage(screen), ...(screen.text === '' ? ['no plain text'] : [])];
}

/** Names, and signs alone. */
function isName(words: string): boolean {
  const isLanguage = Object.values(LANGUAGE_NAMES).includes(words);
  return isLanguage || /^(?:Devin|Slack|[A-Z_]*)$/.test(words);
}

/** Slack formats only what is between spaces, signs or the ends of a line; beside a mention, a space looks better. */
function touchesFormat(words: string): boolean {
  return [...words.matchAll(/(.?)(?:`[^`\n]+`|\*[^*\n]+\*|<[@#][^>\n]+>)(.?)/gu)].some(
    ([, before = '', after = '']) => KANA_OR_KANJI.test(before + after),
  );
}

function stringsIn(value: unknown): string[] {
  return leavesOf(value).map(([, words]) => words);
}

/** Each text with its key, without functions. */
function leavesOf(value: unknown, path = ''): [string, string][] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value !== 'object' || value === null) return [];
  const entries: [unknown, unknown][] = value instanceof Map ? [...value] : Object.entries(value);
  return entries.flatMap(([key, one]) => leavesOf(one, path === '' ? String(key) : `${path}.${String(key)}`));
}

function leaf(value: unknown, path: string): string | undefined {
  return leavesOf(value).find(([known]) => known === path)?.[1];
}
