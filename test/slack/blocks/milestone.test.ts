import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { areBlocksTooLong, checkMessage } from '../../../sandbox/slack/rules/message.ts';
import { SESSION_PHASES } from '../../../src/session/lifecycle.ts';
import { readMilestone } from '../../../src/session/milestones.ts';
import { renderMilestone, type ToldIn } from '../../../src/slack/blocks/milestone.ts';
import { en } from '../../../src/text/en.ts';
import { BARE_CARD } from '../../support/card.ts';

const message: Parameters<typeof renderMilestone>[0] = {
  what: { kind: 'needs-you' },
  card: {
    ...BARE_CARD,
    phase: 'needs-you',
    statusWord: 'waiting_for_user',
    title: 'Fix <!channel>',
    url: 'https://app.devin.ai/sessions/abc',
    acuLimit: 10,
    acusUsed: 1.4,
    elapsedMs: 60_000,
    pullRequests: [{ url: 'https://github.com/acme/web/pull/412', state: 'open' }],
    actions: ['open', 'answer', 'details', 'start-again'],
  },
  words: 'Two branches:\n\n- `main`\n- `release`\n\nWhich one?',
  wordsShown: false,
  key: 'needs-you:1',
  sessionId: 'abc',
  place: { kind: 'thread', share: 'alone' },
  called: { kind: 'people', userIds: ['U1'] },
  answered: null,
  by: '@Ben',
  result: null,
  resultShared: false,
  command: '/devin',
};

const LINKS = '**b** "a" [x](https://a.example/b) '.repeat(300);
const DIRECT = { kind: 'direct', thread: null } as const;

