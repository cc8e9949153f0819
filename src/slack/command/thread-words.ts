import type { Mentions } from '../../session/steering.ts';

type Word = 'mute' | 'unmute' | 'unsync' | 'sync' | 'sleep' | 'archive' | 'stop' | 'ask-stop' | 'help';

/** What a message in a session's thread means. `text` as Slack sent it. */
export type ThreadMeaning =
  | { kind: Word }
  /** For another session in this thread. */
  | { kind: 'new'; text: string }
  /** For the people in the thread, not for Devin. */
  | { kind: 'aside' }
  | { kind: 'reply'; text: string };

/**
 * Devin's own words, in any letter case, when they are all there is; `sync` and `stop` are ours.
 * https://docs.devin.ai/integrations/slack
 */
const WORDS: Readonly<Record<string, Word>> = {
  mute: 'mute',
  unmute: 'unmute',
  unsync: 'unsync',
  '!unsync': 'unsync',
  sync: 'sync',
  '!sync': 'sync',
  sleep: 'sleep',
  archive: 'archive',
  exit: 'stop',
  // It may be said to Devin, or mean the end: that is asked.
  stop: 'ask-stop',
  help: 'help',
};

const NEW = /^!new(?:\s+(?<task>\S[^]*))?$/i;
const MENTION = /^<@(?<id>[UW][A-Z0-9]+)(?:\|[^<>]*)?>[,:]?\s*/;
const CODE = /```[^]*?```|`[^`\n]*`/g;
const ASIDE = /^\(aside\)|(?:^|\s)!aside(?=[\s.,;:!?]|$)/i;
const MENTIONED = /<@(?<user>[UW][A-Z0-9]+)|<!subteam\^/g;
const LONGEST_WORD = 20;

/** `botUserId`: a mention of the app in front changes nothing. */
export function readThreadMeaning(slackText: string, botUserId: string): ThreadMeaning {
  const text = withoutMention(slackText.trim(), botUserId);
  const word = wordOf(text, botUserId);
  if (word !== undefined) return { kind: word };
  if (ASIDE.test(text.replaceAll(CODE, ''))) return { kind: 'aside' };
  const begun = NEW.exec(text);
  if (begun !== null) return { kind: 'new', text: begun.groups?.['task'] ?? '' };
  return { kind: 'reply', text };
}

/** Who is named in it, people and groups; not in code. */
export function mentionsIn(slackText: string, botUserId: string): Mentions {
  const found = [...slackText.replaceAll(CODE, '').matchAll(MENTIONED)].map(({ groups }) => groups?.['user']);
  return { app: found.includes(botUserId), others: found.some((user) => user !== botUserId) };
}

/** Also with a full stop, or with the app's mention behind it. */
function wordOf(text: string, botUserId: string): Word | undefined {
  const [first = '', last, ...others] = text.slice(0, LONGEST_WORD + botUserId.length).split(/\s+/);
  if (others.length > 0 || (last !== undefined && !isMention(last, botUserId))) return undefined;
  const word = first.toLowerCase().replace(/[.!]$/, '');
  return Object.hasOwn(WORDS, word) ? WORDS[word] : undefined;
}

/** Whether a mention of the app is in front. */
export function isMention(slackText: string, botUserId: string): boolean {
  return MENTION.exec(slackText.trimStart())?.groups?.['id'] === botUserId;
}

export function withoutMention(text: string, botUserId: string): string {
  return isMention(text, botUserId) ? text.replace(MENTION, '') : text;
}
