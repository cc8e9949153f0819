import { describe, expect, test } from 'vitest';
import { readJson } from '../../../../src/slack/blocks/form/read-field.ts';
import { en } from '../../../../src/text/en.ts';

const { jsonAt, jsonIncomplete, jsonTooDeep, jsonNear, lineBreak } = en.modal.errors;

/** What is wrong with a text, if it isn't a JSON object. */
function fault(text: string): string | null {
  const reading = readJson(text);
  return reading.kind === 'wrong' ? reading.sentence(en) : null;
}

describe('the fault in a JSON text', () => {
  test.each([
    ['an extra comma', '{"a": 1,}', jsonAt(1, 9, '}')],
    ['curly quotes', '{\n  “a”: 1\n}', jsonAt(2, 3, '“')],
    ['a missing comma', '{"a": 1\n "b": 2}', jsonAt(2, 2, '"')],
    ['a line break in a string', '{"a": "b\nc"}', jsonAt(1, 9, lineBreak)],
    ['an unknown word', '{"a": True}', jsonNear('{"a": True}')],
    [
      'an unknown word far inside',
      `[${'1, '.repeat(9000)}NaN, 22222222222]`,
      jsonNear('…1, 1, 1, NaN, 22222…'),
    ],
    ['a word that JavaScript knows', 'undefined', jsonNear('undefined')],
    ['a value in curly quotes', '{"a": “b”}', jsonNear('{"a": “b”}')],
    ['an object', '{"a": 1}', null],
    ['text after the end', '{} x', jsonAt(1, 4, 'x')],
    ['an unclosed bracket', '{"a": [1', jsonIncomplete],
    ['an unclosed string', '{"a": "b', jsonIncomplete],
    ['an emoji', '{"a": 👍}', jsonNear('{"a": 👍}')],
    [
      'more levels than anything that is meant',
      `${'{"not":'.repeat(90_000)}1${'}'.repeat(90_000)}`,
      jsonTooDeep,
    ],
  ])('is named for %s', (_what, text, expected) => {
    expect(fault(text)).toBe(expected);
  });
});
