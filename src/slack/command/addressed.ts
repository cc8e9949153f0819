import type { Problem, Subcommand, Wish } from '../../session/intent.ts';
import { unescape } from '../blocks/text.ts';
import { parseCommand, UNSPACED } from './parse.ts';
import { isMention, readThreadMeaning, withoutMention } from './thread-keywords.ts';

/** What a message to the app asks for. `typed`: what is left of it without the mention. */
export type AddressedMeaning =
  /** For people, or a thank-you. */
  | { kind: 'nothing' }
  | { kind: 'help' }
  | ({ kind: 'task'; typed: string } & Wish)
  /** It may not be a task: the author is asked first, since a session costs money. */
  | ({ kind: 'ask'; typed: string; about: Subcommand | null; meant: string | null } & Wish)
  | ({ kind: 'invalid'; typed: string; problems: Problem[] } & Wish);

/** `ownTag`: the app adds a tag of its own to each session. */
type Reading = { botUserId: string; isDirect: boolean; ownTag: boolean };

/** In a direct message, fewer words than this are small talk. */
const TASK_WORDS = 3;
const MOST_POLITE_WORDS = 8;

const words = (list: string): ReadonlySet<string> => new Set(list.split(' '));
const GREETINGS = words('hi hello hey こんにちは おはようございます はじめまして よろしくお願いします');
/** About the app: help answers them for free. Without signs. */
const ABOUT_APP = new Set([
  'who are you',
  'what are you',
  'what is this',
  'what can you do',
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
]);
const THANKS = words(
  'thanks thank thx ty tysm cheers great nice perfect awesome amazing excellent cool good ok okay ' +
    'ありがと ありがとう ありがとうございます ありがとうございました どうもありがとう どうもありがとうございます ' +
    'どうもありがとうございました 助かります 助かりました 了解 了解です 了解しました 承知しました わかりました ' +
    '分かりました お疲れ様です お疲れさまです お疲れ様でした お疲れさまでした',
);
const BESIDE_THANKS = words(
  'you so much very a lot all it that this is was works job work for the help again',
);

/** null: the message is not to the app. `slackText` as Slack sent it. */
export function readAddressed(
  slackText: string,
  { botUserId, isDirect, ownTag }: Reading,
): AddressedMeaning | null {
  const begins = isMention(slackText, botUserId);
  if (!begins && !isDirect && !slackText.includes(`<@${botUserId}`)) return null;
  const meaning = readThreadMeaning(slackText, botUserId);
  if (meaning.kind === 'aside') return { kind: 'nothing' };
  const typed = meaning.kind === 'new' ? meaning.text : withoutMentions(slackText, botUserId);
  const said = plainWords(typed);
  if (typed !== '' && isThanks(typed)) return { kind: 'nothing' };
  if (typed === '' || isAboutApp(said)) return { kind: 'help' };
  const read = readTask(typed, ownTag);
  const isCertain = begins || (isDirect && isLong(typed));
  return isCertain || read.kind !== 'task' ? read : { ...read, kind: 'ask', about: null, meant: null };
}

function readTask(typed: string, ownTag: boolean): AddressedMeaning {
  const intent = parseCommand(typed, { ownTag });
  switch (intent.kind) {
    case 'create':
      return { ...intent, kind: 'task', typed };
    case 'ask-first':
      return { ...intent, kind: 'ask', typed };
    case 'invalid':
      return { ...intent, typed };
    case 'help':
      return { kind: 'help' };
    default:
      // A command without the slash.
      return {
        kind: 'ask',
        typed,
        about: null,
        meant: typed,
        draft: { prompt: unescape(typed) },
        reset: [],
      };
  }
}

function withoutMentions(slackText: string, botUserId: string): string {
  const rest = withoutMention(slackText.trim(), botUserId);
  return rest.replaceAll(new RegExp(`<@${botUserId}(?:\\|[^<>]*)?>`, 'g'), '').trim();
}

function isLong(typed: string): boolean {
  return typed.split(/\s+/).length >= TASK_WORDS || UNSPACED.test(typed);
}

const SIGNS = /:[a-z0-9_+-]+:|[\p{P}\p{S}]/gu;

function plainWords(typed: string): string[] {
  return typed
    .toLowerCase()
    .replaceAll(SIGNS, ' ')
    .split(/\s+/)
    .filter((word) => word !== '');
}

/** Perhaps after a greeting. */
function isAboutApp(said: readonly string[]): boolean {
  const [first = '', ...others] = said;
  const rest = GREETINGS.has(first) ? others : said;
  return rest.length === 0 || ABOUT_APP.has(rest.join(' '));
}

/** A reply that asks for nothing, with or without mentions of the app. */
export function isCourtesy(slackText: string, botUserId: string): boolean {
  return isThanks(withoutMentions(slackText, botUserId));
}

/** Signs alone count, too, but not questions. */
function isThanks(typed: string): boolean {
  if (/[?？]/.test(typed)) return false;
  const said = plainWords(typed);
  if (said.length === 0) return true;
  const isPolite = (word: string): boolean => THANKS.has(word) || BESIDE_THANKS.has(word);
  return said.length <= MOST_POLITE_WORDS && said.every(isPolite) && said.some((word) => THANKS.has(word));
}
