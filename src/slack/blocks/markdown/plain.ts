import { escape } from '../text.ts';
import type { Leaf, Piece, TablePiece } from './pieces.ts';

/** Escaped text that says all of it, one piece a line. */
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
      return linked(piece.leaves)
        .split('\n')
        .map((line) => `> ${line}`)
        .join('\n');
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

/** Where a line ends without a sign of its own. */
const OPEN_END = /[\p{L}\p{N}]$/u;

/** What it says, on one line and without marks. */
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
  return oneLine(piece.leaves.map(({ text }) => text).join(''));
}

function tableWords({ rows }: TablePiece): string {
  const cell = (leaves: readonly Leaf[]): string => oneLine(leaves.map(({ text }) => text).join(''));
  return rows.map((row) => row.map(cell).join(', ')).join('; ');
}

function endOf(said: string, piece: Piece, next: Piece | undefined): string {
  if (piece.kind === 'item' && next?.kind === 'item') return ';';
  if (!OPEN_END.test(said.slice(-2))) return '';
  if (piece.kind === 'text') return piece.heading ? ':' : '';
  return piece.kind === 'item' || piece.kind === 'table' ? '.' : '';
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}
