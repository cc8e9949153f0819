import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readList, writeList } from '../../../../src/slack/views/form/fields.ts';

describe('a list in a text input', () => {
  test('comes back as it was written', () => {
    const item = fc
      .oneof(
        fc.string(),
        fc.array(fc.constantFrom('"', ',', '\n', ' ', 'a')).map((pieces) => pieces.join('')),
      )
      .map((text) => text.trim())
      .filter((text) => text !== '');
    fc.assert(
      fc.property(fc.array(item), (items) => {
        expect(readList(writeList(items))).toEqual(items);
      }),
    );
  });

  test.each([
    ['commas', 'a, b,c', ['a', 'b', 'c']],
    ['commas of a Japanese keyboard', 'a、b，c', ['a', 'b', 'c']],
    ['lines', 'a\nb\r\n\nc\n', ['a', 'b', 'c']],
    ['both', 'a,\nb', ['a', 'b']],
    ['quotes around a comma', '"a, b", c', ['a, b', 'c']],
    ['an unclosed quote', '"a, b', ['"a', 'b']],
    ['quotes within a value', 'say "hi", b', ['say "hi"', 'b']],
    ['nothing', ' , \n', []],
  ])('is read from %s', (_what, text, items) => {
    expect(readList(text)).toEqual(items);
  });
});
