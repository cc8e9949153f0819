import { isSessionId } from '../../session/intent.ts';
import { unescape } from '../views/text.ts';

/**
 * The words of a command, as Slack sends it. Each reader takes a position and returns the one after what it read.
 * Nothing is decoded here, so that Slack's `<…>` tokens stay whole.
 */

/** White space, and characters without width that come with copied text: a flag after them is still a flag. */
const SPACE = /[\s\u200B\u200E\u200F\u202A-\u202E\u2060\u2066-\u2069]+/y;

/** After the white space at `at`. */
export function spaceEnd(text: string, at: number): number {
  return match(SPACE, text, at) ?? at;
}

/** After the spaces at `at`, on the same line. */
export function blankEnd(text: string, at: number): number {
  return match(/[^\S\n]+/y, text, at) ?? at;
}

/** After a word of prose. Code spans, quotes and Slack's tokens are part of it, with their spaces. */
export function proseEnd(text: string, start: number): number {
  let at = start;
  while (at < text.length && !/\s/.test(text.charAt(at))) {
    at = codeEnd(text, at) ?? slackTokenEnd(text, at) ?? quotedProseEnd(text, at, start) ?? at + 1;
  }
  return at;
}

export type Value = {
  /** Without its quotes; Slack's tokens unchanged. */
  text: string;
  /** After the value. */
  end: number;
  /** It starts with a quotation mark that is never closed. */
  unclosed: boolean;
};

/** The value at `start`: a word, or text in quotes. A list continues after a comma, even with spaces. */
export function readValue(text: string, start: number, isList: boolean): Value {
  const value: Value = { text: '', end: start, unclosed: false };
  let isItemStart = true;
  while (value.end < text.length && !/\s/.test(text.charAt(value.end))) {
    const quoted: QuotedText | null = isItemStart ? readQuoted(text, value.end, isList) : null;
    value.unclosed ||= quoted === 'unclosed';
    const piece: TextPiece = quoted === null || quoted === 'unclosed' ? plainPiece(text, value.end) : quoted;
    isItemStart = isList && COMMA.test(piece.text);
    value.text += piece.text;
    value.end = isItemStart ? nextItem(text, piece.end) : piece.end;
  }
  return value;
}

/** What closes a quotation mark, best first: smart quotes from phones and other languages come mixed. */
const CLOSING: Record<string, readonly string[]> = {
  '"': ['"', '”', '“'],
  '“': ['”', '"', '“'],
  '”': ['”', '"'],
  '„': ['“', '”', '"'],
  '«': ['»'],
  '»': ['«', '»'],
  "'": ["'", '’', '‘'],
  '‘': ['’', "'", '‘'],
  '‚': ['‘', '’', "'"],
  '「': ['」'],
  '『': ['』'],
};

/** The longest quotes in the task and in a value, in characters: each mark that is never closed costs one search. */
const LONGEST_QUOTE = 1000;
const LONGEST_VALUE = 3000;

/** Japanese keyboards write wide ones. */
const COMMA = /^[,，、]$/;

/** One that is never closed begins a word: `'90s`, `「ログイン」画面`. */
const WITHIN_WORDS = new Set(["'", '‘', '‚', '「', '『']);

type TextPiece = { text: string; end: number };
type QuotedText = TextPiece | 'unclosed';

function readQuoted(text: string, at: number, isList: boolean): QuotedText | null {
  const mark = text.charAt(at);
  const closers = mark === '`' ? ['`'] : CLOSING[mark];
  if (closers === undefined) return null;
  const within = Math.min(text.length, at + LONGEST_VALUE);
  const close = closeOf(text, at, { closers, after: isList ? /[\s,，、]/ : /\s/, within });
  if (close !== null) return { text: text.slice(at + 1, close), end: close + 1 };
  return WITHIN_WORDS.has(mark) ? null : 'unclosed';
}

function plainPiece(text: string, at: number): TextPiece {
  const end = slackTokenEnd(text, at) ?? at + 1;
  return { text: text.slice(at, end), end };
}

/** Japanese keyboards make wide hyphens, minus signs, bars or the mark of a long vowel; copied text has others. */
export const HYPHEN = '[-－ー−―‐‑]';
/** What people type for two hyphens: macOS and iOS make one dash of them, and of one more. */
export const DASHES = `(?:${HYPHEN}{2,3}|${HYPHEN}?[—–]{1,2}${HYPHEN}?)`;
const LIST_END = new RegExp(`^(?:\\n|--|${DASHES}\\p{L})`, 'u');

