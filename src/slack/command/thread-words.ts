type Word = 'mute' | 'unmute' | 'unsync' | 'sync' | 'archive' | 'stop' | 'help';

/** What a message in a session's thread means. `text` as Slack sent it. */
export type ThreadMeaning =
  | { kind: Word }
  /** For another session in this thread. */
  | { kind: 'new'; text: string }
  /** For the people in the thread, not for Devin. */
  | { kind: 'aside' }
  | { kind: 'reply'; text: string };

/**
 * Devin's own words, in its own spelling, when they are all there is; `sync`, which undoes `unsync`, is ours.
 * https://docs.devin.ai/integrations/slack
 */
const WORDS: Readonly<Record<string, Word>> = {
  mute: 'mute',
  unmute: 'unmute',
  unsync: 'unsync',
  '!unsync': 'unsync',
  sync: 'sync',
  '!sync': 'sync',
  archive: 'archive',
  EXIT: 'stop',
  help: 'help',
};

const NEW = /^!new(?:\s+(?<task>\S[^]*))?$/;
const MENTION = /^<@(?<id>[UW][A-Z0-9]+)(?:\|[^<>]*)?>[,:]?\s*/;
const CODE = /```[^]*?```|`[^`\n]*`/g;
const ASIDE = /^\(aside\)|(?:^|\s)!aside(?=[\s.,;:!?]|$)/;

/** `botUserId`: a mention of the app in front changes nothing. */
export function readThreadMeaning(slackText: string, botUserId: string): ThreadMeaning {
  const text = withoutMention(slackText.trim(), botUserId);
  const word = Object.hasOwn(WORDS, text) ? WORDS[text] : undefined;
  if (word !== undefined) return { kind: word };
  if (ASIDE.test(text.replaceAll(CODE, ''))) return { kind: 'aside' };
  const begun = NEW.exec(text);
  if (begun !== null) return { kind: 'new', text: begun.groups?.['task'] ?? '' };
  return { kind: 'reply', text };
}

/** Whether a mention of the app stands in front. */
export function isMention(slackText: string, botUserId: string): boolean {
  return MENTION.exec(slackText.trimStart())?.groups?.['id'] === botUserId;
}

export function withoutMention(text: string, botUserId: string): string {
  return isMention(text, botUserId) ? text.replace(MENTION, '') : text;
}
