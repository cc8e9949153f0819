import { escape, oneLine, quote } from '../text.ts';
import { textIn, type Leaf, type Piece, type TablePiece } from './inline.ts';
import { tableBlock, tableText } from './rich.ts';

/** All of it as escaped text, one piece per line. */
export function plainText(pieces: readonly Piece[]): string {
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

/** Its text on one line, without markup. */
export function words(pieces: readonly Piece[]): string {
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

/** Cuts pieces so that a message holds several. A message takes one table: others become code. */
export function cutPieces(pieces: readonly Piece[]): Piece[] {
  const table = pieces.find((piece) => piece.kind === 'table' && tableBlock(piece) !== null);
  return pieces.flatMap((piece) =>
    piece.kind === 'table' ? cutTable(piece, piece === table) : cutPiece(piece),
  );
}

function cutTable(piece: TablePiece, fits: boolean): Piece[] {
  return fits ? [piece] : cutPiece({ kind: 'code', text: tableText(piece) });
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

/** At line ends if possible, then after a space, and never within a character. */
function cutText(text: string, limit: number): string[] {
  const parts: string[] = [];
  let from = 0;
  while (text.length - from > limit) {
    const part = text.slice(from, from + limit);
    const line = part.lastIndexOf('\n');
    const end = line > limit / 2 ? line : lastBlank(part, limit);
    parts.push(text.slice(from, from + end));
    from += end + (line > limit / 2 ? 1 : 0);
  }
  const rest = text.slice(from);
  return rest === '' ? parts : [...parts, rest];
}

function lastBlank(part: string, limit: number): number {
  const blank = part.lastIndexOf(' ') + 1;
  if (blank > limit / 2) return blank;
  return /[\uD800-\uDBFF]$/.test(part.slice(-1)) ? limit - 1 : limit;
}
