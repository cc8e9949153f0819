import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readJson } from '../../../../src/slack/blocks/form/read-field.ts';
import { en } from '../../../../src/text/en.ts';

const { jsonAt, jsonIncomplete, jsonObject, jsonTooDeep, lineBreak } = en.modal.errors;

/** What is wrong with a text, if it isn't a JSON object. */
function fault(text: string): string | null {
  const reading = readJson(text);
  return reading.kind === 'wrong' ? reading.sentence(en) : null;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe('the fault in a JSON text', () => {
  test('exists exactly if JSON.parse fails', () => {
    const damaged = fc
      .tuple(
        fc.json(),
        fc.nat(),
        fc.nat(4),
        fc.constantFrom('', '"', ',', '}', '\\', '\n', '0', 'x', '\u007F'),
      )
      .map(([json, at, length, put]) => {
        const from = at % (json.length + 1);
        return json.slice(0, from) + put + json.slice(from + length);
      });
    fc.assert(
      fc.property(fc.oneof(fc.json(), damaged, fc.string()), (text) => {
        expect([null, jsonObject].includes(fault(text))).toBe(isJson(text));
      }),
      { numRuns: 2000 },
    );
  });

  test.each([
    ['an extra comma', '{"a": 1,}', jsonAt(1, 9, '}')],
    ['curly quotes', '{\n  “a”: 1\n}', jsonAt(2, 3, '“')],
    ['a missing comma', '{"a": 1\n "b": 2}', jsonAt(2, 2, '"')],
    ['a line break in a string', '{"a": "b\nc"}', jsonAt(1, 9, lineBreak)],
    ['an unknown word', '{"a": True}', jsonAt(1, 7, 'T')],
    ['text after the end', '{} x', jsonAt(1, 4, 'x')],
    ['an unclosed bracket', '{"a": [1', jsonIncomplete],
    ['an unclosed string', '{"a": "b', jsonIncomplete],
    ['an emoji', '{"a": 👍}', jsonAt(1, 7, '👍')],
    [
      'more levels than anything that is meant',
      `${'{"not":'.repeat(90_000)}1${'}'.repeat(90_000)}`,
      jsonTooDeep,
    ],
  ])('is named for %s', (_what, text, expected) => {
    expect(fault(text)).toBe(expected);
  });
});
