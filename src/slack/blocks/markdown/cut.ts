import type { Leaf, Piece, TablePiece } from './pieces.ts';
import { tableBlock, tableText } from './table.ts';

/** In characters. As JSON, a character takes up to six of them. */
const LEAF_LENGTH = 1000;
const CODE_LENGTH = 1500;
/** Of a paragraph, with its links and styles, as JSON. */
const PARAGRAPH_JSON = 5000;

/** Pieces small enough that a message holds several. A message takes one table: others are laid out as code. */
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

/** At the ends of lines where possible, then after a blank, and never within a character. */
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
