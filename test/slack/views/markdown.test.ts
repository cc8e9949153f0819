import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { knownBlocks } from '../../../sandbox/slack/rules/assign-ids.ts';
import { checkMessage } from '../../../sandbox/slack/rules/message.ts';
import type { RichLeaf, RichPart } from '../../../sandbox/slack/rules/rich-text.ts';
import { markdownParts, markdownWords, quotedParts } from '../../../src/slack/views/markdown.ts';
import { renderDevinMessage } from '../../../src/slack/views/milestone.ts';
import { en } from '../../../src/text/en.ts';

const STYLES = ['bold', 'italic', 'strike', 'code'] as const;

/** What a reader sees of blocks, in short: `bold{…}`, `link{label → url}`, and each part on its own line. */
function sketch(blocks: readonly unknown[]): string {
  return knownBlocks(blocks)
    .map((block) => {
      if (block.type === 'rich_text') return block.elements.map(partSketch).join('');
      return block.type === 'table' ? `table\n${block.rows.map(rowSketch).join('\n')}\n` : '';
    })
    .join('');
}

function rowSketch(row: readonly { elements: readonly RichPart[] }[]): string {
  return row.map(({ elements }) => elements.map(partSketch).join('').trim()).join(' | ');
}

function partSketch(part: RichPart): string {
  if (part.type === 'rich_text_list') {
    const { style, indent = 0, offset = 0, elements } = part;
    const sign = (at: number): string => (style === 'ordered' ? `${offset + at + 1}.` : '•');
    return elements.map((item, at) => `${'  '.repeat(indent)}${sign(at)} ${partSketch(item)}`).join('');
  }
  const inner = part.elements.map(leafSketch).join('');
  if (part.type === 'rich_text_quote') return `quote{${inner}}\n`;
  return part.type === 'rich_text_preformatted' ? `code\n${inner}\nend\n` : `${inner}\n`;
}

function leafSketch(leaf: RichLeaf): string {
  if (leaf.type !== 'text' && leaf.type !== 'link') return `${leaf.type}!`;
  const isNamed = leaf.type === 'link' && leaf.text !== leaf.url;
  const words = leaf.type === 'text' ? leaf.text : `link{${isNamed ? `${leaf.text} → ` : ''}${leaf.url}}`;
  return STYLES.filter((name) => leaf.style?.[name] === true).reduce(
    (inner, name) => `${name}{${inner}}`,
    words,
  );
}

const shown = (markdown: string): string =>
  markdownParts(markdown)
    .map(({ blocks }) => sketch(blocks).trimEnd())
    .join('\n<<<>>>\n');

const twin = (markdown: string): string =>
  markdownParts(markdown)
    .map(({ text }) => text)
    .join('\n');