describe('a message about a session', () => {
  test("has the whole question if it isn't in the thread, and points at it otherwise", () => {
    const whole = renderMilestone(message, en);
    expect(whole.text).toMatch('<@U1> Devin asks:\nTwo branches:');
    expect(whole.blocks.map(({ type }) => type)).toEqual(['section', 'rich_text', 'actions']);
    const above = renderMilestone({ ...message, wordsShown: true }, en);
    expect(above.text).toBe('<@U1> Devin asks ↑');
    expect(above.blocks.map(({ type }) => type)).toEqual(['section', 'actions']);
  });

  test('names a pull request as the card does, and mentions nobody', () => {
    const url = 'https://github.com/acme/web/pull/412';
    const { text } = renderMilestone({ ...message, what: { kind: 'pr', url } }, en);
    expect(text).toBe(`Opened <${url}|acme/web #412>`);
  });

  test('says in one line that it finished, with the result and the cost', () => {
    const { text, blocks } = renderMilestone({ ...message, what: { kind: 'finished' } }, en);
    const link = '<https://github.com/acme/web/pull/412|acme/web #412>';
    expect(text).toBe(`<@U1> Finished · ${link} · 1.4 of 10 ACU`);
    expect(blocks).toHaveLength(1);
  });

  test("names the session and its thread in a direct message, with Devin's formatting", () => {
    const place = { kind: 'direct', thread: 'https://acme.slack.com/archives/C1/p1' } as const;
    const { text, blocks } = renderMilestone({ ...message, what: { kind: 'finished' }, place }, en);
    expect(text).toContain('<https://app.devin.ai/sessions/abc|Fix &lt;!channel&gt;>');
    expect(text).toContain('<https://acme.slack.com/archives/C1/p1|Thread>');
    expect(blocks.map(({ type }) => type)).toContain('rich_text');
  });

  test("says why it's a direct message to a person who left the conversation, and offers no answer there", () => {
    const { text, blocks } = renderMilestone({ ...message, place: { kind: 'outside' } }, en);
    expect(text).toContain("Fix &lt;!channel&gt;> · You're no longer in its conversation");
    expect(JSON.stringify(blocks)).not.toContain('"action_id":"answer"');
  });

  test.each(['failed', 'capped', 'needs-approval'] as const)('names a session that %s once', (kind) => {
    const place = { kind: 'direct', thread: 'https://acme.slack.com/archives/C1/p1' } as const;
    const { text } = renderMilestone({ ...message, what: { kind }, place }, en);
    expect(text.split('Fix &lt;!channel&gt;')).toHaveLength(2);
    expect(text).toContain('<https://acme.slack.com/archives/C1/p1|Thread>');
  });

  test('says once that a session reached its cap', () => {
    const capped = { ...message, card: { ...message.card, statusWord: 'usage_limit_exceeded' } };
    const { text } = renderMilestone({ ...capped, what: { kind: 'capped' } }, en);
    expect(text).toContain('reached its 10 ACU cap.\nRun it again with a higher cap, or');
  });

  test('offers to answer until someone did, then says who and when', () => {
    expect(JSON.stringify(renderMilestone(message, en).blocks)).toContain('"action_id":"answer"');
    const answered = { userId: 'U2', at: new Date('2026-11-26T12:51:00Z') };
    const { text, blocks } = renderMilestone({ ...message, answered }, en);
    expect(text).toContain('Answered by <@U2> · <!date^1795697460^{time}|12:51 UTC>');
    expect(JSON.stringify(blocks)).not.toContain('"action_id":"answer"');
  });

  test.each([
    ['needs-you', ['open_session', 'answer']],
    ['needs-approval', ['open_session']],
    ['finished', []],
    ['failed', ['open_session', 'start_again']],
    ['ended', ['open_session', 'start_again']],
    ['capped', ['open_session', 'raise_cap', 'start_again']],
    ['ended-by', ['open_session', 'start_again']],
    ['archived-by', ['open_session']],
    ['put-to-sleep-by', ['open_session']],
    ['found-late', ['open_session', 'ask_stop']],
  ] as const)('has the buttons that help if it is about %s', (kind, ids) => {
    const actions = ['reply', 'open', 'answer', 'details', 'raise-cap', 'start-again', 'ask-stop'] as const;
    const card = { ...message.card, actions: [...actions] };
    const { blocks, text } = renderMilestone({ ...message, card, what: { kind, userId: 'U2' } }, en);
    const shown = blocks.flatMap((block) => (block.type === 'actions' ? block.elements : []));
    expect(shown.map((element) => ('action_id' in element ? element.action_id : ''))).toEqual(ids);
    // Without its buttons, a notification still has the address.
    const names = ids.length > 0 && kind !== 'needs-you';
    expect(text.includes('https://app.devin.ai/sessions/abc')).toBe(names);
  });

  test('names two sessions that were started for one request, with what to do', () => {
    const other = { id: 'b', url: 'https://app.devin.ai/sessions/b' };
    const actions = ['open', 'details', 'ask-stop'] as const;
    const card = { ...message.card, actions: [...actions] };
    const { text, blocks } = renderMilestone({ ...message, card, what: { kind: 'duplicate', other } }, en);
    expect(text).toContain('<https://app.devin.ai/sessions/abc|');
    expect(text).toContain('<https://app.devin.ai/sessions/b|');
    expect(text).toContain('/devin follow devin-b');
    expect(JSON.stringify(blocks)).toContain('"action_id":"ask_stop"');
  });

  test('names its session if another one is in the thread', () => {
    const place = { kind: 'thread', share: 'heard' } as const;
    const { text } = renderMilestone({ ...message, what: { kind: 'finished' }, place }, en);
    expect(text).toContain('\n<https://app.devin.ai/sessions/abc|Fix &lt;!channel&gt;>');
    const alone = renderMilestone({ ...message, what: { kind: 'finished' } }, en);
    expect(alone.text).not.toContain('sessions/abc');
  });

  test('says where to find the rest of a long message or result', () => {
    const words = 'Which one?\n\n'.repeat(2000);
    expect(renderMilestone({ ...message, words }, en).text).toContain(en.milestones.restInDevin);
    const long = { ...message, what: { kind: 'finished' as const }, result: '"a",\n'.repeat(2000) };
    expect(renderMilestone(long, en).text).toContain(en.milestones.resultCut);
    expect(renderMilestone({ ...long, resultShared: true }, en).text).toContain(en.milestones.resultInFile);
    const short = renderMilestone({ ...long, result: '{"a":1}' }, en).text;
    expect(short).toContain('{"a":1}');
    expect(short).not.toContain(en.milestones.resultCut);
  });

  test('keeps a long result below long words within what a message takes', () => {
    const long = { ...message, words: LINKS, wordsShown: false, result: '"a",\n'.repeat(2000) };
    const { blocks } = renderMilestone({ ...long, what: { kind: 'finished' }, place: DIRECT }, en);
    expect(areBlocksTooLong(blocks)).toBe(false);
  });

  test('says that Devin needs an answer even if its question is unknown', () => {
    expect(renderMilestone({ ...message, words: null }, en).text).toContain(
      en.milestones.asksSomething('<@U1>'),
    );
  });

  test('mentions at most the requester, stays within the limits, and says everything in its text', () => {
    const kinds = [
      ...SESSION_PHASES.flatMap((phase) => readMilestone(`${phase}:1`) ?? []),
      { kind: 'pr' as const, url: 'https://x/<!here>' },
      { kind: 'found-late' as const },
      { kind: 'duplicate' as const, other: { id: '<!here>', url: 'https://x/<!here>' } },
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...kinds),
        fc.option(
          fc.oneof(
            fc.string({ maxLength: 9000 }),
            fc.constant('<!channel> & <@U2> '.repeat(900)),
            fc.constant(LINKS),
          ),
        ),
        fc.option(fc.oneof(fc.string({ maxLength: 9000 }), fc.constant('"a",\n'.repeat(2000)))),
        fc.boolean(),
        fc.constantFrom<ToldIn>(
          { kind: 'thread', share: 'alone' },
          { kind: 'thread', share: 'unheard' },
          { kind: 'direct', thread: null },
          { kind: 'outside' },
        ),
        (what, words, result, wordsShown, place) => {
          const made = renderMilestone({ ...message, what, words, result, wordsShown, place }, en);
          const { text, blocks } = made;
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
