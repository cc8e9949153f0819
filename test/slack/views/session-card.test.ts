import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkMessage } from '../../../sandbox/slack/rules/message.ts';
import { SESSION_PHASES, type SessionPhase } from '../../../src/session/lifecycle.ts';
import type { ThreadState } from '../../../src/session/preferences.ts';
import { type CardAction } from '../../../src/slack/edge/ids.ts';
import { cardActions } from '../../../src/slack/views/card-buttons.ts';
import { bounded } from '../../../src/slack/views/objects.ts';
import { renderCard, type SessionCard } from '../../../src/slack/views/session-card.ts';
import { renderSessionPick } from '../../../src/slack/views/session-list.ts';
import { escape } from '../../../src/slack/views/text.ts';
import { en } from '../../../src/text/en.ts';
import { BARE_CARD } from '../../support/card.ts';

const PHASES = [...SESSION_PHASES];
const THREADS: (ThreadState | null)[] = ['all', 'requester', 'mentions', 'direct', 'muted', null];
const ACTIONS: CardAction[] = [
  'open',
  'details',
  'try-again',
  'edit-and-try-again',
  'check-again',
  'start-anyway',
  'reply',
  'ask-stop',
  'archive',
  'start-again',
  'review',
  'cancel',
  'mute',
  'unmute',
  'listen-thread',
  'listen-mentions',
];

const full: SessionCard = {
  ...BARE_CARD,
  phase: 'working',
  people: ['Ana Ruiz', 'as Ada Lovelace'],
  url: 'https://app.devin.ai/sessions/abc',
  repos: ['acme/web', 'acme/api'],
  mode: 'fast',
  acuLimit: 10,
  acusUsed: 1.42,
  lastedMs: 12 * 60_000,
  pullRequests: [{ url: 'https://github.com/acme/web/pull/412', state: 'open' }],
  lastWords: 'Reproduced it:\nthe session cookie expires.',
  notes: ['Devin is busy.'],
  actions: ['open', 'reply', 'details'],
};

const render = (card: SessionCard) => renderCard(card, en);
const buttons = (card: SessionCard) =>
  render(card).blocks.flatMap((block) =>
    block.type === 'actions' ? block.elements.filter((element) => element.type === 'button') : [],
  );

const menu = (card: SessionCard) =>
  render(card).blocks.flatMap((block) =>
    block.type === 'actions'
      ? block.elements.flatMap((element) => (element.type === 'overflow' ? element.options : []))
      : [],
  );
const labels = (card: SessionCard) => ({
  buttons: buttons(card).map(({ text, style }) =>
    style === undefined ? text.text : `${text.text} (${style})`,
  ),
  menu: menu(card).map(({ text }) => text.text),
});

const cards: fc.Arbitrary<SessionCard> = fc.record({
  requestId: fc.constant('r1'),
  phase: fc.constantFrom(...PHASES),
  statusWord: fc.option(fc.string({ unit: 'grapheme' })),
  title: fc.string({ unit: 'grapheme', maxLength: 5000 }),
  requester: fc.constant('U1'),
  people: fc.array(fc.string({ unit: 'grapheme', maxLength: 150 }).map(escape), { maxLength: 2 }),
  url: fc.option(fc.oneof(fc.webUrl(), fc.string(), fc.constant(`https://a.example/${'x'.repeat(4000)}`))),
  repos: fc.array(fc.string({ minLength: 1, maxLength: 300 }), { maxLength: 50 }),
  mode: fc.option(fc.string({ minLength: 1 })),
  acuLimit: fc.option(fc.nat()),
  acusUsed: fc.float({ min: 0, noNaN: true, noDefaultInfinity: true }),
  lastedMs: fc.option(fc.nat()),
  waits: fc.constantFrom(null, 'Devin is busy'),
  pullRequests: fc.array(
    fc.record({ url: fc.oneof(fc.webUrl(), fc.string()), state: fc.option(fc.string()) }),
    { maxLength: 60 },
  ),
  lastWords: fc.option(fc.string({ maxLength: 5000 })),
  thread: fc.constantFrom(...THREADS),
  threadLine: fc.constant(null),
  notes: fc.array(fc.string({ maxLength: 2000 }), { maxLength: 50 }),
  problem: fc.option(fc.string({ maxLength: 5000 })),
  inPlace: fc.constantFrom(null, 'Ended by <@U2>'),
  actions: fc.uniqueArray(fc.constantFrom(...ACTIONS)),
});

describe('a card', () => {
  test('can be posted and edited in Slack, whatever it shows', () => {
    fc.assert(
      fc.property(cards, (card) => {
        expect(checkMessage(bounded(render(card)), { update: true })).toEqual([]);
      }),
    );
  });

  test('has a plain text that says everything', () => {
    expect(render({ ...full, problem: 'It broke.' }).text).toBe(
      [
        'Fix the flaky login test – Working · 12 min · 1.4 of 10 ACU',
        'https://app.devin.ai/sessions/abc',
        'It broke.',
        'Ana Ruiz · as Ada Lovelace · acme/web, acme/api · fast mode',
        '<https://github.com/acme/web/pull/412|acme/web #412> · open',
        '> Reproduced it: the session cookie expires.',
        'Devin is busy.',
      ].join('\n'),
    );
  });

  test("shows at most 150 characters of the title and of Devin's words, and always a title", () => {
    const { text } = render({ ...full, title: 't'.repeat(400), lastWords: 'w'.repeat(400) });
    expect(text.split('t'.repeat(149))).toHaveLength(2);
    expect(text).not.toContain('t'.repeat(150));
    expect(text.split('w'.repeat(149))).toHaveLength(2);
    expect(text).not.toContain('w'.repeat(150));
    for (const title of [' \n ', '\u200B\u202E \u2060'])
      expect(render({ ...full, title }).text).toMatch(/^Devin session – Working/);
  });

  test('links the five newest pull requests', () => {
    const pullRequests = Array.from({ length: 7 }, (_, index) => ({
      url: `https://github.com/acme/web/pull/${index}`,
      state: 'open',
    }));
    const { text } = render({ ...full, pullRequests });
    expect(text).toContain('acme/web #2> · open');
    expect(text).not.toContain('acme/web #1>');
  });

  test('keeps title, status and URL in the plain text if the rest is too long', () => {
    const { text } = bounded(
      render({
        ...full,
        problem: '&'.repeat(3000),
        notes: Array.from({ length: 8 }, () => '&'.repeat(1000)),
      }),
    );
    expect(text.length).toBeLessThanOrEqual(4000);
    expect(text).toMatch(
      /^Fix the flaky login test – Working · 12 min · 1\.4 of 10 ACU\nhttps:\/\/app\.devin\.ai\/sessions\/abc\n/,
    );
  });
});

