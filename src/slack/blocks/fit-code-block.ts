import { codeBlock, truncate } from './text.ts';

/**
 * A code block of at most `max` characters, fences included, so that its end is never cut off with the fence.
 * Escaping makes text longer: `&` becomes five characters.
 */
export function fitCodeBlock(text: string, max: number): { block: string; cut: boolean } {
  let shown = truncate(text, max);
  while (shown !== '' && codeBlock(shown).length > max)
    shown = truncate(shown, Math.floor(shown.length * 0.9));
  return { block: codeBlock(shown), cut: shown !== text };
}
