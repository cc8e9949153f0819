import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { markdownParts, markdownWords, quotedParts } from '../../../src/slack/blocks/markdown.ts';

const shown = (markdown: string): string => markdownParts(markdown).join('\n<<<>>>\n');

describe('Markdown becomes mrkdwn', () => {
  test.each([
    ['bold', 'a **b** c', 'a *b* c'],
    ['italics', 'a *b* _c_', 'a _b_ _c_'],
    ['strike', '~~gone~~', '~gone~'],
    ['bold over two lines', '**one\ntwo**', '*one*\n*two*'],
    ['bold within a word', 'un**believ**able', 'un\u200B*believ*\u200Bable'],
    ['bold in bold', '**a __b__ c**', '*a b c*'],
    ['inline code', 'run `a < b`', 'run `a &lt; b`'],
    ['a heading', '## Result of **it**', '*Result of it*'],
    ['a link', '[the docs](https://x.y/?a=1&b=2)', '<https://x.y/?a=1&amp;b=2|the docs>'],
    ['a link to nowhere', '[file](src/app.ts)', 'file (src/app.ts)'],
    ['an image', '![shot](https://x.y/a.png)', '<https://x.y/a.png|shot>'],
    ['entities', 'a &lt; b & c', 'a &lt; b &amp; c'],
    ['a rule', 'a\n\n---\n\nb', 'a\n\n———\n\nb'],
    ['a quote', '> a\n> b', '> a\n> b'],
    ['a list', '- a\n- b\n  - c', '• a\n• b\n    • c'],
    ['a numbered list', '3. a\n4. b', '3. a\n4. b'],
    ['tasks', '- [x] a\n- [ ] b', '☑ a\n☐ b'],
    ['numbered tasks', '1. [x] a\n2. [ ] b', '1. ☑ a\n2. ☐ b'],
    ['an asterisk in bold', '**2 \\* 3** and 2 * 3', '*2 ∗ 3* and 2 * 3'],
    ['an asterisk in a heading', '# Rename *.ts', '*Rename ∗.ts*'],
    ['a code block', '```ts\nif (a < b) {}\n```', '```\nif (a &lt; b) {}\n```'],
    ['code in a list', '- a\n  ```\n  x\n  ```\n- b', '• a\n```\nx\n```\n• b'],
    ['a comment', 'a\n\n<!-- hidden -->\n\nb', 'a\n\nb'],
    ['a break', 'a<br>b', 'a\nb'],
    ['tags', 'the <div> & co', 'the &lt;div&gt; &amp; co'],
    ['a broadcast', '<!channel> <@U123> @here', '&lt;!channel&gt; &lt;@U123&gt; @here'],
  ])('%s', (_what, markdown, mrkdwn) => {
    expect(shown(markdown)).toBe(mrkdwn);
  });

  test('lays a table out as a code block', () => {
    expect(shown('| Test | ms |\n|---|---|\n| **login** | 1200 |\n| `a` | 7 |')).toBe(
      '```\nTest  | ms\n------+-----\nlogin | 1200\na     | 7\n```',
    );
  });

  test('aligns the columns of a table as it says', () => {
    expect(shown('| l | r | c |\n|:--|--:|:-:|\n| one | 1200 | a |\n| b | 7 | three |')).toBe(
      '```\nl   |    r |   c\n----+------+------\none | 1200 |   a\nb   |    7 | three\n```',
    );
  });

  test('gives each part of a long code block fences of its own', () => {
    const parts = markdownParts(`before\n\n\`\`\`\n${'line of code\n'.repeat(500)}\`\`\`\n\nafter`);
    expect(parts.length).toBeGreaterThan(1);
    for (const part of parts) expect(part.match(/^```$/gm) ?? []).toHaveLength(part.includes('code') ? 2 : 0);
    expect(parts.join('\n').match(/line of code/g)).toHaveLength(500);
  });

  test('shows as it is what is nested too deeply to be read', () => {
    expect(markdownParts('> '.repeat(20_000)).length).toBeGreaterThan(0);
  });
});

const markdown = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 400 }),
  fc
    .array(
      fc.oneof(
        fc.constantFrom(
          '```',
          '`',
          '``',
          '~~~',
          '**',
          '*',
          '_',
          '~~',
          '> ',
          '- ',
          '1. ',
          '# ',
          '|',
          '|-|-|',
          '\n',
          '\n\n',
          '    ',
          '<!channel>',
          '<!--',
          '-->',
          '<!',
          '<@U1>',
          '&lt;',
          '[a](',
          ')',
          '](http://x.y)',
          '![',
          'http://x.y',
          ' ',
        ),
        fc.string({ maxLength: 12 }),
        fc.constant('word '.repeat(40)),
      ),
      { maxLength: 60 },
    )
    .map((pieces) => pieces.join('')),
);

describe('whatever Devin writes', () => {
  const limit = 200;

  test('no part is too long, calls anybody or leaves a fence open', () => {
    fc.assert(
      fc.property(markdown, (text) => {
        for (const part of [...markdownParts(text, limit), ...quotedParts(text, limit)]) {
          expect(part.length).toBeLessThanOrEqual(limit);
          expect(part).not.toMatch(/<[!@#]/);
          expect((part.match(/```/g) ?? []).length % 2).toBe(0);
          expect(part.trim()).not.toBe('');
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('every word arrives', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z]{1,30}$/), { minLength: 1, maxLength: 200 }), (words) => {
        const text = words.join(' ');
        expect(markdownParts(text, 50).join('').replaceAll(/\s/g, '')).toBe(words.join(''));
      }),
    );
  });
});

describe('the last words', () => {
  test('are one line without marks', () => {
    const said = markdownWords('# Done\n\nThe **fix** is in [the PR](https://x.y).\n\n- with a `test`', 300);
    expect(said).toBe('Done: The fix is in the PR. with a test.');
  });

  test('tell the items of a list and the cells of a table apart', () => {
    const table = '| file | state |\n|---|---|\n| `a.ts` | see [the docs](https://x.y) |';
    expect(markdownWords(`## Plan\n\n1. Write a test\n2. Fix\n\n${table}`, 300)).toBe(
      'Plan: Write a test; Fix. file, state; a.ts, see the docs.',
    );
  });

  test('are cut where they are long', () => {
    expect(markdownWords('word '.repeat(100), 20)).toHaveLength(20);
  });
});
