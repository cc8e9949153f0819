import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkView } from '../../../sandbox/slack/rules/view.ts';
import { SESSION_PHASES } from '../../../src/session/lifecycle.ts';
import { ACTION, homeMetadata } from '../../../src/slack/edge/ids.ts';
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
  elapsedMs: 12 * 60_000,
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
  actions: ['answer', 'open', 'details', 'ask-stop'],
};
const finished: SessionCard = { ...working, requestId: 'r3', phase: 'finished', title: 'Update the icons' };

const THREAD = 'https://acme.slack.com/archives/C1/p1700000000000100';
const on = (card: SessionCard) => ({ card, thread: THREAD });

const empty: Home = {
  command: '/cog',
  channelId: 'D1',
  runsAs: { kind: 'member', name: 'Ana Ruiz', how: 'Matched by e-mail.' },
  sessions: [],
  total: { count: 0, more: false },
  defaults: { values: {}, sources: {} },
  health: null,
  ...BARE_HOME,
  drawnAtMs: 1_700_000_000_000,
};
const full: Home = {
  ...empty,
  sessions: [asking, working, finished].map(on),
  total: { count: 3, more: false },
};

const render = (home: Home) => renderHome(home, en);
const shown = (home: Home): string => JSON.stringify(render(home).blocks);
const lineOf = (home: Home, requestId: string): string =>
  JSON.stringify(render(home).blocks.find(({ block_id: id }) => id === `session.${requestId}`));
const actionIds = (home: Home): (string | undefined)[] => {
  const rows = JSON.stringify(render(home).blocks.filter(({ type }) => type === 'actions'));
  return [...rows.matchAll(/"action_id":"([\w.]+)"/g)].map(([, id]) => id);
};

describe('a Home', () => {
  test('says who sessions run as, when it was updated, and remembers where cards go', () => {
    const view = render(full);
    expect(checkView(view)).toEqual([]);
    expect(shown(full)).toContain('Runs as *Ana Ruiz*');
    expect(shown(full)).toContain('Matched by e-mail.');
    expect(homeMetadata.read(view.private_metadata ?? '')).toEqual({ channelId: 'D1' });
    expect(actionIds(full)).toEqual([ACTION.startFromHome, ACTION.refreshHome]);
    expect(shown(full)).toContain('Updated <!date^1700000000^');
  });

  test('shows first what needs the person, with its question and button', () => {
    const words = shown({ ...full, sessions: [finished, working, asking].map(on) });
    const order = ['Needs you', asking.title, 'In progress', working.title, 'Earlier', finished.title];
    const places = order.map((word) => words.indexOf(word));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(lineOf(full, 'r2')).toContain('> Start from main or from release?');
    expect(lineOf(full, 'r2')).toContain('"action_id":"answer"');
    expect(lineOf(full, 'r1')).not.toContain('accessory');
    expect(lineOf(full, 'r1')).not.toContain('Reproduced it');
  });

  test('sets pull requests apart from the state of the one before', () => {
    const pullRequests = ['merged', 'open'].map((state, at) => ({
      url: `https://a.example/pull/${at}`,
      state,
    }));
    const words = shown({ ...full, sessions: [on({ ...working, pullRequests })] });
    expect(words).toMatch(/ · merged, <[^>]+> · open · </);
  });

  test("shows each session's status, time, cost and pull requests, or its repository if there are none", () => {
    const words = shown({ ...full, sessions: [on(working)] });
    expect(words).toContain(
      '*<https://app.devin.ai/sessions/abc|Fix the flaky login test>* · :gear: Working',
    );
    expect(words).toContain(
      `12 min · 1.4 of 10 ACU · <https://github.com/acme/web/pull/412|acme/web #412> · open · <${THREAD}|Thread>`,
    );
    const without = on({ ...working, pullRequests: [] });
    expect(shown({ ...full, sessions: [without] })).toContain('1.4 of 10 ACU · acme/web · <');
  });

  test("says how many sessions there are if it doesn't show all", () => {
    expect(shown({ ...full, total: { count: 25, more: false } })).toContain(
      '3 of 25. See the rest with `/cog list`.',
    );
    expect(shown({ ...full, total: { count: 1000, more: true } })).toContain('3 of 1,000+. See the rest');
    expect(shown(full)).not.toContain('/cog list');
  });

  test('tells a person without sessions what to type', () => {
    expect(checkView(render(empty))).toEqual([]);
    expect(shown(empty)).toContain('/cog fix the flaky login test --repo acme/web --acu 10');
    expect(shown(empty)).toContain('Start a Devin session');
    expect(shown(empty)).toContain('your replies go to Devin');
  });

  test("tells a person who can't start a session why, without a button that would be refused", () => {
    const refused: Home = { ...empty, runsAs: { kind: 'refused', why: "You're a guest." } };
    expect(shown(refused)).toContain("You can't start a session yet. You're a guest.");
    expect(actionIds(refused)).toEqual([ACTION.refreshHome]);
    expect(shown(refused)).not.toMatch(/--repo|your replies go to Devin/);
  });

  test("tells administrators the app's state in one line", () => {
    const well = {
      database: true,
      devin: true,
      slack: true,
      keyRefused: false,
      missingScopes: [],
      setAside: 0,
    };
    expect(shown(full)).not.toContain('*Health*');
    expect(shown({ ...full, health: well })).toContain(
      '*Health* · Database, Devin, Slack reachable · no missing Slack scopes',
    );
    const ill = { ...well, devin: false, missingScopes: ['im:write', 'files:read'], setAside: 2 };
    const words = shown({ ...full, health: ill });
    expect(words).toContain(':warning: no usable answer: Devin (`npm run doctor` says why)');
    expect(words).toContain(':warning: missing Slack scopes: im:write, files:read');
    expect(words).toContain(':warning: 2 items failed repeatedly');
    expect(checkView(render({ ...full, health: ill }))).toEqual([]);
  });

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
          total: { count: 40, more: false },
          defaults: { values: { tags, title: tags.join(' ') }, sources: {} },
        };
        expect(checkView(render(home))).toEqual([]);
        expect(shown(home)).not.toMatch(/<!(?:channel|here|everyone)/);
      }),
      { numRuns: 10 },
    );
  });
});
