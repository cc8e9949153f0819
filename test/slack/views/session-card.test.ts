import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkMessage } from '../../../sandbox/slack/rules/message.ts';
import { SESSION_PHASES, type SessionPhase } from '../../../src/session/lifecycle.ts';
import type { ThreadState } from '../../../src/session/preferences.ts';
import { BLOCK, type CardAction } from '../../../src/slack/edge/ids.ts';
import { cardActions } from '../../../src/slack/views/card-buttons.ts';
import { bounded } from '../../../src/slack/views/objects.ts';
import { renderCard, type SessionCard } from '../../../src/slack/views/session-card.ts';
import { renderSessionPick } from '../../../src/slack/views/session-list.ts';
import { en } from '../../../src/text/en.ts';
import { ja } from '../../../src/text/ja.ts';
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
  'answer',
  'wake',
  'ask-stop',
  'archive',
  'start-again',
  'raise-cap',
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
  runsAs: { kind: 'member', name: 'Ada Lovelace', byEmail: true },
  url: 'https://app.devin.ai/sessions/abc',
  repos: ['acme/web', 'acme/api'],
  mode: 'fast',
  acuLimit: 10,
  acusUsed: 1.42,
  elapsedMs: 12 * 60_000,
  pullRequests: [{ url: 'https://github.com/acme/web/pull/412', state: 'open' }],
  lastWords: 'Reproduced it:\nthe session cookie expires.',
  notes: ['Devin is busy.'],
  actions: ['open', 'reply', 'details'],
};

const namesSession: unknown = expect.stringMatching(/^Fix the flaky login test\nThis is final/);

