import { expect, test } from 'vitest';
import { cleanJson, cleanText } from '../../src/session/excerpt.ts';

test('keeps what can be stored, whole characters of two halves too', () => {
  expect(cleanText('a\u0000b \uD83D c \uDE00 😀\n')).toBe('ab  c  😀\n');
});

test('reaches every text and key', () => {
  expect(cleanJson({ 'k\u0000': ['v\u0000', { deep: '\uD83D' }, 1, null, true] })).toEqual({
    k: ['v', { deep: '' }, 1, null, true],
  });
});