/** After the spaces that follow a comma, unless the list ends there: at the end of the line or before another flag. */
function nextItem(text: string, afterComma: number): number {
  const next = blankEnd(text, afterComma);
  const endsHere = next >= text.length || LIST_END.test(text.slice(next, next + 3));
  return endsHere ? afterComma : next;
}

/** ```…``` over lines, `…` within one. */
export const CODE = /```[^]*?```|`[^`\n]*`/g;

function codeEnd(text: string, at: number): number | null {
  return match(/```[^]*?```|`[^`\n]+`/y, text, at);
}

/** Such as `<@U…|name>` and `<https://…|label>`: a name or label can hold spaces. */
function slackTokenEnd(text: string, at: number): number | null {
  return match(/<[^<>\n]+>/y, text, at);
}

/** Text in quotes within the task, on one line. Inside a word, a mark is an apostrophe or means inches. */
function quotedProseEnd(text: string, at: number, wordStart: number): number | null {
  const closers = CLOSING[text.charAt(at)];
  if (closers === undefined || !/^[([{]*$/.test(text.slice(wordStart, at))) return null;
  const near = text.slice(at, at + LONGEST_QUOTE);
  const lineEnd = near.indexOf('\n');
  const within = at + (lineEnd === -1 ? near.length : lineEnd);
  const close = closeOf(text, at, { closers, after: /[\s)\]},.;:!?…]/, within });
  return close === null ? null : close + 1;
}

type Closing = { closers: readonly string[]; after: RegExp; within: number };

/** The first closing mark at the end of a word. */
function closeOf(text: string, open: number, { closers, after, within }: Closing): number | null {
  // Searching the whole text would read it to its end for each mark.
  const quoted = text.slice(open + 1, within);
  for (const closer of closers) {
    for (let at = quoted.indexOf(closer); at !== -1; at = quoted.indexOf(closer, at + 1)) {
      const close = open + 1 + at;
      const next = text.charAt(close + 1);
      if (next === '' || after.test(next)) return close;
    }
  }
  return null;
}

/** After what the pattern matches at `at`; null: nothing. */
export function match(sticky: RegExp, text: string, at: number): number | null {
  sticky.lastIndex = at;
  return sticky.test(text) ? sticky.lastIndex : null;
}

/** A word of a command as Slack sends it. `<…|label>` is one word, whatever is in the label. */
export type Word = {
  raw: string;
  /** Where it starts and ends. */
  at: number;
  end: number;
  /** The id of the session it names. */
  session: string | null;
};

/** Slack sends links as `<url>` or `<url|label>`: https://docs.slack.dev/messaging/formatting-message-text */
const WORD = /<[^<>\n]+>|[^\s<]+|</g;

/** Commands are short: after this many characters, the text is a task or a message. */
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

/** The word without punctuation, in lower case, also from wide letters: `Stop:` is `stop`; '' for a link. */
export function bareWord(raw: string): string {
  const plain = raw.startsWith('<') ? '' : raw.slice(0, LONGEST_COMMAND).normalize('NFKC');
  return BARE.exec(plain)?.[0].toLowerCase() ?? '';
}

const PATH = '/sessions/';
const ADDRESS = /^(?:https?:\/\/[^/]|[\w-]+\.[\w.-]+\/)/i;
const LONGEST_WORD = 2083;

/** The session that a word names by its id or its address in Devin. */
function sessionNamed(raw: string): string | null {
  if (raw.length > LONGEST_WORD) return null;
  const [target = ''] = raw.replace(/^</, '').split(/[|>]/);
  const path = target.lastIndexOf(PATH);
  if (path > 0 && ADDRESS.test(target)) return /^[\w-]+/.exec(target.slice(path + PATH.length))?.[0] ?? null;
  if (target.includes('/')) return null;
  const parts = unescape(target).split(/[^\w-]+/);
  return parts.find(isSessionId) ?? null;
}

/** Slack runs no slash command in a thread or after a mention, so people send it as a message. Others type it twice. */
export function withoutCommand(said: string, command: string): string {
  const [first = ''] = said.split(/\s/, 1);
  return first === command ? said.slice(command.length).trim() : said;
}