const render = (card: SessionCard) => renderCard(card, en);
const shown = (card: SessionCard): string => JSON.stringify(render(card).blocks);
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
  isFollowed: fc.boolean(),
  requesterName: fc.option(fc.string({ unit: 'grapheme', minLength: 1 })),
  runsAs: fc.oneof(
    fc.constant(null),
    fc.constant({ kind: 'service-user' as const }),
    fc.record({
      kind: fc.constant('member' as const),
      name: fc.string({ unit: 'grapheme' }),
      byEmail: fc.boolean(),
    }),
  ),
  url: fc.option(fc.oneof(fc.webUrl(), fc.string(), fc.constant(`https://a.example/${'x'.repeat(4000)}`))),
  repos: fc.array(fc.string({ minLength: 1, maxLength: 300 }), { maxLength: 50 }),
  mode: fc.option(fc.string({ minLength: 1 })),
  acuLimit: fc.option(fc.nat()),
  acusUsed: fc.option(fc.float({ min: 0, noNaN: true, noDefaultInfinity: true })),
  elapsedMs: fc.option(fc.nat()),
  waitedMs: fc.option(fc.nat()),
  waitsFor: fc.constantFrom(null, 'busy', 'down', 'answer'),
  waitsUntilMs: fc.option(fc.nat()),
  checkedAtMs: fc.option(fc.nat()),
  pullRequests: fc.array(
    fc.record({ url: fc.oneof(fc.webUrl(), fc.string()), state: fc.option(fc.string()) }),
    { maxLength: 60 },
  ),
  lastWords: fc.option(fc.string({ maxLength: 5000 })),
  thread: fc.constantFrom(...THREADS),
  threadLine: fc.constant(null),
  notes: fc.array(fc.string({ maxLength: 2000 }), { maxLength: 50 }),
  problem: fc.option(fc.string({ maxLength: 5000 })),
  steeredBy: fc.option(
    fc.record({ what: fc.constantFrom('ended' as const, 'archived' as const), userId: fc.constant('U2') }),
  ),
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

  test.each([
    ['queued', ':hourglass_flowing_sand: Queued'],
    ['starting', ':hourglass_flowing_sand: Starting'],
    ['working', ':gear: Working'],
    ['needs-you', ':speech_balloon: Needs you'],
    ['finished', ':white_check_mark: Finished'],
    ['asleep', ':sleeping: Asleep'],
    ['capped', ':octagonal_sign: Stopped at the cap'],
    ['failed', ':warning: Failed'],
    ['unknown', ':warning: Not confirmed'],
    ['ended', ':black_square_for_stop: Ended'],
  ] satisfies [SessionPhase, string][])('has a sign of its own for the phase %s', (phase, words) => {
    expect(shown({ ...full, phase })).toContain(`${words} ·`);
  });

  test.each(['failed', 'ended'] as const)('says "Not started" if a request %s without a session', (phase) => {
    const { text } = render({ ...full, phase, url: null });
    expect(text).toContain(' – Not started\n');
    expect(text).not.toMatch(/Failed|Ended/);
  });

  test.each([
    ['usage_limit_exceeded', 'Stopped at the cap ·'],
    ['out_of_credits', 'Stopped ·'],
    ['contract_expired', 'contract has ended'],
  ])('says that %s means "%s"', (word, words) => {
    expect(shown({ ...full, phase: 'capped', statusWord: word })).toContain(words);
  });

  test('separates the thousands of ACU', () => {
    expect(render({ ...full, acusUsed: 1234.56, acuLimit: 20_000 }).text).toContain('1,234.6 of 20,000 ACU');
  });

  test('has a plain text that says everything', () => {
    expect(render({ ...full, problem: 'It broke.' }).text).toBe(
      [
        'Fix the flaky login test – Working',
        'https://app.devin.ai/sessions/abc',
        'It broke.',
        'Ana Ruiz · as Ada Lovelace · 12 min · 1.4 of 10 ACU · acme/web, acme/api · fast mode',
        'https://github.com/acme/web/pull/412 · open',
        'Devin: Reproduced it: the session cookie expires.',
        'Devin is busy.',
      ].join('\n'),
    );
  });

  test.each([
    ['ended', 'ended', 'Ended by <@U2>'],
    ['finished', 'ended', 'Finished, ended by <@U2>'],
    ['asleep', 'archived', 'Asleep, archived by <@U2>'],
  ] as const)('in phase %s says who %s it', (phase, what, words) => {
    const card = { ...full, phase, steeredBy: { what, userId: 'U2' } };
    expect(render(card).text).toMatch(`Fix the flaky login test – ${words}\n`);
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

  test('links the five newest pull requests and counts the others', () => {
    const pullRequests = Array.from({ length: 7 }, (_, index) => ({
      url: `https://github.com/acme/web/pull/${index}`,
      state: 'open',
    }));
    const { text } = render({ ...full, pullRequests });
    expect(text).toContain('/pull/6 · open\nand 2 more PRs');
    expect(text).not.toContain('/pull/1 ');
  });

  test.each([
    ['merged', 'マージ済み'],
    ['in_review', 'in_review'],
  ])("says a pull request's state %s in the reader's language, if it is known", (state, word) => {
    const pullRequests = [{ url: 'https://github.com/acme/web/pull/1', state }];
    expect(renderCard({ ...full, pullRequests }, ja).text).toContain(`/pull/1 · ${word}\n`);
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
    expect(text).toMatch(/^Fix the flaky login test – Working\nhttps:\/\/app\.devin\.ai\/sessions\/abc\n/);
  });

  test('names the requester without a mention, and who it runs as only if that differs', () => {
    const runsAs = { kind: 'member' as const, name: 'Ana Ruiz', byEmail: true };
    expect(render({ ...full, runsAs }).text).toContain('\nAna Ruiz · 12 min');
    expect(shown({ ...full, runsAs })).not.toContain('<@');
    expect(render({ ...full, runsAs, requesterName: null }).text).toContain('for <@U1> · as Ana Ruiz');
  });

  test.each([
    ['Ana Ruiz', 'Ana', true, false],
    ['Ana', 'Ana Ruiz', true, false],
    ['ana ruiz', 'Ana Ruiz', false, false],
    ['Ana Ruiz', 'Ana', false, true],
    ['Anabel Ruiz', 'Ana', true, true],
    ['Ana Ruiz', 'Ruiz', true, true],
  ])(
    'of %s in Devin and %s in Slack (by email: %s) names who it runs as: %s',
    (name, requesterName, byEmail, says) => {
      const { text } = render({ ...full, requesterName, runsAs: { kind: 'member', name, byEmail } });
      expect(text.includes(`as ${name}`)).toBe(says);
    },
  );

  test('shows nobody the address of a member without a name', () => {
    const member = { kind: 'member' as const, name: 'ana@acme.example' };
    const matched = render({ ...full, runsAs: { ...member, byEmail: true } });
    expect(JSON.stringify(matched)).not.toMatch(/ana@|as a/);
    const mapped = render({ ...full, runsAs: { ...member, byEmail: false } });
    expect(mapped.text).toContain('as a…@acme.example');
    expect(JSON.stringify(mapped)).not.toContain('ana@');
  });

  test.each([
    [{ phase: 'queued', waitedMs: 25_900 }, 'Queued · 25 s'],
    [{ phase: 'starting', waitedMs: 61_000, waitsFor: 'busy' }, 'Starting · 1 min · Devin is busy'],
  ] as const)('says how long a request has waited, and why: %o', (changes, words) => {
    expect(shown({ ...BARE_CARD, ...changes })).toContain(words);
    expect(render({ ...BARE_CARD, ...changes }).text).toContain(words.split(' · ').slice(1).join(' · '));
  });

  test("says when it was last searched for, in the reader's time zone", () => {
    const checkedAtMs = 1_777_627_900_000;
    expect(render({ ...BARE_CARD, phase: 'unknown', checkedAtMs }).text).toContain(
      'Checked <!date^1777627900^{time}|09:31 UTC>, still not found',
    );
  });

  test.each([
    ['failed', false],
    ['ended', false],
    ['queued', true],
    ['unknown', true],
  ] as const)('without a session shows its cap only if one can still start: %s', (phase, says) => {
    expect(shown({ ...BARE_CARD, phase, acuLimit: 10 }).includes('up to 10 ACU')).toBe(says);
  });

  test('names three repositories and the number of others', () => {
    const repos = Array.from({ length: 50 }, (_, i) => `acme/r${i}`);
    expect(render({ ...full, repos }).text).toContain('acme/r0, acme/r1, acme/r2 and 47 more');
  });

  test.each([
    ['https://github.com/acme/web/pull/412', 'acme/web #412'],
    ['https://gitlab.com/acme/tools/web/-/merge_requests/7', 'acme/tools/web #7'],
    ['https://review.example/c/99', 'review.example/c/99'],
  ])('links the pull request %s as %s', (url, label) => {
    expect(shown({ ...full, pullRequests: [{ url, state: null }] })).toContain(`<${url}|${label}>`);
  });

  test.each([
    [59_000, 'under 1 min'],
    [60_000, '1 min'],
    [65 * 60_000, '1 h 5 min'],
    [49 * 3_600_000, '2 d 1 h'],
  ])('says %i ms as %s', (elapsedMs, words) => {
    expect(render({ ...full, elapsedMs }).text).toContain(` ${words} `);
  });
});

