import type { IntentOf } from '../../session/intent.ts';
import type { Mentions } from '../../session/preferences.ts';
import type { ThreadWord } from '../../session/reply.ts';
import {
  commandSaid,
  isThanks,
  phrasesIn,
  SPOKEN,
  THREAD_KEYWORDS,
  threadWordSaid,
  type ThreadKeyword,
} from '../../text/spoken.ts';
import { USER_ID } from '../blocks/text.ts';
import { asCommand, parseCommand } from './parse.ts';
import { UNSPACED } from './question.ts';
import { CODE, withoutCommand } from './tokens.ts';

/** What a message in a session's thread means. `text` as Slack sent it. */
export type ThreadMeaning =
  | { kind: ThreadKeyword }
  /** For another session in this thread. */
  | { kind: 'new'; text: string }
  /** For the people in the thread, not for Devin. */
  | { kind: 'aside' }
  /** `word`: the keyword that a phrase says. It's one only if the message is for the app. */
  | { kind: 'reply'; text: string; perhaps: Perhaps | null; word: PhraseWord | null };

/** Devin can sync other things. */
type PhraseWord = Exclude<ThreadWord, 'sync'>;

/** A reply that may be meant for the app: `please stop this`. */
export type Perhaps = 'stop' | 'archive';

/** In any letter case, as the whole message. https://docs.devin.ai/integrations/slack */
const BY_TYPED: ReadonlyMap<string, ThreadKeyword> = new Map(
  THREAD_KEYWORDS.flatMap((keyword) =>
    SPOKEN.flatMap(({ keywords }) => phrasesIn(keywords[keyword]).map((word) => [word, keyword] as const)),
  ),
);

const NEW = /^[!！]new(?:(?:\s*[:：]\s*|\s+)(?<task>\S[^]*))?$/i;
/** In Japanese, `さん` follows a name. */
const MENTION = new RegExp(`^<@(?<id>${USER_ID})(?:\\|[^<>]*)?>(?:さん)?[,:、，：]?\\s*`);
const ASIDE = /^[*_]*[(（[［]\s?aside\s?[)）\]］]|^aside\s?[:：]|(?:^|\s)[!！]aside(?=[\s.,;:!?。、！？]|$)/i;
const MENTIONED = new RegExp(`<@(?<user>${USER_ID})|<!subteam\\^`, 'g');
const LONGEST_KEYWORD = 20;

/** A mention of the app in front changes nothing. */
export function readThreadMeaning(slackText: string, botUserId: string): ThreadMeaning {
  const text = withoutMention(slackText.trim(), botUserId);
  const keyword = keywordOf(text, botUserId);
  if (keyword !== undefined) return { kind: keyword };
  if (ASIDE.test(text.replaceAll(CODE, ''))) return { kind: 'aside' };
  const begun = NEW.exec(text);
  if (begun !== null) return { kind: 'new', text: begun.groups?.['task'] ?? '' };
  const said = withoutMentions(text, botUserId);
  const word = threadWordSaid(said);
  return { kind: 'reply', text, perhaps: perhapsMeant(said), word: word === 'sync' ? null : word };
}

function perhapsMeant(text: string): Perhaps | null {
  const asked = commandSaid(text);
  return asked === 'stop' || asked === 'archive' ? asked : null;
}

/** The people and groups it mentions, outside of code. */
export function mentionsIn(slackText: string, botUserId: string): Mentions {
  const found = [...slackText.replaceAll(CODE, '').matchAll(MENTIONED)].map(({ groups }) => groups?.['user']);
  return { app: found.includes(botUserId), others: found.some((user) => user !== botUserId) };
}

/** Also with an exclamation mark in front, with periods or exclamation marks after it, or followed by a mention of the app. */
function keywordOf(text: string, botUserId: string): ThreadKeyword | undefined {
  const [first = '', last, ...others] = text.slice(0, LONGEST_KEYWORD + botUserId.length).split(/\s+/);
  if (others.length > 0 || (last !== undefined && !isMention(last, botUserId))) return undefined;
  const word = first.toLowerCase().replaceAll(/^[!！]|[.!。！]+$/g, '');
  return BY_TYPED.get(word);
}

