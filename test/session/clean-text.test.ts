import { expect, test } from 'vitest';
import { cleanJson, cleanText } from '../../src/session/clean-text.ts';

test('keeps what can be stored, also characters of two code units', () => {
  expect(cleanText('a\u0000b \uD83D c \uDE00 😀\n')).toBe('ab  c  😀\n');
});

test('cleans every string and key', () => {
  expect(cleanJson({ 'k\u0000': ['v\u0000', { deep: '\uD83D' }, 1, null, true] })).toEqual({
    k: ['v', { deep: '' }, 1, null, true],
  });
});
