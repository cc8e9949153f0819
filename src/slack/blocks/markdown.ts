import type { MarkedToken, Tokens } from 'marked';
import { LIMIT } from './limits.ts';
import { chunksOf } from './markdown/chunks.ts';
import type { Chunk } from './markdown/chunks.ts';
import { withoutFences } from './markdown/fences.ts';
import { plainInline } from './markdown/inline.ts';
import { linePieces, pack } from './markdown/split.ts';
import { known, readMarkdown } from './markdown/tokens.ts';
import { escape, truncate } from './text.ts';

/**
 * Markdown, as Devin writes it, as Slack's mrkdwn: escaped, in parts of at most `limit`, each with fences of its own.
 * https://docs.slack.dev/messaging/formatting-message-text
 */
export function markdownParts(markdown: string, limit: number = LIMIT.sectionText): string[] {
  return pack(chunks(markdown), limit);
}

/** What it says, on one line and without marks. */
export function markdownWords(markdown: string, max: number): string {
  const tokens = readMarkdown(markdown);
  const words = tokens === null ? [markdown] : tokens.map(wordsOf);
  return truncate(words.join(' ').replaceAll(/\s+/g, ' ').trim(), max);
}

/** Text that is not Markdown, such as what a person typed: quoted line by line, in parts. */
export function quotedParts(text: string, limit: number = LIMIT.sectionText): string[] {
  const inert = withoutFences(escape(text));
  // Each line is cut first, so that what it is cut into is quoted, too.
  const lines = inert.split('\n').flatMap((line) => linePieces(line, limit - 2));
  return linePieces(lines.map((line) => `> ${line}`).join('\n'), limit);
}

function chunks(markdown: string): Chunk[] {
  const tokens = readMarkdown(markdown);
  if (tokens === null) return [{ kind: 'code', code: markdown }];
  return chunksOf(tokens);
}

/** Where a line ends without a sign of its own. */
const OPEN_END = /(?<=[\p{L}\p{N}])$/u;

function wordsOf(token: MarkedToken): string {
  switch (token.type) {
    case 'heading':
      return plainInline(known(token.tokens)).replace(OPEN_END, ':');
    case 'paragraph':
      return plainInline(known(token.tokens));
    case 'text':
      return plainInline([token]);
    case 'code':
      return token.text;
    case 'list':
      return token.items
        .map(({ text }) => markdownWords(text, text.length))
        .join('; ')
        .replace(OPEN_END, '.');
    case 'blockquote':
      return markdownWords(token.text, token.text.length);
    case 'table':
      return [token.header, ...token.rows].map(rowWords).join('; ').replace(OPEN_END, '.');
    default:
      return '';
  }
}

function rowWords(cells: readonly Tokens.TableCell[]): string {
  return cells.map((cell) => plainInline(known(cell.tokens))).join(', ');
}
