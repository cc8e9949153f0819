import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  bold,
  code,
  codeBlock,
  date,
  escape,
  link,
  oneLine,
  quote,
  truncate,
  unescape,
} from '../../src/slack/views/text.ts';

const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({
    unit: fc.constantFrom('&', '<', '>', 'amp;', 'lt;', '|', '!channel', '@U1', '`', '🧑‍💻', 'a', ' ', '\n'),
  }),
);

describe('escape', () => {
  test('leaves nothing that begins a mention, a link or a broadcast', () => {
    fc.assert(fc.property(anyText, (text) => !/[<>]/.test(escape(text))));
    expect(escape('<!channel> & <@U1> <https://x|y>')).toBe(
      '&lt;!channel&gt; &amp; &lt;@U1&gt; &lt;https://x|y&gt;',
    );
  });

  test('is undone by unescape', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(unescape(escape(text))).toBe(text);
      }),
    );
  });
});

describe('unescape', () => {
  test.each([
    ['<@U12|ana>', '@ana'],
    ['<@U12>', '<@U12>'],
    ['<#C12|general>', '#general'],
    ['<#C12|>', '#C12'],
    ['<!here>', '@here'],
    ['<!channel>', '@channel'],
    ['<!subteam^S12|@platform>', '@platform'],
    ['<!subteam^S12>', '@S12'],
    ['<!date^1392734382^{date_short}|18 Feb 2014>', '18 Feb 2014'],
    ['<https://acme.io/a>', 'https://acme.io/a'],
    ['<https://acme.io/a|https://acme.io/a>', 'https://acme.io/a'],
    ['<http://acme.io|acme.io>', 'http://acme.io'],
    ['<https://acme.io/|acme.io>', 'https://acme.io/'],
    ['<https://acme.io/a|the report>', 'the report (https://acme.io/a)'],
    ['<https://acme.io/?a=1&amp;b=2>', 'https://acme.io/?a=1&b=2'],
    ['<mailto:a@acme.io|a@acme.io>', 'a@acme.io'],
    ['<tel:123|123>', '123'],
    ['a &lt;b&gt; &amp;amp; c', 'a <b> &amp; c'],
    ['Map<string> and a < b > c', 'Map<string> and a < b > c'],
  ])('reads %s', (slack, readable) => {
    expect(unescape(slack)).toBe(readable);
  });
});

describe('truncate', () => {
  test('is never too long, and never splits a character or an entity', () => {
    fc.assert(
      fc.property(anyText, fc.nat(40), (text, max) => {
        const cut = truncate(escape(text), max);
        expect(cut.length).toBeLessThanOrEqual(max);
        expect(escape(unescape(cut))).toBe(cut);
        expect(cut.isWellFormed() || !text.isWellFormed()).toBe(true);
      }),
    );
  });

  test('keeps a text that fits', () => {
    expect(truncate('12345', 5)).toBe('12345');
    expect(truncate('123456', 5)).toBe('1234…');
    expect(truncate('ab&amp;cd', 6)).toBe('ab…');
    expect(truncate('ab🧑cd', 4)).toBe('ab…');
    expect(truncate('abc', 0)).toBe('');
  });

  test.each([
    [
      'a word, if one ends nearby',
      'Reproduced it: the session cookie expires',
      30,
      'Reproduced it: the session…',
    ],
    ['no word that began long ago', `a ${'b'.repeat(50)}`, 30, `a ${'b'.repeat(27)}…`],
    ['a link', 'See <https://a.example/1|the first> now', 30, 'See…'],
    ['a mention', 'For <@U0123456789>', 10, 'For…'],
    ['a link whose address has an entity', 'see <https://a.io/?x=1&amp;y=2|label>', 26, 'see…'],
  ])('cuts before %s', (_what, text, max, cut) => {
    expect(truncate(text, max)).toBe(cut);
  });
});

describe('a line', () => {
  const OVER = 'Login \u202Eexe.\u202C test';
  const PILE = `e${'\u0301'.repeat(5000)}`;

  test.each([
    ['turns nothing that follows', OVER, 'Login exe. test'],
    ['with isolates turns nothing', '\u2067a\u2069 b', 'a b'],
    ['keeps letters that are written from right to left', 'שלום عالم', 'שלום عالم'],
    ['covers no line above it', PILE, `e${'\u0301'.repeat(8)}`],
    ['keeps what accents and emoji are made of', 'Ạ́ ❤️ 👨‍👩‍👧 1️⃣', 'Ạ́ ❤️ 👨‍👩‍👧 1️⃣'],
  ])('%s', (_what, text, shown) => {
    expect(oneLine(text)).toBe(shown);
    expect(link('https://x/', text)).toBe(`<https://x/|${shown}>`);
  });
});

describe('formatting', () => {
  test("a link can't become a mention or a broadcast, nor be ended by its parts", () => {
    expect(link('!channel', 'x')).toBe('x');
    expect(link('@U1', '<b>')).toBe('&lt;b&gt;');
    expect(link('javascript:alert(1)', 'x')).toBe('x');
    expect(link('https://x/a|b>c?d=1&e', 'a|b > c')).toBe('<https://x/a%7Cb%3Ec?d=1&amp;e|a¦b &gt; c>');
    expect(link('https://x/', '')).toBe('<https://x/>');
  });

  test('code stays one span, a code block stays one block', () => {
    expect(code('a `b`\n<c>')).toBe("`a 'b' &lt;c&gt;`");
    expect(code('')).toBe('');
    fc.assert(fc.property(anyText, (text) => !codeBlock(text).slice(3, -3).includes('```')));
  });

  test('bold is one line, a quote marks each line', () => {
    expect(bold('a\nb')).toBe('*a b*');
    expect(bold(' ')).toBe('');
    expect(quote('a\nb')).toBe('> a\n> b');
  });

  test('a date has a fallback', () => {
    expect(date(1_392_734_382.9, 'Feb 18 | 2014', '{date}')).toBe('<!date^1392734382^{date}|Feb 18 ¦ 2014>');
    expect(unescape(date(1, 'then', '{date}'))).toBe('then');
  });
});
