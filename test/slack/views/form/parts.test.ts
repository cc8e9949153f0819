import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { joinText, writtenParts } from '../../../../src/slack/views/form/typed.ts';
import { fieldOf } from '../../../support/field.ts';

const MAX = 20;
const field = {
  ...fieldOf('prompt'),
  input: { kind: 'text', multiline: true, maxLength: MAX } as const,
};
const split = (text: string): string[] => writtenParts(field, text, Infinity);
const prose = fc
  .array(fc.constantFrom('a', 'word', ' ', '\n', '\n\n', '  ', '👩‍💻', '&amp;', '<!channel>', 'x'.repeat(27)))
  .map((pieces) => pieces.join(''));

describe('a text spread over several inputs', () => {
  test('is joined again exactly', () => {
    fc.assert(
      fc.property(prose, (text) => {
        const parts = split(text);
        expect(parts.every((part) => part.length > 0 && part.length <= MAX)).toBe(true);
        expect(joinText(parts, MAX)).toBe(text);
      }),
    );
  });

  test('never splits a character', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', '👍')), (pieces) => {
        const text = pieces.join('');
        expect(split(text).every((part) => part.isWellFormed())).toBe(true);
      }),
    );
  });

  test('is split after a line if possible', () => {
    expect(split('the first line\nthe second one')).toEqual(['the first line\n', 'the second one']);
  });

  test('is split after a word otherwise', () => {
    expect(split('one sentence that is long')).toEqual(['one sentence that ', 'is long']);
  });

  test('gets a line break if a person continued in the next input', () => {
    expect(joinText(['First.', 'Second.', '', 'Third.'], MAX)).toBe('First.\nSecond.\nThird.');
  });
});
