import { textIn } from './markdown/inline.ts';
import { readMarkdown } from './markdown/read.ts';
import { oneLine } from './text.ts';

const FEWEST = 2;
const MOST = 5;
/** Longer ones are paragraphs, not options. */
const OPTION_LENGTH = 150;

/** What a question offers to choose from: the two to five entries of its last list. Empty: it is open, or none. */
export function questionOptions(markdown: string): string[] {
  const pieces = readMarkdown(markdown);
  const asks = pieces.some((piece) => 'leaves' in piece && /[?？]/.test(textIn(piece.leaves)));
  const last = pieces.findLastIndex(({ kind }) => kind === 'item' || kind === 'more');
  const before = pieces.slice(0, last + 1).findLastIndex(({ kind }) => kind !== 'item' && kind !== 'more');
  const options = pieces.slice(before + 1, last + 1).flatMap((piece, at) => {
    const isNext = piece.kind === 'item' && piece.indent === 0 && (piece.number ?? at + 1) === at + 1;
    const words = isNext ? oneLine(textIn(piece.leaves)).trim() : '';
    return [words.length > OPTION_LENGTH ? '' : words];
  });
  const isChoice =
    options.length >= FEWEST && options.length <= MOST && new Set(options).size === options.length;
  return asks && isChoice && !options.includes('') ? options : [];
}
