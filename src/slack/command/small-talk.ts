import type { Subcommand } from '../../session/intent.ts';

const words = (list: string): ReadonlySet<string> => new Set(list.split(' '));
const GREETINGS = words(
  'hi hello hey こんにちは おはよう おはようございます はじめまして よろしくお願いします',
);

/** What people ask the app in their own words, without signs: a command answers for free. */
const ABOUT_APP: readonly (readonly [Subcommand, readonly string[]])[] = [
  [
    'help',
    [
      'who are you',
      'what are you',
      'what is this',
      'what can you do',
      'what can you do for me',
      'are you there',
      'good morning',
      'how much does it cost',
      'how much does this cost',
      'what is an acu',
      'what do you do',
      'how does this work',
      'how do you work',
      'how do i use this',
      'how do i use you',
      'how do i start',
      'how can i use this',
      'can you help me',
      'can you help',
      '使い方',
      '使い方は',
      '使い方を教えて',
      '使い方を教えてください',
      'どう使いますか',
      '何ができますか',
      '何ができるの',
      '何ができる',
      'これは何ですか',
      'ヘルプ',
    ],
  ],
  [
    'list',
    [
      'what is running',
      'whats running',
      'what s running',
      'show me my sessions',
      'what are my sessions',
      'how is it going',
      'hows it going',
      'how s it going',
      'what happened',
      'are you done',
    ],
  ],
  [
    'usage',
    [
      'my usage',
      'what is my usage',
      'whats my usage',
      'what s my usage',
      'how much did i spend',
      'how much have i spent',
    ],
  ],
  ['whoami', ['who am i']],
  [
    'stop',
    [
      'please stop',
      'please cancel',
      'kill it',
      'abort it',
      'end it',
      'キャンセル',
      'キャンセルして',
      'キャンセルしてください',
      '停止',
      '停止して',
      '停止してください',
      '止めて',
      '止めてください',
      'やめて',
      'やめてください',
    ],
  ],
];
/** Other words for it: `kill my last session`. */
const STOP =
  /^(?:please )?(?:kill|end|abort|terminate|close|delete|quit) (?:(?:all|my|the|this|that) ){0,2}(?:last |current )?sessions?(?: please)?$/;
const COMMAND_OF: ReadonlyMap<string, Subcommand> = new Map(
  ABOUT_APP.flatMap(([name, said]) => said.map((one) => [one, name] as const)),
);

const THANKS = words(
  'thanks thank thx ty tysm cheers great nice perfect awesome amazing excellent cool good ok okay ' +
    'ありがと ありがとう ありがとうございます ありがとうございました どうもありがとう どうもありがとうございます ' +
    'どうもありがとうございました 助かります 助かりました 了解 了解です 了解しました 承知しました わかりました ' +
    '分かりました お疲れ様です お疲れさまです お疲れ様でした お疲れさまでした',
);
const BESIDE_THANKS = words(
  'you so much very a lot all it that this is was works job work for the help again no bye everyone everybody team folks',
);
const MOST_POLITE_WORDS = 8;

/** A wish for help or for a session, without a word about its task. */
const NO_TASK =
  /^(?:please )?(?:(?:i need )?help(?: me)?|(?:(?:start|create|open|begin|make) )?(?:(?:a|another|the) )?(?:new )?session)(?: please)?$/;

/** Meant for people, taken back, or about a session that isn't here. */
const WITHOUT_TASK: ReadonlySet<string> = new Set([
  'never mind',
  'nevermind',
  'sorry',
  'sorry never mind',
  'wrong chat',
  'wrong channel',
  'wrong thread',
  'sorry wrong chat',
  'sorry wrong channel',
  'sorry wrong thread',
  'hold on',
  'wait a minute',
  'wait a second',
  'you rock',
  'go ahead',
  'go on',
  'keep going',
  'carry on',
  'try again',
  'try it again',
  'retry last',
  'start over',
  '続けて',
  '続けてください',
  'もう一度',
  'もう一度お願いします',
  '間違えました',
  'すみません 間違えました',
  'なんでもないです',
  '何でもないです',
]);

/** Small talk is shorter. */
const LONGEST = 200;

const SIGNS = /:[a-z0-9_+-]+:|[\p{P}\p{S}]/gu;

function plainWords(typed: string): string[] {
  return typed
    .toLowerCase()
    .replaceAll(SIGNS, ' ')
    .split(/\s+/)
    .filter((word) => word !== '');
}

/** The sub-command that answers it, perhaps after a greeting; a greeting alone gets help. null: it's about something else. */
export function commandAsked(typed: string): Subcommand | null {
  if (typed.length > LONGEST) return null;
  const said = plainWords(typed);
  const [first = '', ...others] = said;
  const rest = GREETINGS.has(first) ? others : said;
  if (rest.length === 0) return 'help';
  const asked = rest.join(' ');
  return COMMAND_OF.get(asked) ?? (STOP.test(asked) ? 'stop' : null);
}

/** Signs alone count, too, but not questions. */
export function isThanks(typed: string): boolean {
  if (typed.length > LONGEST || /[?？]/.test(typed)) return false;
  const said = plainWords(typed);
  if (said.length === 0) return true;
  const isPolite = (word: string): boolean => THANKS.has(word) || BESIDE_THANKS.has(word);
  return said.length <= MOST_POLITE_WORDS && said.every(isPolite) && said.some((word) => THANKS.has(word));
}

/** Small talk, or a session without a task: nobody would pay for it. */
export function saysNoTask(typed: string): boolean {
  if (typed.length > LONGEST) return false;
  const said = plainWords(typed).join(' ');
  return isThanks(typed) || WITHOUT_TASK.has(said) || NO_TASK.test(said);
}