describe('what a phase means', () => {
  test.each([
    ['capped', 'out_of_credits', 'no credits left'],
    ['capped', 'some_new_limit', 'reached a limit in Devin'],
    ['asleep', 'inactivity', 'a message wakes it'],
    ['unknown', null, 'may create a second, billed session'],
  ] as const)('is said for %s because of %s', (phase, word, words) => {
    const card = { ...full, phase, statusWord: word };
    expect(shown(card)).toContain(words);
    expect(render(card).text).toContain(words);
  });

  test('is left out if there is a problem', () => {
    const card = { ...full, phase: 'unknown' as const, problem: 'It broke.' };
    expect(render(card).text).not.toContain('second, billed session');
  });

  test('is left out for a session that finished before it fell asleep', () => {
    const card = { ...full, phase: 'finished' as const, statusWord: 'inactivity' };
    expect(render(card).text).not.toContain('wakes it');
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

  test('show a button for what is turned off, and its switch in the menu', () => {
    expect(labels({ ...full, thread: 'mentions', actions: ['mute', 'listen-thread'] })).toEqual({
      buttons: ['All replies go to Devin'],
      menu: ['Mute thread'],
    });
    const actions = ['open', 'mute', 'listen-thread'] as const;
    expect(labels({ ...full, thread: 'requester', actions: [...actions] }).menu).toEqual([
      'Mute thread',
      'All replies go to Devin',
    ]);
  });

  test('stop one of several sessions only after a dialog that names it', () => {
    const entries = [{ card: full, sessionId: 's1' }];
    const { blocks } = renderSessionPick({ act: 'stop', entries, usage: 'stop <session>' }, en);
    const confirm = { style: 'danger', text: { text: namesSession } };
    expect(blocks[1]).toMatchObject({ accessory: { confirm } });
  });

  test.each([
    ['use <b>', 'say s1 use &lt;b&gt;'],
    ['a'.repeat(2000), full.requestId],
    [undefined, full.requestId],
  ])('send the message %j to the session that is picked, or ask for one in a box', (message, value) => {
    const entries = [{ card: full, sessionId: 's1' }];
    const { blocks } = renderSessionPick({ act: 'say', message, entries, usage: 'say <session>' }, en);
    expect(blocks[1]).toMatchObject({ accessory: { value } });
  });

  test("show a mode only if it isn't the usual one", () => {
    expect(render({ ...full, mode: 'normal' }).text).not.toContain('normal');
    expect(render({ ...full, mode: 'fast' }).text).toContain('fast mode');
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
    snapshot: { status: 'running', statusDetail: 'usage_limit_exceeded', isArchived: false },
  };
  const created = {
    state: 'created',
    failure: null,
    hadSecrets: false,
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
    ['asleep', ['Wake with a message', 'Open in Devin'], ['Archive', 'Details', ...SWITCHES]],
    ['capped', ['Run again with a higher cap (primary)', 'Open in Devin'], ['Details', ...SWITCHES]],
    ['failed', ['Edit and retry (primary)', 'Open in Devin'], ['Details']],
    ['ended', ['Run again'], ['Open in Devin', 'Details']],
    ['gone', ['Run again'], ['Details']],
  ] satisfies [SessionPhase, string[], string[]][])(
    'is beside the buttons that help in the phase %s',
    (phase, inRow, inMenu) => {
      const actions = cardActions(created, inDevin, { phase, thread: 'all' });
      expect(labels({ ...full, phase, thread: 'all', pullRequests, actions })).toEqual({
        buttons: inRow,
        menu: inMenu,
      });
    },
  );

  test.each([
    ['queued', []],
    ['needs-approval', ['Cancel']],
  ] as const)('has Cancel before the session starts, unless it waits for people: %s', (phase, inRow) => {
    const actions = cardActions({ ...created, state: 'ready' }, null, { phase, thread: null });
    const { buttons: row, menu: inMenu } = labels({ ...BARE_CARD, phase, actions });
    expect([row, inMenu]).toEqual([inRow, phase === 'queued' ? ['Details', 'Cancel'] : ['Details']]);
  });

  test("stays open while the card is edited: the row keeps its block's id", () => {
    const row = render({ ...full, actions: ['details'] }).blocks.at(-1);
    expect(row).toMatchObject({ type: 'actions', block_id: BLOCK.cardButtons });
  });

  test.each(PHASES)('has room for all options in the phase %s, whatever its thread does', (phase) => {
    for (const thread of THREADS) {
      const actions = cardActions(created, inDevin, { phase, thread });
      const { buttons, menu } = labels({ ...full, phase, thread, pullRequests, actions });
      expect(menu.length).toBeLessThanOrEqual(5);
      expect(buttons.length + menu.length).toBe(actions.length);
    }
  });
});
