import { cleanText } from '../../bounds.ts';

/**
 * Writes and reads Slack's mrkdwn. `escape`, `code`, `codeBlock`, `link` and `date` take raw text; `bold` and `quote`
 * take mrkdwn, which is already escaped. https://docs.slack.dev/messaging/formatting-message-text
 */

const ELLIPSIS = '…';
const BETWEEN_FACTS = ' · ';

/** Slack shows the person's name, and tells them in a new message. */
export const mention = (userId: string): string => `<@${escape(userId)}>`;

/** What there is to show: null and blank parts are left out. */
export function present(parts: readonly (string | null)[]): string[] {
  return parts.filter((part) => part !== null).filter((part) => part.trim() !== '');
}

/** What there is to show, in a row. */
export function facts(...parts: (string | null)[]): string {
  return present(parts).join(BETWEEN_FACTS);
}

/** What is shown of a value; null: there is none. */
export function ifAny<Value, Shown>(value: Value | null, shown: (value: Value) => Shown): Shown | null {
  return value === null ? null : shown(value);
}

/**
 * Makes raw text safe to show: no mention, broadcast, date or link can start without `<`. `* _ ~` and backticks stay:
 * they can't be escaped, and only change how text looks. `bold` and `code` replace those that would end their own
 * markup.
 */
export function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Bold ends at a line's end, so the text becomes one line. */
export function bold(escaped: string): string {
  const line = withoutAsterisks(joinLines(escaped));
  return line === '' ? '' : `*${line}*`;
}

/** Struck through, in one line. A tilde would end it. */
export function struck(escaped: string): string {
  return `~${joinLines(escaped).replaceAll('~', '∼')}~`;
}

const ADDRESS_OR_ASTERISK = /(<[^<>|]*)|\*/g;

/** Bold ends at an asterisk, which can't be escaped; the mathematical one looks the same. Addresses stay. */
function withoutAsterisks(escaped: string): string {
  return escaped.replaceAll(ADDRESS_OR_ASTERISK, (_all, address?: string) => address ?? '∗');
}

/** A backtick would end the span and can't be escaped, so it becomes an apostrophe. */
export function code(text: string): string {
  const line = joinLines(text).replaceAll('`', "'");
  return line === '' ? '' : `\`${escape(line)}\``;
}

/** Keeps lines and indentation. Three backticks would end the block, so a zero-width space separates them. */
export function codeBlock(text: string): string {
  return `\`\`\`\n${escape(text.replaceAll('``', '`\u200B`'))}\n\`\`\``;
}

export function isWebAddress(url: string): boolean {
  return /^https?:\/\/\S+$/i.test(url);
}

/** Less than half of what a section takes: a cut link would show its markup. */
const LINKED_LENGTH = 1400;

/** A web address that is short enough for a link, whatever is beside it. */
export function isLinkable(url: string | null): url is string {
  return url !== null && url.length <= LINKED_LENGTH && isWebAddress(url);
}

/** A web or mail address, which Slack turns into a link. */
export function isAddress(url: string): boolean {
  return isWebAddress(url) || /^mailto:\S+$/i.test(url);
}

/**
 * A labeled link. Slack reads `<!channel|…>` and `<@U…|…>` in the same brackets, so anything but a web or mail address
 * becomes its label.
 */
export function link(url: string, label: string): string {
  const shown = escape(joinLines(label).replaceAll('|', '¦'));
  if (!isAddress(url)) return shown;
  const target = url
    .replaceAll('|', '%7C')
    .replaceAll('<', '%3C')
    .replaceAll('>', '%3E')
    .replaceAll('&', '&amp;');
  return shown === '' ? `<${target}>` : `<${target}|${shown}>`;
}

/** A moment in the reader's time zone; clients that can't show it use the fallback. */
export function date(epochSeconds: number, fallback: string, format: string): string {
  const shown = escape(joinLines(fallback).replaceAll('|', '¦'));
  return `<!date^${Math.trunc(epochSeconds)}^${format}|${shown}>`;
}

export function quote(escaped: string): string {
  return escaped
    .split('\n')
    .map((line) => `> ${line}`)
    .join('\n');
}

/**
 * At most `max` UTF-16 units, at least as strict as Slack's count of characters. Cuts after a line or a word if possible,
 * and never inside a code point, a link, a mention or `&amp;`, so it works before and after `escape`.
 */
export function truncate(text: string, max: number): string {
  if (text.length <= max) return text;
  if (max < ELLIPSIS.length) return '';
  const begun = text.slice(0, endOfPart(text, max - ELLIPSIS.length)).replace(UNFINISHED, '');
  return `${begun.trimEnd()}${ELLIPSIS}`;
}

/** The same, shortened until it fits. */
export function truncateTo(text: string, max: number, fits: (shown: string) => boolean): string {
  let shown = truncate(text, max);
  while (shown !== '' && !fits(shown)) shown = truncate(shown, Math.floor(shown.length * 0.9));
  return shown;
}

/** A person's id, in a pattern. */
export const USER_ID = '[UW][A-Z0-9]+';
const MENTION = new RegExp(`<@(${USER_ID})>`, 'g');

/** Replaces mentions that come without a name. */
export function replaceMentions(text: string, shown: (userId: string) => string): string {
  return text.replaceAll(MENTION, (_mention, userId: string) => shown(userId));
}

