import { describe, expect, test } from 'vitest';
import { PLACES, QUOTES } from './places.ts';

/** These are raw, and only words. */
const RAW = new Set<unknown>(['plain_text', 'rich_text']);

/** Every mrkdwn in what goes to Slack, and the plain texts. */
function mrkdwnIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(mrkdwnIn);
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null || ('type' in value && RAW.has(value.type))) return [];
  const parts: Record<string, unknown> = { ...value };
  return ['text', 'blocks', 'elements'].flatMap((key) => mrkdwnIn(parts[key] ?? []));
}

/** What Slack reads as more than words, except asterisks: mentions, links and the like, and line breaks. */
function shapeOf(mrkdwn: string): string {
  return mrkdwn.replaceAll(/<([^<>|]*)(?:\|[^<>]*)?>/g, '{$1}').replaceAll(/[^{}<>\n]/g, '');
}

const shapesOf = (rendered: unknown): string[] => mrkdwnIn(rendered).map(shapeOf);
const linesOf = (rendered: unknown): string[] => mrkdwnIn(rendered).flatMap((one) => one.split('\n'));

const ONE_LINE = [
  'Tell <!channel> & <@here> of <https://evil.example|this>',
  'a > b & b < c &lt;!here&gt;',
  'Rename _a_ to ~b~ and `c`',
  'Two\nlines\n> and\r\nmore',
  'a | b|c',
  '```\nfence',
];

describe.each(Object.entries(PLACES))('in %s', (_place, render) => {
  test.each(ONE_LINE)('%j is shown as plain words', (words) => {
    expect(shapesOf(render(words))).toEqual(shapesOf(render('words')));
  });

  test('asterisks do not end what is bold', () => {
    const boldOnes = linesOf(render('words')).map((line) => /\*[^*]*words[^*]*\*/.test(line));
    const starred = linesOf(render('*.test.ts to *Spec*'));
    for (const line of starred.filter((_line, at) => boldOnes[at]))
      expect(line).toMatch(/\*[^*]*∗\.test\.ts to ∗Spec∗[^*]*\*/);
  });
});

describe.each(Object.entries(QUOTES))('in %s', (_place, render) => {
  test.each(ONE_LINE)('%j mentions nobody and links nothing', (words) => {
    expect(mrkdwnIn(render(words)).join('\n')).not.toMatch(/<(?!@U1>)/);
  });
});