describe('Markdown becomes rich text', () => {
  test.each([
    ['bold', 'a **b** c', 'a bold{b} c'],
    ['italics', 'a *b* _c_', 'a italic{b} italic{c}'],
    ['strike', '~~gone~~', 'strike{gone}'],
    ['bold over two lines', '**one\ntwo**', 'bold{one\ntwo}'],
    ['bold within a word', 'un**believ**able', 'unbold{believ}able'],
    ['bold in bold', '**a __b__ c**', 'bold{a b c}'],
    ['bold and italic', '***a***', 'italic{bold{a}}'],
    ['inline code', 'run `a < b`', 'run code{a < b}'],
    ['a heading', '## Result of **it**\n\ndone', 'bold{Result of it}\n\ndone'],
    ['paragraphs', 'a\n\nb', 'a\n\nb'],
    ['a link', '[the docs](https://x.y/?a=1&b=2)', 'link{the docs → https://x.y/?a=1&b=2}'],
    ['a link without words', 'see [](https://x.y/a).', 'see link{https://x.y/a}.'],
    ['an address', 'see https://x.y/a.', 'see link{https://x.y/a}.'],
    ['a link to nowhere', '[file](src/app.ts)', 'file (src/app.ts)'],
    ['a link that runs code', '[x](javascript:alert(1))', '[x](javascript:alert(1))'],
    ['an image', '![shot](https://x.y/a.png)', 'link{shot → https://x.y/a.png}'],
    ['entities', 'a &lt; b & c', 'a < b & c'],
    ['a rule', 'a\n\n---\n\nb', 'a\n\nb'],
    ['a quote', '> a\n> b', 'quote{a\nb}'],
    ['a list in a quote', '> a\n> - b\n>   1. c', 'quote{a}\n• b\n  1. c'],
    ['a list', '- a\n- b\n  - c\n- d', '• a\n• b\n  • c\n• d'],
    ['an item of two paragraphs', '- a\n\n  b', '• a\nb'],
    ['a numbered list', '3. a\n4. b', '3. a\n4. b'],
    ['tasks', '- [x] a\n- [ ] b', '• [x] a\n• [ ] b'],
    ['a code block', '```ts\nif (a < b) {}\n```', 'code\nif (a < b) {}\nend'],
    ['code in a numbered list', '1. a\n   ```\n   x\n   ```\n2. b', '1. a\ncode\nx\nend\n2. b'],
    ['tags and comments', 'the <div> & co\n\n<!-- a -->', 'the <div> & co\n\n<!-- a -->'],
    ['a broadcast', '<!channel> <@U123> @here', '<!channel> <@U123> @here'],
  ])('%s', (_what, markdown, rich) => {
    expect(shown(markdown)).toBe(rich);
  });

  test('a table becomes a table', () => {
    const table = '| Test | ms | |\n|---|--:|:-:|\n| **login** | 1200 | |\n| `a` | [7](https://x.y) | x |';
    expect(shown(table)).toBe(
      'table\nTest | ms | \nbold{login} | 1200 | \ncode{a} | link{7 → https://x.y} | x',
    );
  });

  test('a second table and a table that is too wide are code blocks', () => {
    const small = '| a | b |\n|--:|---|\n| 100 | 2 |';
    expect(shown(`${small}\n\n${small}`)).toBe(`table\na | b\n100 | 2\ncode\na | b\n100 | 2\nend`);
    const wide = `|${'a|'.repeat(21)}\n|${'-|'.repeat(21)}`;
    expect(shown(wide)).toBe(`code\n${Array(21).fill('a').join(' | ')}\nend`);
  });

  test('the plain text says everything, and is escaped', () => {
    const markdown =
      '# Done\n\nThe **fix** is in [PR 7](https://x.y/7) & <!channel>\n\n1. a\n   - b\n\n> q\n\n| h |\n|---|\n| c |\n\n```\nx < y\n```';
    expect(twin(markdown)).toBe(
      [
        'Done',
        'The fix is in PR 7 (https://x.y/7) &amp; &lt;!channel&gt;',
        '1. a',
        '    • b',
        '> q',
        'h',
        'c',
        'x &lt; y',
      ].join('\n'),
    );
  });
});

describe('a link shows its target', () => {
  test.each([
    ['an address of another host', '[https://github.com/a](https://e.test)', 'https://github.com/a (e.test)'],
    ['another host without its scheme', '[github.com/acme](https://e.test/x)', 'github.com/acme (e.test)'],
    [
      'a host that begins like it',
      '[https://github.com](https://github.com.e.test)',
      'https://github.com (github.com.e.test)',
    ],
    ['a host before the @', '<https://github.com@e.test/>', 'https://github.com@e.test/ (e.test)'],
    [
      'a host in letters that look alike',
      '[github.com](https://gıthub.com)',
      'github.com (xn--gthub-n4a.com)',
    ],
    [
      'an address behind words',
      '[see https://github.com/acme](https://e.test)',
      'see https://github.com/acme (e.test)',
    ],
    ['an address within styles', '[**https://git**hub.com](https://e.test)', 'https://github.com (e.test)'],
    ['an address behind a word', '[PR: github.com/a](https://e.test)', 'PR: github.com/a (e.test)'],
    [
      'an address with an invisible character',
      '[\u200Bgit\u2060hub.com/acme](https://e.test)',
      'github.com/acme (e.test)',
    ],
    ['an address with a variation selector', '[git\uFE00hub.com](https://e.test)', 'github.com (e.test)'],
    ['an address in wide letters', '[ｇithub．com／acme](https://e.test)', 'ｇithub．com／acme (e.test)'],
    [
      'an address with what looks like a slash',
      '[github.com\u2215acme](https://e.test)',
      'github.com\u2215acme (e.test)',
    ],
    ["a file's name", '[src/app.ts](https://acme.io/a)', 'src/app.ts (acme.io)'],
  ])('%s', (_what, markdown, label) => {
    expect(shown(markdown)).toContain(`link{${label} → https://`);
  });

  test.each([
    ['its own host', '[https://github.com/acme](https://github.com/acme/web)'],
    ['its own host with www', '[www.x.example](https://x.example/)'],
    ['words', '[the pull request](https://github.com/a)'],
    ['its own address', '<https://GitHub.com?q=1.ab>'],
  ])('%s is shown as it is', (_what, markdown) => {
    expect(shown(markdown)).not.toContain(' (');
  });
});

