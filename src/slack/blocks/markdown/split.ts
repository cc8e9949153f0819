import { codeBlock, escape } from '../text.ts';
import type { Chunk } from './chunks.ts';

const FENCES_LENGTH = codeBlock('').length;

/** Chunks packed into as few parts of at most `limit` as hold them; each part is complete by itself. */
export function pack(chunks: readonly Chunk[], limit: number): string[] {
  const parts: string[] = [];
  let last: Chunk['kind'] | null = null;
  for (const chunk of chunks) {
    const pieces = chunk.kind === 'code' ? codePieces(chunk.code, limit) : linePieces(chunk.text, limit);
    for (const piece of pieces) {
      const gap = chunk.kind === 'text' && last === 'text' ? '\n\n' : '\n';
      const current = parts.at(-1);
      if (current === undefined || current.length + gap.length + piece.length > limit) parts.push(piece);
      else parts[parts.length - 1] = current + gap + piece;
      last = chunk.kind;
    }
  }
  return parts.filter((part) => part.trim() !== '');
}

/** A code block that is too long becomes several, each with fences of its own. */
function codePieces(code: string, limit: number): string[] {
  const inside = limit - FENCES_LENGTH;
  // A part of the escaped text is never escaped again, so the fences are written here.
  const safe = escape(code.replaceAll('``', '`\u200B`'));
  return linePieces(safe, inside).map((piece) => `\`\`\`\n${piece}\n\`\`\``);
}

/** Cut at the ends of lines where possible, then after a space, and never within a link or an entity. */
export function linePieces(escaped: string, limit: number): string[] {
  const pieces: string[] = [];
  let piece: string | null = null;
  for (const line of escaped.split('\n').flatMap((whole) => cutLine(whole, limit))) {
    if (piece !== null && piece.length + 1 + line.length > limit) {
      pieces.push(piece);
      piece = line;
    } else {
      piece = piece === null ? line : `${piece}\n${line}`;
    }
  }
  return piece === null ? pieces : [...pieces, piece];
}

const ATOM = /<[^<>]*>|&(?:amp|lt|gt);|./gsu;

function cutLine(line: string, limit: number): string[] {
  if (line.length <= limit) return [line];
  const cut: string[] = [];
  let rest = '';
  let blankAt = 0;
  for (const atom of atomsOf(line, limit)) {
    if (rest.length + atom.length > limit) {
      const at = blankAt > limit / 2 ? blankAt : rest.length;
      cut.push(rest.slice(0, at));
      rest = rest.slice(at);
      blankAt = 0;
    }
    rest += atom;
    if (atom === ' ') blankAt = rest.length;
  }
  return [...cut, rest];
}

/** A link that does not fit becomes plain text. */
function atomsOf(line: string, limit: number): string[] {
  return [...line.matchAll(ATOM)].flatMap(([atom]) =>
    atom.length > limit ? atomsOf(atom.replace('<', '&lt;').replace('>', '&gt;'), limit) : [atom],
  );
}
