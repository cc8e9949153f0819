import { describe, expect, test } from 'vitest';
import { readJson } from '../../../../src/slack/views/form/fields.ts';
import { en } from '../../../../src/text/en.ts';

/** What is wrong with a text, if it isn't a JSON object. */
function fault(text: string): string | null {
  const reading = readJson(text, en);
  return 'problem' in reading ? reading.problem : null;
}

describe('the fault in a JSON text', () => {
  test.each([
    ['an extra comma', '{"a": 1,}', /^Invalid JSON: .*line 1 column 9/],
    ['curly quotes', '{\n  “a”: 1\n}', /^Invalid JSON: .*line 2 column 3/],
    ['a line break in a string', '{"a": "b\nc"}', /^Invalid JSON: .*line 1 column 9/],
    ['an unknown word', '{"a": True}', /^Invalid JSON: .*\{"a": True\}/],
    ['an unknown word far inside', `[${'1, '.repeat(9000)}NaN, 2]`, /^Invalid JSON: .{1,120}$/],
    ['text after the end', '{} x', /^Invalid JSON: .*line 1 column 4/],
    ['an unclosed bracket', '{"a": [1', /^Invalid JSON: ./],
    ['half of an emoji', '{"a": \uD83D}', /^Invalid JSON: [^\uD83D]+$/],
  ])('is named for %s', (_what, text, expected) => {
    expect(fault(text)).toMatch(expected);
  });

  test.each([
    ['an object', '{"a": 1}', null],
    [
      'more levels than anything that is meant',
      `${'{"a":'.repeat(9000)}1${'}'.repeat(9000)}`,
      en.modal.errors.schemaTooLarge,
    ],
  ])('is %s', (_what, text, expected) => {
    expect(fault(text)).toBe(expected);
  });
});