export function mentionedIn(text: string): string[] {
  return [...text.matchAll(MENTION)].flatMap(([, userId]) => userId ?? []);
}

const TOKEN_OR_ENTITY = /<([^<>]+)>|&(?:amp|lt|gt);/g;
const ENTITIES: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>' };

/** Slack's escaped text as people read it. A mention that comes without a name stays `<@U…>`. */
export function unescape(slackText: string): string {
  return slackText.replaceAll(TOKEN_OR_ENTITY, (whole, token: string | undefined) =>
    token === undefined ? (ENTITIES[whole] ?? whole) : (readToken(token) ?? whole),
  );
}

/** null: not a token of Slack, but brackets in text that was never escaped. */
function readToken(token: string): string | null {
  const { target, label } = splitToken(token);
  if (/^@[UWB][A-Z0-9]+$/.test(target)) return readMention(target.slice(1), label);
  // A private channel has an empty name.
  if (/^#[CGD][A-Z0-9]+$/.test(target)) return `#${label ?? target.slice(1)}`;
  if (/^![a-z]/.test(target)) return label ?? `@${target.slice(1).replace(/^subteam\^/, '')}`;
  if (/^(?:mailto|tel):/i.test(target)) return label ?? target.replace(/^\w+:/, '');
  return /^[a-z][a-z0-9+.-]*:\S+$/i.test(target) ? readLink(target, label) : null;
}

function splitToken(token: string): { target: string; label: string | null } {
  const bar = token.indexOf('|');
  if (bar === -1) return { target: unescape(token), label: null };
  const label = unescape(token.slice(bar + 1));
  return { target: unescape(token.slice(0, bar)), label: label === '' ? null : label };
}

function readMention(id: string, name: string | null): string {
  return name === null ? `<@${id}>` : `@${name.replace(/^@/, '')}`;
}

function readLink(url: string, label: string | null): string {
  const bare = (address: string): string =>
    address.replace(/^[a-z][a-z0-9+.-]*:(?:\/\/)?/i, '').replace(/\/$/, '');
  return label === null || bare(label) === bare(url) ? url : `${label} (${url})`;
}

function joinLines(text: string): string {
  const lines = inBounds(text)
    .split('\n')
    .map((line) => line.trim());
  return lines.filter((line) => line !== '').join(' ');
}

/** No script puts more on one letter. */
const PILED = /(\p{M}{8})\p{M}+/gu;

/** Text that can't turn or cover what is around it, also after Markdown's entities were read. */
export function inBounds(text: string): string {
  return cleanText(text).replaceAll(PILED, '$1');
}

/** Line breaks and runs of spaces become one space. */
export function oneLine(text: string): string {
  return inBounds(text).replaceAll(/\s+/g, ' ').trim();
}

/** Looks up a word from Slack or Devin: only the table's own entries, so `constructor` isn't one. */
export function lookup<Entry>(table: Readonly<Record<string, Entry>>, word: string): Entry | undefined {
  return Object.hasOwn(table, word) ? table[word] : undefined;
}

/** Within one section, with a line above. */
const BLOCK_LENGTH = 2800;

/**
 * A code block of at most `max` characters including its fences, so that the closing fence is never cut off. Escaping
 * makes text longer: `&` becomes five characters.
 */
export function fitCodeBlock(text: string, max: number = BLOCK_LENGTH): { block: string; cut: boolean } {
  const shown = truncateTo(text, max, (part) => codeBlock(part).length <= max);
  return { block: codeBlock(shown), cut: shown !== text };
}

const PIECE_LENGTH = 2000;

/** All of a long text in several code blocks, each within one section. */
export function codeBlocks(text: string): string[] {
  return splitText(text, PIECE_LENGTH).flatMap((piece) => {
    const { block, cut } = fitCodeBlock(piece);
    // Escaping makes it up to five times as long.
    return cut ? splitText(piece, PIECE_LENGTH / 4).map(codeBlock) : [block];
  });
}

/** Where text can be cut. It is raw, or escaped mrkdwn. */

/** The same place, or the one before if it is between the two halves of a code point. */
function pairBefore(text: string, at: number): number {
  const splitsPair = /[\uD800-\uDBFF]/.test(text.charAt(at - 1)) && /[\uDC00-\uDFFF]/.test(text.charAt(at));
  return splitsPair ? at - 1 : at;
}

/** Parts of at most `max` UTF-16 units, cut after a line or a word if possible. No text has no parts. */
export function splitText(text: string, max: number): string[] {
  const parts: string[] = [];
  let rest = text;
  while (rest.length > max) {
    const end = endOfPart(rest, max);
    parts.push(rest.slice(0, end));
    rest = rest.slice(end);
  }
  return rest === '' ? parts : [...parts, rest];
}

/** After a line, or else a word, that ends in the second half. */
function endOfPart(text: string, max: number): number {
  const line = text.lastIndexOf('\n', max - 1);
  if (line >= max / 2) return line + 1;
  const word = text.lastIndexOf(' ', max - 1);
  if (word >= max / 2) return word + 1;
  // A part that is this long is joined to the next one without a line break.
  return pairBefore(text, max);
}

/** What begins and doesn't end: an entity, a link or a mention. */
const UNFINISHED = /(?:&(?:amp?|a|lt?|gt?)?|<(?:[a-z]{0,6}|(?:https?:|mailto:|[@#!])[^<>]*))$/;