describe('what is long', () => {
  test('is split into valid messages', () => {
    const parts = markdownParts(`before\n\n\`\`\`\n${'line of code\n'.repeat(400)}\`\`\`\n\nafter`);
    expect(parts.length).toBeGreaterThan(1);
    for (const part of parts) expect(checkMessage(part)).toEqual([]);
    expect(twin(`\`\`\`\n${'line of code\n'.repeat(400)}\`\`\``).match(/line of code/g)).toHaveLength(400);
  });

  test('is not read to its end, which is in Devin', () => {
    const posts = renderDevinMessage('word '.repeat(20_000), en);
    expect(posts.length).toBeLessThanOrEqual(4);
    expect(posts.at(-1)?.text).toBe(en.milestones.restInDevin);
  });

  test('is read up to the limit, to the end of a line', () => {
    const parts = markdownParts('a line of words\n'.repeat(1000));
    expect(parts.map(({ text }) => text).join('').length).toBeLessThan(6100);
    expect(parts.at(-1)?.text).toMatch(/words$/);
  });
});

describe('what is nested', () => {
  test('deeper than 20 levels is shown as written', () => {
    expect(shown(`a\n\n${'> '.repeat(25)}b\n\nc`)).toBe(`code\na\n\n${'> '.repeat(25)}b\n\nc\nend`);
    expect(twin(`${'- '.repeat(700)}a`)).toContain('- '.repeat(30));
  });

  test('less deeply is read', () => {
    expect(shown(`${'> '.repeat(15)}b`)).toBe('quote{b}');
  });
});

const SIGNS = [
  ...'```¦`¦``¦~~~¦**¦*¦_¦~~¦> ¦- ¦1. ¦# ¦|¦|-|-|¦\n¦\n\n¦    ¦<!channel>¦<!--¦-->¦<!'.split('¦'),
  ...'<@U1>¦&lt;¦[a](¦)¦](http://x.y)¦![¦http://x.y¦ '.split('¦'),
];

const markdown = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 400 }),
  fc
    .array(
      fc.oneof(fc.constantFrom(...SIGNS), fc.string({ maxLength: 12 }), fc.constant('word '.repeat(40))),
      { maxLength: 60 },
    )
    .map((pieces) => pieces.join('')),
);

describe('whatever Devin or a person writes', () => {
  test('becomes valid messages that mention nobody', () => {
    fc.assert(
      fc.property(markdown, (text) => {
        for (const part of [...markdownParts(text), ...quotedParts(text)]) {
          expect(checkMessage(part)).toEqual([]);
          expect(part.text).not.toMatch(/<|(?<!^)>/m);
          expect(JSON.stringify(part.blocks)).not.toMatch(
            /"type":"(?:user|usergroup|broadcast|channel|mrkdwn)"/,
          );
        }
      }),
      { numRuns: 2000 },
    );
  });

  test("doesn't turn or cover anything around it", () => {
    const foreign = `Open \u202Egpj.exe\u202C, e${'\u0301'.repeat(500)}, \`x\u2066y\``;
    for (const part of [...markdownParts(foreign), ...quotedParts(foreign)])
      expect(JSON.stringify(part)).not.toMatch(/[\u202A-\u202E\u2066-\u2069]|\u0301{9}/);
  });

  test('arrives word for word', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z]{1,30}$/), { minLength: 1, maxLength: 180 }), (words) => {
        const parts = markdownParts(words.join(' '));
        expect(
          parts
            .map(({ text }) => text)
            .join('')
            .replaceAll(/\s/g, ''),
        ).toBe(words.join(''));
        expect(sketch(parts.flatMap(({ blocks }) => blocks)).replaceAll(/\s/g, '')).toBe(words.join(''));
      }),
    );
  });
});

describe('the last words', () => {
  test('are one line without formatting', () => {
    const said = markdownWords('# Done\n\nThe **fix** is in [the PR](https://x.y).\n\n- with a `test`', 300);
    expect(said).toBe('Done The fix is in the PR. • with a test');
  });

  test('separate list items and table cells', () => {
    const table = '| file | state |\n|---|---|\n| `a.ts` | see [the docs](https://x.y) |';
    expect(markdownWords(`## Plan\n\n1. Write a test\n2. Fix\n\n${table}`, 300)).toBe(
      'Plan • Write a test • Fix file | state a.ts | see the docs',
    );
  });

  test('are shortened if they are long', () => {
    expect(markdownWords('word '.repeat(100), 20)).toBe('word word word…');
  });
});
