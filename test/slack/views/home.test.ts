import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkView } from '../../../sandbox/slack/rules/view.ts';
import { SESSION_PHASES } from '../../../src/session/lifecycle.ts';
import { renderHome, type Home } from '../../../src/slack/views/home.ts';
import type { SessionCard } from '../../../src/slack/views/session-card.ts';
import { en } from '../../../src/text/en.ts';
import { BARE_CARD } from '../../support/card.ts';
import { BARE_HOME } from '../../support/home.ts';

const working: SessionCard = {
  ...BARE_CARD,
  phase: 'working',
  url: 'https://app.devin.ai/sessions/abc',
  repos: ['acme/web'],
  mode: 'fast',
  acuLimit: 10,
  acusUsed: 1.42,
  lastedMs: 12 * 60_000,
  pullRequests: [{ url: 'https://github.com/acme/web/pull/412', state: 'open' }],
  lastWords: 'Reproduced it.',
  actions: ['open', 'reply', 'details', 'ask-stop'],
};
const asking: SessionCard = {
  ...working,
  requestId: 'r2',
  phase: 'needs-you',
  title: 'Rebase the payments branch',
  lastWords: 'Start from main or from release?',
  actions: ['reply', 'open', 'details', 'ask-stop'],
};
const finished: SessionCard = { ...working, requestId: 'r3', phase: 'finished', title: 'Update the icons' };

const THREAD = 'https://acme.slack.com/archives/C1/p1700000000000100';
const on = (card: SessionCard) => ({ card, thread: THREAD });

const empty: Home = {
  command: '/cog',
  channelId: 'D1',
  runsAs: { mayStart: true, who: 'Runs as *Ana Ruiz*', how: 'Matched by e-mail.' },
  sessions: [],
  hasMore: false,
  defaults: { values: {}, sources: {} },
  health: null,
  ...BARE_HOME,
};
const full: Home = {
  ...empty,
  sessions: [asking, working, finished].map(on),
};

const render = (home: Home) => renderHome(home, en);
const shown = (home: Home): string => JSON.stringify(render(home).blocks);
describe('a Home', () => {
  test('is valid in Slack, whatever the rows contain, and mentions nobody', () => {
    const anything = fc.record({
      phase: fc.constantFrom(...SESSION_PHASES),
      title: fc.string({ unit: 'grapheme', maxLength: 400 }),
      url: fc.option(fc.oneof(fc.webUrl(), fc.constant(`https://a.example/${'x'.repeat(4000)}`))),
      repos: fc.array(fc.string({ maxLength: 300 }), { maxLength: 8 }),
      pullRequests: fc.array(
        fc.record({ url: fc.oneof(fc.webUrl(), fc.string()), state: fc.option(fc.string()) }),
        { maxLength: 8 },
      ),
      lastWords: fc.option(fc.string({ maxLength: 400 })),
    });
    const tags = fc.array(fc.string({ maxLength: 300 }), { maxLength: 8 });
    fc.assert(
      fc.property(fc.array(anything, { maxLength: 10 }), tags, (made, tags) => {
        const sessions = made.map((one, at) => on({ ...asking, ...one, requestId: `r${at}` }));
        const home = {
          ...full,
          sessions,
          hasMore: true,
          defaults: { values: { tags, title: tags.join(' ') }, sources: {} },
        };
        expect(checkView(render(home))).toEqual([]);
        expect(shown(home)).not.toMatch(/<!(?:channel|here|everyone)/);
      }),
      { numRuns: 10 },
    );
  });
});
