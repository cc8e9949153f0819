import type { MarkedToken } from 'marked';
import { code, escape, isAddress, link, truncate, withoutAsterisks } from '../text.ts';
import { known, readable, readableHtml } from './tokens.ts';

const LABEL_LENGTH = 500;
/** Nobody meant to write longer addresses. */
const ADDRESS_LENGTH = 2000;
const ZERO_WIDTH = '\u200B';

const MARKS = { strong: '*', em: '_', del: '~' } as const;
type Style = keyof typeof MARKS;

/** Inline Markdown as mrkdwn, escaped. `styles`: in which it stands already; Slack knows no style within itself. */
export function inlineMrkdwn(tokens: readonly MarkedToken[], styles: readonly Style[] = []): string {
  let out = '';
  let afterMark = false;
  for (const token of tokens) {
    const piece = pieceOf(token, styles);
    const isMark = token.type in MARKS || token.type === 'codespan';
    const touches = (isMark && /[\p{L}\p{N}]$/u.test(out)) || (afterMark && /^[\p{L}\p{N}]/u.test(piece));
    // Slack takes a mark only at the edge of a word.
    out += touches ? ZERO_WIDTH + piece : piece;
    afterMark = isMark && piece !== '';
  }
  return out;
}

function pieceOf(token: MarkedToken, styles: readonly Style[]): string {
  switch (token.type) {
    case 'strong':
    case 'em':
    case 'del':
      return styled(token.type, inlineMrkdwn(known(token.tokens), [...styles, token.type]), styles);
    case 'codespan':
      return code(token.text);
    case 'br':
      return '\n';
    case 'link':
      return webLink(token.href, plainInline(known(token.tokens)));
    case 'image':
      return webLink(token.href, token.text);
    case 'html':
      return escape(readableHtml(token.text));
    case 'text':
      return token.tokens === undefined
        ? plainText(readable(token.text), styles)
        : inlineMrkdwn(known(token.tokens), styles);
    case 'escape':
      return plainText(token.text, styles);
    case 'checkbox':
      return '';
    default:
      return escape(token.raw);
  }
}

/** An asterisk would end what is bold. */
function plainText(words: string, styles: readonly Style[]): string {
  return styles.includes('strong') ? withoutAsterisks(escape(words)) : escape(words);
}

/** A style ends at a line's end in Slack, so each line has its own. */
function styled(style: Style, inner: string, styles: readonly Style[]): string {
  if (styles.includes(style)) return inner;
  const mark = MARKS[style];
  return inner
    .split('\n')
    .map((line) => line.replace(/\S(?:.*\S)?/u, (words) => `${mark}${words}${mark}`))
    .join('\n');
}

/** An address that Slack makes no link of is shown beside its label. */
function webLink(href: string, label: string): string {
  const short = truncate(label, LABEL_LENGTH);
  if (href.length <= ADDRESS_LENGTH && isAddress(href)) return link(href, short);
  return href === '' || href === label ? escape(short) : escape(`${short} (${truncate(href, LABEL_LENGTH)})`);
}

/** Its words alone, on one line. */
export function plainInline(tokens: readonly MarkedToken[]): string {
  return tokens.map(words).join('').replaceAll(/\s+/g, ' ').trim();
}

function words(token: MarkedToken): string {
  switch (token.type) {
    case 'strong':
    case 'em':
    case 'del':
    case 'link':
      return inner(token.tokens);
    case 'br':
    case 'checkbox':
      return ' ';
    case 'html':
      return readableHtml(token.text);
    case 'codespan':
    case 'escape':
    case 'image':
      return token.text;
    case 'text':
      return token.tokens === undefined ? readable(token.text) : inner(token.tokens);
    default:
      return token.raw;
  }
}

function inner(tokens: Parameters<typeof known>[0]): string {
  return known(tokens).map(words).join('');
}
