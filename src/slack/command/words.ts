import { isSessionId } from '../../session/session-id.ts';
import { unescape } from '../blocks/text.ts';

/** A word of a command as Slack sends it; `<…|label>` is one word, whatever its label holds. */
export type Word = {
  raw: string;
  /** Where it begins and ends. */
  at: number;
  end: number;
  /** The id of the session that it names. */
  session: string | null;
};

/** Slack sends links as `<url>` or `<url|label>`: https://docs.slack.dev/messaging/formatting-message-text */
const WORD = /<[^<>\n]+>|[^\s<]+|</g;

/** A command is short; what comes after this many characters is a task or a message. */
const READ_LENGTH = 8000;

export function wordsOf(text: string): Word[] {
  return [...text.slice(0, READ_LENGTH).matchAll(WORD)].map(({ 0: raw, index: at }) => ({
    raw,
    at,
    end: at + raw.length,
    session: sessionNamed(raw),
  }));
}

const BARE = /\p{L}[\p{L}\p{N}]*(?:-[\p{L}\p{N}]+)*/u;
const LONGEST_COMMAND = 40;

/** The word without the marks around it, in lower case: `Stop:` is `stop`; '' for a link. */
export function bareWord(raw: string): string {
  return raw.startsWith('<') ? '' : (BARE.exec(raw.slice(0, LONGEST_COMMAND))?.[0].toLowerCase() ?? '');
}

const PATH = '/sessions/';
const ADDRESS = /^(?:https?:\/\/[^/]|[\w-]+\.[\w.-]+\/)/i;
const LONGEST_WORD = 2083;

/** The session that a word names by its id or by its address in Devin. */
function sessionNamed(raw: string): string | null {
  if (raw.length > LONGEST_WORD) return null;
  const [target = ''] = raw.replace(/^</, '').split(/[|>]/);
  const path = target.lastIndexOf(PATH);
  if (path > 0 && ADDRESS.test(target)) return /^[\w-]+/.exec(target.slice(path + PATH.length))?.[0] ?? null;
  if (target.includes('/')) return null;
  const parts = unescape(target).split(/[^\w-]+/);
  return parts.find(isSessionId) ?? null;
}
