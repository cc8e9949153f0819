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
      'is anyone there',
      'anyone there',
      'whats up',
      'how are you',
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
      'help me',
      'please help',
      'help please',
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
      '助けて',
      '助けてください',
      '誰ですか',
      'あなたは誰ですか',
      'いくらかかりますか',
    ],
  ],
  [
    'list',
    [
      'what is running',
      'whats running',
      'show me my sessions',
      'what are my sessions',
      'all sessions',
      'show all',
      'ls',
      'how is it going',
      'hows it going',
      'what happened',
      'are you done',
      'what are you doing',
      'what are you working on',
      'are you working',
      '一覧',
      '進捗',
      '進捗は',
      '状況は',
      '終わりましたか',
    ],
  ],
  [
    'usage',
    [
      'my usage',
      'what is my usage',
      'whats my usage',
      'how much did i spend',
      'how much have i spent',
      ...'budget budgets cost costs credits limits quota spend spending'.split(' '),
      ...'使用量 予算 費用 コスト いくら使いましたか'.split(' '),
    ],
  ],
  ['whoami', ['who am i', 'me', 'connect', 'login', 'log in', 'sign in', 'link me', 'link my account']],
  ['defaults', 'config options preferences prefs settings setup 設定'.split(' ')],
  ['notify', ['notifications', 'notifications off', 'mute notifications', '通知']],
  ['say', 'resume continue wake unpause'.split(' ').concat('wake up', '再開')],
  ['language', ['lang', 'lang ja', 'lang en', 'japanese', 'english', '日本語', '英語', '言語']],
];
const ENDINGS = ['stop', 'cancel', 'kill', 'end', 'abort', 'terminate', 'close', 'delete', 'exit', 'quit'];
const ENDING = `(?:${ENDINGS.join('|')})`;
const SESSIONS = '(?:(?:all|my|the|this|that) ){0,2}(?:last |current )?sessions?';
/** `kill my last session`, `tell Devin to stop`. */
const STOP = new RegExp(
  `^(?:please )?(?:(?:tell|ask) (?:devin|it) to )?${ENDING}(?: (?:it|this|that|all|everything|${SESSIONS}))?(?: (?:please|now))?$`,
);
const PLEASE_JA = '(?:ください)?';
const WHOSE_JA = '(?:(?:この|その|(?:今|最後|自分|私|すべて|全部|実行中|進行中)の))?';
const STOP_JA = new RegExp(
  `^(?:${WHOSE_JA}セッションを?)?(?:(?:停止|中止|終了|キャンセル)(?:して${PLEASE_JA})?|(?:止めて|やめて|終わらせて)${PLEASE_JA})$`,
);
const SHOW_JA = `を?(?:見せて|表示して|教えて)${PLEASE_JA}`;
const LIST_JA = new RegExp(
  `^${WHOSE_JA}セッション(?:は|の?(?:一覧|リスト|状況|状態|進捗)(?:は|${SHOW_JA})?|${SHOW_JA})$`,
);
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
  'you so much very a lot all it that thats this is was works job work for the help again no bye everyone everybody team folks',
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
const APOSTROPHES = /['’‘]/g;

/** `what's` is one word. */
function plainWords(typed: string): string[] {
  return typed
    .toLowerCase()
    .replaceAll(APOSTROPHES, '')
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
  if (LIST_JA.test(asked)) return 'list';
  return COMMAND_OF.get(asked) ?? (STOP.test(asked) || STOP_JA.test(asked) ? 'stop' : null);
}

/** Another word for it. */
export function isEnding(word: string): boolean {
  return ENDINGS.includes(word);
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
