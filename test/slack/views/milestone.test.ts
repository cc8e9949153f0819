import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { areBlocksTooLong, checkMessage } from '../../../sandbox/slack/rules/message.ts';
import { beginningOf, renderMilestone, type MilestoneMessage } from '../../../src/slack/views/milestone.ts';
import { bounded } from '../../../src/slack/views/objects.ts';
import { en } from '../../../src/text/en.ts';
import { BARE_CARD } from '../../support/card.ts';

const saying = (text: string, isShown = true): MilestoneMessage['said'] => ({
  key: 'e1',
  text,
  shown: isShown ? beginningOf(text, en) : null,
});

const message: MilestoneMessage = {
  what: { kind: 'needs-you' },
  card: {
    ...BARE_CARD,
    phase: 'needs-you',
    statusWord: 'waiting_for_user',
    title: 'Fix <!channel>',
    url: 'https://app.devin.ai/sessions/abc',
    acuLimit: 10,
    acusUsed: 1.4,
    lastedMs: 60_000,
    pullRequests: [{ url: 'https://github.com/acme/web/pull/412', state: 'open' }],
    actions: ['open', 'reply', 'details', 'start-again'],
  },
  said: saying('Which **one**?'),
  isDevins: false,
  key: 'needs-you:1',
  name: null,
  beside: [],
  userId: 'U1',
  answered: null,
  result: null,
};

const LINKS = '**b** "a" [x](https://a.example/b) '.repeat(300);
const NAME = '<https://app.devin.ai/sessions/abc|Fix &lt;!channel&gt;>';

/** Action ids and labels of its buttons. */
function buttonsOf(changes: Partial<MilestoneMessage>): string[][] {
  const { blocks } = renderMilestone({ ...message, ...changes }, en);
  return blocks.flatMap((block) =>
    block.type === 'actions'
      ? block.elements.map((one) =>
          one.type === 'button' ? [one.action_id ?? '', one.text.text] : [one.action_id ?? ''],
        )
      : [],
  );
}

describe('a message about a session', () => {
  test.each([
    ['with numbers', 'Which branch?\n\n1. `main`\n2. **release**', ['main', 'release']],
    ['before the question', '- Yes, merge it\n- No\n\nShall I merge?', ['Yes, merge it', 'No']],
    ['in its last list', 'Done:\n- tests\n- docs\n\nNow what?\n\n1. Merge\n2. Wait', ['Merge', 'Wait']],
    ['that are long', `Which?\n- ${'long '.repeat(12)}\n- no`, [`1. ${'long '.repeat(6)}long…`, 'no']],
    ['that nobody asks about', 'Done:\n- tests\n- docs', []],
    ['that are six', `Which?\n${'- a\n- b\n- c\n'.replaceAll('a', 'x')}- d\n- e\n- f`, []],
    ['of which there is one', 'This?\n- main', []],
    ['that are the same', 'Which?\n- main\n- main', []],
    ['that are out of order', 'Which?\n2. main\n3. release', []],
    ['with more below', 'Which?\n- main\n  - and docs\n- release', ['main', 'release']],
    ['as long as paragraphs', `Which?\n- ${'long '.repeat(40)}\n- no`, []],
  ])('has a button for each answer that a question offers: %s', (_how, words, labels) => {
    const ids = labels.map((label, at) => [`answer_option.${at}`, label]);
    const other = ['reply', labels.length === 0 ? 'Answer' : 'Something else'];
    expect(buttonsOf({ said: saying(words) })).toEqual([...ids, other]);
  });

  test('says who answered what, and when, in place of the buttons', () => {
    const answered = { userId: 'U2', at: new Date('2026-11-26T12:51:00Z'), words: 'main,\n<!here> <@U3>' };
    const { text } = renderMilestone({ ...message, answered }, en);
    expect(text).toContain('Answered by <@U2>: main, &lt;!here&gt; @… · <!date^1795697460^{time}|12:51 UTC>');
    expect(buttonsOf({ answered })).toEqual([]);
    const token = `ghp_${'a1B2'.repeat(9)}`;
    const inDevin = renderMilestone(
      { ...message, answered: { ...answered, userId: null, words: token } },
      en,
    );
    expect(inDevin.text).toContain('Answered in Devin: ghp_… · ');
  });

  test('mentions at most the requester, stays within the limits, and says everything in its text', () => {
    const kinds = [
      ...(['needs-you', 'needs-approval', 'finished', 'failed', 'capped', 'ended'] as const).map((kind) => ({
        kind,
      })),
      { kind: 'pr' as const, url: 'https://x/<!here>' },
      { kind: 'found-late' as const },
      { kind: 'duplicate' as const, url: 'https://x/<!here>' },
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...kinds),
        fc.option(
          fc.oneof(
            fc.string({ maxLength: 9000 }),
            fc.constant('<!channel> & <@U2> '.repeat(900)),
            fc.constant(LINKS),
            fc.constant(`${LINKS.slice(0, 3000)}?\n${'- <!channel> & <@U2> "a" \\ \n'.repeat(5)}`),
          ),
        ),
        fc.option(fc.oneof(fc.string({ maxLength: 9000 }), fc.constant('"a",\n'.repeat(2000)))),
        fc.boolean(),
        fc.boolean(),
        (what, words, result, isShown, isAlone) => {
          const said = words === null ? null : saying(words, isShown);
          const name = isAlone ? null : NAME;
          const { text, blocks } = bounded(renderMilestone({ ...message, what, said, result, name }, en));
          expect(checkMessage({ text, blocks })).toEqual([]);
          expect(areBlocksTooLong(blocks)).toBe(false);
          expect(text.length).toBeLessThanOrEqual(4000);
          expect(text.startsWith('<@U1> ')).toBe(what.kind !== 'pr');
          // Labels of buttons and rich text are plain text, which pings nobody.
          const shown = blocks.filter(({ type }) => type !== 'actions' && type !== 'rich_text');
          expect(`${text}${JSON.stringify(shown)}`).not.toMatch(/<!(?:channel|here)|<@U2/);
        },
      ),
      { numRuns: 60 },
    );
  });
});
