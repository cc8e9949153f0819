import type { KnownBlock } from '@slack/types';
import { splitText } from './cut.ts';
import { plainLeaf, textIn, type Leaf, type Piece, type TablePiece } from './markdown/inline.ts';
import { LONGEST_READ, readMarkdown } from './markdown/read.ts';
import { richBlocks, tableBlock } from './markdown/rich.ts';
import { escape, inBounds, oneLine, quote, truncate } from './text.ts';

/** A message as Slack messages. `text` is escaped, and says everything. */
type MarkdownPart = { text: string; blocks: KnownBlock[] };

/** For all blocks of a message, as JSON: Slack refuses more than about 13,000, and buttons add to it. */
const MOST_JSON = 10_000;
/** `chat.update` takes 4,000; a line above the words adds to it. */
const MOST_TEXT = 3500;

/** The part that is read. https://docs.slack.dev/reference/block-kit/blocks/rich-text-block */
export function markdownParts(markdown: string): MarkdownPart[] {
  return parts(readMarkdown(markdown));
}

/** Whether only a part of it is read. */
export function isCut(markdown: string): boolean {
  return markdown.length > LONGEST_READ;
}

/** Text that isn't Markdown, such as what a person typed. */
export function quotedParts(text: string): MarkdownPart[] {
  return parts(text.trim() === '' ? [] : [{ kind: 'quote', leaves: [plainLeaf(inBounds(text))] }]);
}

/** Its text on one line, without markup. */
export function markdownWords(markdown: string, max: number): string {
  return truncate(words(readMarkdown(markdown)), max);
}

function parts(pieces: readonly Piece[]): MarkdownPart[] {
  const packed: Piece[][] = [];
  let room = { json: 0, text: 0 };
  for (const piece of cutPieces(pieces)) {
    const json = JSON.stringify(richBlocks([piece])).length;
    const text = plainText([piece]).length + 1;
    const current = packed.at(-1);
    if (current === undefined || json > room.json || text > room.text) {
      packed.push([piece]);
      room = { json: MOST_JSON - json, text: MOST_TEXT - text };
    } else {
      current.push(piece);
      room = { json: room.json - json, text: room.text - text };
    }
  }
  return packed.map((some) => ({ text: plainText(some), blocks: richBlocks(some) }));
}

/** The whole text, escaped, one piece per line. */
function plainText(pieces: readonly Piece[]): string {
  return pieces.map(textOf).join('\n');
}

function textOf(piece: Piece): string {
  switch (piece.kind) {
    case 'item':
      return `${'    '.repeat(piece.indent)}${piece.number === null ? '•' : `${piece.number}.`} ${linked(piece.leaves)}`;
    case 'more':
      return `    ${linked(piece.leaves)}`;
    case 'quote':
      return quote(linked(piece.leaves));
    case 'code':
      return escape(piece.text);
    case 'table':
      return piece.rows.map((row) => row.map(linked).join(' | ')).join('\n');
    case 'text':
      return linked(piece.leaves);
  }
}

function linked(leaves: readonly Leaf[]): string {
  const whole = leaves.map(({ text, url }) => (url === null || url === text ? text : `${text} (${url})`));
  return escape(whole.join(''));
}

/** A line that ends without punctuation. */
const OPEN_END = /[\p{L}\p{N}]$/u;

function words(pieces: readonly Piece[]): string {
  const parts: string[] = [];
  for (const [at, piece] of pieces.entries()) {
    const said = wordsOf(piece);
    if (said !== '') parts.push(said + endOf(said, piece, pieces[at + 1]));
  }
  return parts.join(' ');
}

function wordsOf(piece: Piece): string {
  if (piece.kind === 'code') return oneLine(piece.text);
  if (piece.kind === 'table') return tableWords(piece);
  return oneLine(textIn(piece.leaves));
}

function tableWords({ rows }: TablePiece): string {
  return rows.map((row) => row.map((leaves) => oneLine(textIn(leaves))).join(', ')).join('; ');
}

function endOf(said: string, piece: Piece, next: Piece | undefined): string {
  if (piece.kind === 'item' && next?.kind === 'item') return ';';
  if (!OPEN_END.test(said.slice(-2))) return '';
  if (piece.kind === 'text') return piece.heading ? ':' : '';
  return piece.kind === 'item' || piece.kind === 'table' ? '.' : '';
}

/** In characters; as JSON, one can take six. */
const LEAF_LENGTH = 1000;
const CODE_LENGTH = 1500;
/** For a paragraph with its links and styles, as JSON. */
const PARAGRAPH_JSON = 5000;

/** Cuts pieces so that a message holds several. A message takes one table: others are shown as they were written. */
function cutPieces(pieces: readonly Piece[]): Piece[] {
  const table = pieces.find((piece) => piece.kind === 'table' && tableBlock(piece) !== null);
  return pieces.flatMap((piece) => {
    if (piece === table) return [piece];
    return cutPiece(piece.kind === 'table' ? { kind: 'code', text: piece.source } : piece);
  });
}

function cutPiece(piece: Exclude<Piece, TablePiece>): Piece[] {
  if (piece.kind === 'code') return cutText(piece.text, CODE_LENGTH).map((text) => ({ kind: 'code', text }));
  return cutLeaves(piece.leaves).map((leaves, at) =>
    piece.kind === 'item' && at > 0 ? { kind: 'more', indent: piece.indent, leaves } : { ...piece, leaves },
  );
}

function cutLeaves(leaves: readonly Leaf[]): Leaf[][] {
  const paragraphs: Leaf[][] = [];
  let json = 0;
  for (const leaf of leaves.flatMap(cutLeaf)) {
    const cost = JSON.stringify(leaf).length;
    const current = paragraphs.at(-1);
    if (current === undefined || json + cost > PARAGRAPH_JSON) {
      paragraphs.push([leaf]);
      json = cost;
    } else {
      current.push(leaf);
      json += cost;
    }
  }
  return paragraphs;
}

function cutLeaf(leaf: Leaf): Leaf[] {
  return cutText(leaf.text, LEAF_LENGTH).map((text) => ({ ...leaf, text }));
}

/** Between two parts, a line end is not shown. */
function cutText(text: string, limit: number): string[] {
  return splitText(text, limit).map((part, at, { length }) =>
    at + 1 < length ? part.replace(/\n$/, '') : part,
  );
}
