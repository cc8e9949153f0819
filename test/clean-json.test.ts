import { expect, test } from 'vitest';
import { cleanJson, cleanText } from '../src/bounds.ts';

test('keeps what can be stored, also characters of two code units', () => {
  expect(cleanText('a\u0000b \uD83D c \uDE00 😀\n')).toBe('ab  c  😀\n');
});

test('drops what people do not see: tags, zero-width and direction marks, idle selectors and joiners', () => {
  const tags = String.fromCodePoint(0xe006f, 0xe0062, 0xe0065, 0xe0079);
  expect(cleanText(`fix it${tags} \u202Enow\u2066\u2069, a\u200Bb e\uFEFF gpj\u202Dcod.exe KEY\u2060`)).toBe(
    'fix it now, ab e gpjcod.exe KEY',
  );
  expect(cleanText('a\u200Db a\uFE0F')).toBe('ab a');
});

test('keeps what emoji, accents and scripts are made of', () => {
  const plain = 'ピンを直す 👩‍💻 ❤️ می‌خواهم Ạ́ 1️⃣';
  expect(cleanText(plain)).toBe(plain);
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
