import { expect, test } from 'vitest';
import { cleanJson, cleanText } from '../src/bounds.ts';

test('keeps what can be stored, also characters of two code units', () => {
  expect(cleanText('a\u0000b \uD83D c \uDE00 😀\n')).toBe('ab  c  😀\n');
});

test('cleans every string and key', () => {
  expect(cleanJson({ 'k\u0000': ['v\u0000', { deep: '\uD83D' }, 1, null, true] })).toEqual({
    k: ['v', { deep: '' }, 1, null, true],
  });
});

test('leaves out what is nested deeper than anything that is meant', () => {
  const deep = (levels: number): unknown => JSON.parse(`${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`);
  expect(cleanJson(deep(200))).toEqual(deep(200));
  for (const text of ['{"a":', '[']) {
    const end = text === '[' ? ']' : '}';
    const cleaned = JSON.stringify(cleanJson(JSON.parse(`${text.repeat(100_000)}1${end.repeat(100_000)}`)));
    expect(cleaned).toBe(`${text.repeat(200)}null${end.repeat(200)}`);
  }
});
