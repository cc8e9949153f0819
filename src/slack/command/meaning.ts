import type { Mentions } from '../../session/preferences.ts';
import { isThanks, SPOKEN, THREAD_KEYWORDS, wordsIn, type ThreadKeyword } from '../../text/spoken.ts';
import { USER_ID } from '../blocks/text.ts';
import { CODE } from './tokens.ts';

/** What a message in a session's thread means. `text` as Slack sent it. */
export type ThreadMeaning =
  | { kind: ThreadKeyword }
  /** For another session in this thread. */
  | { kind: 'new'; text: string }
  /** For the people in the thread, not for Devin. */
  | { kind: 'aside' }
  | { kind: 'reply'; text: string };

/** In any letter case, as the whole message. https://docs.devin.ai/integrations/slack */
const BY_TYPED: ReadonlyMap<string, ThreadKeyword> = new Map(
  THREAD_KEYWORDS.flatMap((keyword) =>
    SPOKEN.flatMap(({ keywords }) => wordsIn(keywords[keyword]).map((word) => [word, keyword] as const)),
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
  return { kind: 'reply', text };
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
export function isMention(slackText: string, botUserId: string): boolean {
  return MENTION.exec(slackText.trimStart())?.groups?.['id'] === botUserId;
}

export function withoutMention(text: string, botUserId: string): string {
  return isMention(text, botUserId) ? text.replace(MENTION, '') : text;
}

export function withoutMentions(slackText: string, botUserId: string): string {
  const rest = withoutMention(slackText.trim(), botUserId);
  return rest.replaceAll(new RegExp(`[^\\S\\n]?<@${botUserId}(?:\\|[^<>]*)?>`, 'g'), '').trim();
}

const DISLIKE = /[👎❌]|:(?:-1|thumbsdown|x):/u;

/** A reply that asks for nothing, with or without mentions of the app. */
export function isCourtesy(slackText: string, botUserId: string): boolean {
  return !DISLIKE.test(slackText) && isThanks(withoutMentions(slackText, botUserId));
}
