import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { READERS } from './readers.ts';
import { hostileTexts, PIECES } from './texts.ts';

/** A reader's output is at most this many times as long as the text, plus a message or form of ours. */
const MOST_TIMES = 40;
const OWN_LENGTH = 300_000;

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 400 }),
  fc.array(fc.constantFrom(...PIECES), { maxLength: 60 }).map((pieces) => pieces.join('')),
);

function lengthOf(value: unknown): number {
  return (JSON.stringify(value) ?? '').length;
}

describe.each(Object.entries(READERS))('%s', (_name, read) => {
  test('is read without a failure, whatever it is', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(lengthOf(read(text))).toBeLessThan(OWN_LENGTH + MOST_TIMES * text.length);
      }),
      { numRuns: 150 },
    );
  });

  test('returns output in proportion to its input', () => {
    for (const { text } of hostileTexts(4000))
      expect(lengthOf(read(text))).toBeLessThan(OWN_LENGTH + MOST_TIMES * text.length);
  });
});
