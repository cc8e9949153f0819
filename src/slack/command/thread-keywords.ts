import type { ThreadWord } from '../../session/reply.ts';
import type { Mentions } from '../../session/steering.ts';
import { SPOKEN, THREAD_KEYWORDS, type ThreadKeyword } from '../../text/spoken.ts';
import { USER_ID } from '../blocks/text.ts';
import { commandAsked, threadWordAsked } from './words.ts';

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
    SPOKEN.flatMap(({ keywords }) => keywords[keyword].map((word) => [word, keyword] as const)),
  ),
);

const NEW = /^[!！]new(?:\s+(?<task>\S[^]*))?$/i;
const MENTION = new RegExp(`^<@(?<id>${USER_ID})(?:\\|[^<>]*)?>[,:]?\\s*`);
const CODE = /```[^]*?```|`[^`\n]*`/g;
const ASIDE = /^[(（[［]\s?aside\s?[)）\]］]|^aside\s?[:：]|(?:^|\s)[!！]aside(?=[\s.,;:!?。、！？]|$)/i;
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
  const word = threadWordAsked(text);
  return { kind: 'reply', text, perhaps: perhapsMeant(text), word: word === 'sync' ? null : word };
}

function perhapsMeant(text: string): Perhaps | null {
  const asked = commandAsked(text);
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
export function isMention(slackText: string, botUserId: string): boolean {
  return MENTION.exec(slackText.trimStart())?.groups?.['id'] === botUserId;
}

export function withoutMention(text: string, botUserId: string): string {
  return isMention(text, botUserId) ? text.replace(MENTION, '') : text;
}