describe("a card's buttons", () => {
  test("name what they do and have the request's id", () => {
    for (const { text, value, accessibility_label: label } of buttons({ ...full, actions: ACTIONS })) {
      expect(text.text).not.toBe('');
      expect(label).toBe(`${text.text}: Fix the flaky login test`);
      expect(value).toBe('r1');
    }
  });

  test('link the session, and are left out if there is none', () => {
    expect(buttons(full)[0]).toMatchObject({ action_id: 'open_session', url: full.url });
    expect(buttons({ ...full, url: null }).map(({ action_id: id }) => id)).toEqual(['reply']);
  });

  test('ask before they start a session that may run twice', () => {
    const [button] = buttons({ ...full, phase: 'unknown', actions: ['start-anyway'] });
    expect(button?.confirm?.text.text).toContain('a second, billed session');
  });

  test('stop one of several sessions only after a dialog that names it', () => {
    const entries = [{ card: full, hasSession: true }];
    const { blocks } = renderSessionPick({ entries, usage: 'stop <session>' }, en);
    expect(blocks[1]).toMatchObject({ accessory: { action_id: 'ask_stop' } });
  });

  test('link the newest open pull request of a finished session, and others in a menu', () => {
    const finished: SessionCard = {
      ...full,
      phase: 'finished',
      pullRequests: [
        { url: 'https://github.com/acme/web/pull/1', state: 'open' },
        { url: 'https://github.com/acme/web/pull/2', state: 'open' },
        { url: 'https://github.com/acme/web/pull/3', state: 'merged' },
      ],
      actions: ['review', 'open', 'reply', 'start-again', 'archive', 'details'],
    };
    expect(labels(finished)).toEqual({
      buttons: ['Review PR (primary)', 'Reply'],
      menu: ['Open in Devin', 'Run again', 'Archive', 'Details'],
    });
    expect(buttons(finished)[0]).toMatchObject({ url: 'https://github.com/acme/web/pull/2' });
    expect(menu(finished)[0]).toMatchObject({ url: full.url, value: 'open_session r1' });
    expect(labels({ ...finished, pullRequests: [] })).toEqual({
      buttons: ['Open in Devin (primary)', 'Reply'],
      menu: ['Run again', 'Archive', 'Details'],
    });
  });
});

describe("a card's menu", () => {
  const inDevin = {
    snapshot: { status: 'running', isArchived: false },
  };
  const created = {
    state: 'created',
    failure: null,
    secretNames: [],
    draft: { values: { max_acu_limit: 2 } },
  } as const;
  const pullRequests = [{ url: 'https://github.com/acme/web/pull/1', state: 'open' }];

  const SWITCHES = ['Mute thread', 'Only mentions go to Devin'];
  const STOP = 'Stop…';

  test.each([
    ['queued', ['Open in Devin'], ['Details', ...SWITCHES, STOP]],
    ['starting', ['Open in Devin'], ['Details', ...SWITCHES, STOP]],
    ['working', ['Reply', 'Open in Devin'], ['Details', ...SWITCHES, STOP]],
    ['needs-you', ['Answer (primary)', 'Open in Devin'], ['Details', ...SWITCHES, STOP]],
    ['needs-approval', ['Open to approve (primary)'], ['Details', ...SWITCHES, STOP]],
    [
      'finished',
      ['Review PR (primary)', 'Reply'],
      ['Open in Devin', 'Run again', 'Archive', 'Details', 'Mute thread'],
    ],
    ['asleep', ['Wake…', 'Open in Devin'], ['Archive', 'Details', ...SWITCHES]],
    ['capped', ['Run again with a higher cap (primary)', 'Open in Devin'], ['Details', ...SWITCHES]],
    ['failed', ['Edit and retry (primary)', 'Open in Devin'], ['Details']],
    ['ended', ['Run again'], ['Open in Devin', 'Details']],
    ['gone', ['Run again'], ['Details']],
  ] satisfies [SessionPhase, string[], string[]][])(
    'is beside the buttons that help in the phase %s',
    (phase, inRow, inMenu) => {
      const actions = cardActions(created, inDevin, { phase, thread: 'all' });
      const statusWord = 'usage_limit_exceeded';
      expect(labels({ ...full, phase, statusWord, thread: 'all', pullRequests, actions })).toEqual({
        buttons: inRow,
        menu: inMenu,
      });
    },
  );

  test.each(PHASES)('has room for all options in the phase %s, whatever its thread does', (phase) => {
    for (const thread of THREADS) {
      const actions = cardActions(created, inDevin, { phase, thread });
      const { buttons, menu } = labels({ ...full, phase, thread, pullRequests, actions });
      expect(menu.length).toBeLessThanOrEqual(5);
      expect(buttons.length + menu.length).toBe(actions.length);
    }
  });
});
