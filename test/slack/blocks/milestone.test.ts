import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkMessage } from '../../../src/sandbox/slack/rules/message.ts';
import { TOLD_PHASES } from '../../../src/session/milestones.ts';
import { renderMilestone } from '../../../src/slack/blocks/milestone.ts';
import type { MilestoneMessage } from '../../../src/slack/blocks/milestone.ts';
import { en } from '../../../src/text/index.ts';

const message: MilestoneMessage = {
  what: { kind: 'needs-you' },
  card: {
    requestId: 'r1',
    phase: 'needs-you',
    statusWord: 'waiting_for_user',
    title: 'Fix <!channel>',
    requester: 'U1',
    requesterName: 'Ana Ruiz',
    runsAs: null,
    url: 'https://app.devin.ai/sessions/abc',
    repos: [],
    mode: null,
    playbook: null,
    acuLimit: 10,
    acusUsed: 1.4,
    elapsedMs: 60_000,
    waitingSinceMs: null,
    checkedAtMs: null,
    pullRequests: [{ url: 'https://github.com/acme/web/pull/412', state: 'open' }],
    childSessions: 0,
    lastWords: null,
    threadLine: null,
    notes: [],
    problem: null,
    steeredBy: null,
    actions: ['open', 'answer', 'details', 'start-again'],
  },
  words: 'Two branches:\n\n- `main`\n- `release`\n\nWhich one?',
  wordsShown: false,
  inThread: true,
  result: null,
  resultShared: false,
  command: '/devin',
};

describe('a message about a session', () => {
  test('holds the whole question where it is not in the thread, and its beginning where it is', () => {
    expect(renderMilestone(message, en).text).toContain('release');
    const shown = renderMilestone({ ...message, wordsShown: true }, en).text;
    expect(shown).toContain('> Two branches: main; release. Which one?');
  });

  test('names a pull request as the card does', () => {
    const url = 'https://github.com/acme/web/pull/412';
    const { text } = renderMilestone({ ...message, what: { kind: 'pr', url } }, en);
    expect(text).toContain(`<@U1> Devin opened a pull request: <${url}|acme/web #412>`);
  });

  test('says how to answer, and offers it', () => {
    const { text, blocks } = renderMilestone({ ...message, inThread: false }, en);
    expect(text).toContain(en.milestones.answerThere);
    expect(JSON.stringify(blocks)).toContain('"action_id":"answer"');
  });

  test('says that Devin asks even when its question is not known', () => {
    expect(renderMilestone({ ...message, words: null }, en).text).toContain(
      en.milestones.asksSomething('<@U1>'),
    );
  });

  test('calls the requester and nobody else, keeps within the limits, and says all in its text', () => {
    const kinds = [
      ...TOLD_PHASES.map((kind) => ({ kind })),
      { kind: 'pr' as const, url: 'https://x/<!here>' },
      { kind: 'found-late' as const },
      { kind: 'twice' as const, other: { id: '<!here>', url: 'https://x/<!here>' } },
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...kinds),
        fc.option(fc.oneof(fc.string({ maxLength: 9000 }), fc.constant('<!channel> & <@U2> '.repeat(900)))),
        fc.option(fc.string({ maxLength: 9000 })),
        fc.boolean(),
        (what, words, result, wordsShown) => {
          const { text, blocks } = renderMilestone({ ...message, what, words, result, wordsShown }, en);
          expect(checkMessage({ text, blocks })).toEqual([]);
          expect(text.length).toBeLessThanOrEqual(4000);
          expect(text.startsWith('<@U1> ')).toBe(true);
          // Labels of buttons are plain text, which pings nobody.
          const shown = blocks.filter(({ type }) => type !== 'actions');
          expect(`${text}${JSON.stringify(shown)}`).not.toMatch(/<!(?:channel|here)|<@U2/);
        },
      ),
      { numRuns: 60 },
    );
  });
});
