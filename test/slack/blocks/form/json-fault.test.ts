import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { jsonFault } from '../../../../src/slack/blocks/form/read-field.ts';

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe('the fault in a JSON text', () => {
  test('exists exactly if JSON.parse refuses', () => {
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
        expect(jsonFault(text) === null).toBe(isJson(text));
      }),
      { numRuns: 2000 },
    );
  });

  test.each([
    ['a comma too many', '{"a": 1,}', { line: 1, column: 9, found: '}' }],
    ['curly quotes', '{\n  “a”: 1\n}', { line: 2, column: 3, found: '“' }],
    ['a comma missing', '{"a": 1\n "b": 2}', { line: 2, column: 2, found: '"' }],
    ['a line break in a string', '{"a": "b\nc"}', { line: 1, column: 9, found: '\n' }],
    ['an unknown word', '{"a": True}', { line: 1, column: 7, found: 'T' }],
    ['text behind the end', '{} x', { line: 1, column: 4, found: 'x' }],
    ['a bracket left open', '{"a": [1', { line: 1, column: 9, found: null }],
    ['a string left open', '{"a": "b', { line: 1, column: 9, found: null }],
    ['an emoji', '{"a": 👍}', { line: 1, column: 7, found: '👍' }],
  ])('is named for %s', (_what, text, fault) => {
    expect(jsonFault(text)).toEqual(fault);
  });
});
