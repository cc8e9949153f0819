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
    // Inside a word, a quotation mark is an apostrophe or means inches.
    const mayQuote = MARK.test(text.charAt(at)) && /^[([{]*$/.test(text.slice(start, at));
    at = codeEnd(text, at) ?? slackTokenEnd(text, at) ?? (mayQuote ? quoteEnd(text, at) : null) ?? at + 1;
  }
  return at;
}

/** The value at `start`: a word, or text in quotes. A list continues after a comma, even with spaces. */
export function readValue(text: string, start: number, isList: boolean): { text: string; end: number } {
  let value = '';
  let at = start;
  let isItemStart = true;
  while (at < text.length && !/\s/.test(text.charAt(at))) {
    const close: number | null = isItemStart && MARK.test(text.charAt(at)) ? quoteEnd(text, at) : null;
    // The rest of the value could be anywhere. Other marks begin words, too: `'90s`, `「ログイン」画面`.
    if (isItemStart && close === null && DOUBLE.test(text.charAt(at)))
      return { text: '', end: proseEnd(text, at) };
    const end = close ?? slackTokenEnd(text, at) ?? at + 1;
    const piece: string = close === null ? text.slice(at, end) : text.slice(at + 1, end - 1);
    value += piece;
    isItemStart = isList && COMMA.test(piece);
    at = (isItemStart ? match(NEXT_ITEM, text, end) : null) ?? end;
  }
  return { text: value, end: at };
}

/** Marks that close each other: smart quotes from phones and other languages come mixed. */
const QUOTES = ['"“”„«»', "'‘’‚", '「」『』', '`'];
const MARK = new RegExp(`[${QUOTES.join('')}]`);
const DOUBLE = new RegExp(`[${QUOTES[0]}\`]`);

/** In characters: each mark that is never closed costs one search. */
const LONGEST_QUOTE = 1000;

/** Japanese keyboards write wide ones. */
const COMMA = /^[,，、]$/;

/** After the quote at `at`, on one line; its closing mark ends a word. The same mark closes it, or the next of its kind. */
function quoteEnd(text: string, at: number): number | null {
  const open = text.charAt(at);
  const kind = QUOTES.find((marks) => marks.includes(open)) ?? '';
  const [line = ''] = text.slice(at + 1, at + LONGEST_QUOTE).split('\n', 1);
  const ends = [open, kind].map((marks) => line.search(new RegExp(`[${marks}](?=[\\s)\\]},，、.;:!?…]|$)`)));
  const close = ends.find((end) => end !== -1);
  return close === undefined ? null : at + close + 2;
}

/** Japanese keyboards make wide hyphens, minus signs, bars or the mark of a long vowel; copied text has others. */
export const HYPHEN = '[-－ー−―‐‑]';
/** What people type for two hyphens: macOS and iOS make one dash of them, and of one more. */
export const DASHES = `(?:${HYPHEN}{2,3}|${HYPHEN}?[—–]{1,2}${HYPHEN}?)`;
/** After a comma: the next value stands on the same line, and is no other flag. */
const NEXT_ITEM = new RegExp(`[^\\S\\n]*(?!${DASHES}\\p{L})(?=\\S)`, 'uy');

/** ```…``` over lines, `…` within one. */
export const CODE = /```[^]*?```|`[^`\n]*`/g;

function codeEnd(text: string, at: number): number | null {
  return match(/```[^]*?```|`[^`\n]+`/y, text, at);
}

/** Such as `<@U…|name>` and `<https://…|label>`: a name or label can hold spaces. */
function slackTokenEnd(text: string, at: number): number | null {
  return match(/<[^<>\n]+>/y, text, at);
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