/** Whether a mention of the app is in front. */
function isMention(slackText: string, botUserId: string): boolean {
  return MENTION.exec(slackText.trimStart())?.groups?.['id'] === botUserId;
}

export function withoutMention(text: string, botUserId: string): string {
  return isMention(text, botUserId) ? text.replace(MENTION, '') : text;
}

/** What a message to the app asks for. `typed`: what is left of it without the mention. */
export type AddressedMeaning =
  /** For people. */
  | { kind: 'nothing' }
  /** A thank-you or an OK, which may answer something. */
  | { kind: 'thanks'; typed: string }
  | { kind: 'help' }
  | (IntentOf<'create' | 'ask-first' | 'invalid'> & { typed: string });

/** `ownTag`: the app adds a tag of its own to each session. `command`: its slash command. */
type Reading = { botUserId: string; isDirect: boolean; ownTag: boolean; command: string };

/** In a direct message, fewer words than this are small talk. */
const TASK_WORDS = 3;

/** A greeting: as a message of its own, it is no thank-you. */
const WAVE = /^(?:👋\p{Emoji_Modifier}?|:wave:(?::skin-tone-\d:)?)$/u;

/** `@Devin Sessions is down again` is about the app. */
function isAboutApp(slackText: string): boolean {
  const after = slackText.trimStart().replace(/^<@[^<>]*>/, '');
  return SPOKEN.some(({ aboutName }) => aboutName.test(after));
}

/** Whether a message is to the app. `slackText` as Slack sent it. */
export function isAddressed(
  slackText: string,
  { botUserId, isDirect }: Pick<Reading, 'botUserId' | 'isDirect'>,
): boolean {
  return isDirect || slackText.includes(`<@${botUserId}`);
}

/** null: it is not. */
export function readAddressed(slackText: string, reading: Reading): AddressedMeaning | null {
  if (!isAddressed(slackText, reading)) return null;
  const { botUserId, isDirect, ownTag, command } = reading;
  const begins = isMention(slackText, botUserId) && !isAboutApp(slackText);
  const meaning = readThreadMeaning(slackText, botUserId);
  if (meaning.kind === 'aside') return { kind: 'nothing' };
  const said = meaning.kind === 'new' ? meaning.text : withoutMentions(slackText, botUserId);
  const typed = withoutCommand(said, command);
  if (typed !== '' && isThanks(typed) && !WAVE.test(typed)) return { kind: 'thanks', typed };
  if (typed === '' || commandSaid(typed) === 'help') return { kind: 'help' };
  const read = readTask(typed, ownTag);
  const isCertain = begins || (isDirect && isLong(typed));
  if (isCertain || read.kind !== 'create') return read;
  return { ...read, kind: 'ask-first', about: null, meant: null, hint: null };
}

function readTask(typed: string, ownTag: boolean): AddressedMeaning {
  const intent = parseCommand(typed, { ownTag });
  switch (intent.kind) {
    case 'create':
    case 'ask-first':
    case 'invalid':
      return { ...intent, typed };
    case 'help':
      return { kind: 'help' };
    default:
      // A command without the slash.
      return { ...asCommand(typed, typed), typed };
  }
}

function withoutMentions(slackText: string, botUserId: string): string {
  const rest = withoutMention(slackText.trim(), botUserId);
  return rest.replaceAll(new RegExp(`[^\\S\\n]?<@${botUserId}(?:\\|[^<>]*)?>`, 'g'), '').trim();
}

function isLong(typed: string): boolean {
  return typed.split(/\s+/).length >= TASK_WORDS || UNSPACED.test(typed);
}

const DISLIKE = /[👎❌]|:(?:-1|thumbsdown|x):/u;

/** A reply that asks for nothing, with or without mentions of the app. */
export function isCourtesy(slackText: string, botUserId: string): boolean {
  return !DISLIKE.test(slackText) && isThanks(withoutMentions(slackText, botUserId));
}
