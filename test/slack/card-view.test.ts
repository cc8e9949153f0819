import { expect, test } from 'vitest';
import { cardView } from '../../src/slack/card-view.ts';
import { renderCard } from '../../src/slack/views/session-card.ts';
import { en } from '../../src/text/en.ts';
import { MATCHED } from '../support/identity.ts';
import { refusedBy, requestRow } from '../support/request-row.ts';
import { sessionRow } from '../support/session-row.ts';
import { sessionSnapshot } from '../support/session-snapshot.ts';

const CAPPED = { status: 'suspended', status_detail: 'usage_limit_exceeded' };

test('a card counts the time since Devin created the session', () => {
  const nowMs = 1_700_000_720_000;
  const snapshot = sessionSnapshot('s1', { created_at: 1_700_000_000 });
  const session = sessionRow({ snapshot, createdAt: new Date(nowMs) });
  expect(cardView({ request: requestRow(), session, nowMs }, en).elapsedMs).toBe(720_000);
});

test('a card shows the phase by what Devin said last, before the first poll records it', () => {
  const snapshot = sessionSnapshot('s1', { status_detail: 'waiting_for_user' });
  const session = sessionRow({ snapshot, phase: 'starting' });
  expect(cardView({ request: requestRow(), session, nowMs: 0 }, en).phase).toBe('needs-you');
  const gone = sessionRow({ snapshot, phase: 'gone' });
  expect(cardView({ request: requestRow(), session: gone, nowMs: 0 }, en).phase).toBe('gone');
});

test.each(['sending', 'unknown'] as const)("a card shows Devin's reason while a request is %s", (state) => {
  const failure = {
    kind: 'devin' as const,
    code: 'unavailable',
    status: 503,
    detail: 'The scheduler is in maintenance.',
    permission: null,
    fieldErrors: [],
  };
  const request = requestRow({ state, sessionId: null, failure });
  const { notes, problem } = cardView({ request, session: null, nowMs: 0 }, en);
  expect(notes).toEqual(['Devin answered (HTTP 503): The scheduler is in maintenance.']);
  // What may have happened is not told as a failure.
  expect(problem).toBeNull();
});

const declined = { kind: 'approval', end: 'declined', rule: 'infra', by: null, reason: 'Too big.' } as const;

test.each([
  ['its secrets were lost', { kind: 'secrets-lost' }, 'SECRETS_KEY'],
  ['Devin was busy for too long', { kind: 'gave-up', waiting: 'busy' }, 'Devin was busy'],
  ['it was declined', declined, 'Too big.'],
  ['it was canceled', { kind: 'cancelled', userId: 'U1' }, 'The new attempt was canceled.'],
] as const)(
  'a card of an unconfirmed request says why it was not sent again: %s',
  (_why, failure, reason) => {
    const request = requestRow({ state: 'unknown', sessionId: null, failure });
    const [note = ''] = cardView({ request, session: null, nowMs: 0 }, en).notes;
    expect(note).toContain(en.notices.notSentAgain);
    expect(note).toContain(reason);
    expect(note).not.toContain(en.notices.nothingStarted);
  },
);

test('a card of an unconfirmed request keeps to itself why its person may not start it', () => {
  const failure = refusedBy('infra');
  const request = requestRow({ state: 'unknown', sessionId: null, failure });
  expect(cardView({ request, session: null, nowMs: 0 }, en).notes).toEqual([]);
});

test.each([
  [9_999, null, null, 'Devin is busy · It will start automatically.'],
  [10_000, 10_000, 'busy', 'It will start automatically.'],
])('a card says after 10 s that its request waits: %i ms', (nowMs, waitedMs, waitsFor, note) => {
  const request = requestRow({ state: 'ready', sessionId: null, waiting: 'busy' });
  expect(cardView({ request, session: null, nowMs }, en)).toMatchObject({
    waitedMs,
    waitsFor,
    notes: [note],
  });
});

test("a card says that it waits for Devin's answer", () => {
  const request = requestRow({ state: 'sending', sessionId: null });
  expect(cardView({ request, session: null, nowMs: 10_000 }, en).waitsFor).toBe('answer');
});

test('a card says that a lost session is searched for, and that its request waits for nothing else', () => {
  const request = requestRow({ state: 'sending', sessionId: null, waiting: 'looking' });
  const { waitsFor, notes } = cardView({ request, session: null, nowMs: 10_000 }, en);
  expect({ waitsFor, notes }).toEqual({ waitsFor: null, notes: [en.card.looking] });
});

test("a card of a session has Devin's title, and nothing of a wait that is over", () => {
  const draft = { values: { title: 'fix it' }, sources: {} };
  const request = requestRow({ draft, checkedAt: new Date(0), approvalUntil: new Date(0) });
  const snapshot = sessionSnapshot('s1', { status: 'new', title: 'Fix the login' });
  const session = sessionRow({ snapshot, phase: 'starting' });
  expect(cardView({ request, session, nowMs: 10_000 }, en)).toMatchObject({
    title: 'Fix the login',
    phase: 'queued',
    waitedMs: null,
    waitsUntilMs: null,
    checkedAtMs: null,
  });
});

test.each([
  ['nobody', null, { kind: 'member', name: 'Ana Ruiz', byEmail: true }],
  ['the member it was asked for', MATCHED.devinUserId, { kind: 'member', name: 'Ana Ruiz', byEmail: true }],
  ['another member', 'd2', { kind: 'member', name: 'd2', byEmail: false }],
  ['its service user', 'service-1', { kind: 'service-user' }],
])('a card says as whom a session runs if Devin names %s', (_whom, userId, expected) => {
  const snapshot = sessionSnapshot('s1', { user_id: userId, service_user_id: 'service-1' });
  const request = requestRow({ identity: MATCHED });
  expect(cardView({ request, session: sessionRow({ snapshot }), nowMs: 0 }, en).runsAs).toEqual(expected);
});

const MINUTE_MS = 60_000;
const BEN = { userId: 'U2', name: 'Ben' };
const running = (changes: object) => sessionRow({ snapshot: sessionSnapshot('s1', changes) });

test.each([
  ['```\nTypeError: x is undefined\n```', 'TypeError: x is undefined'],
  ['```npm test\n1 failing```', 'npm test'],
  ['\n---\n- fix login\n- fix logout', '- fix login'],
  ['🔥', '🔥'],
])('the title of %j is its first line with a word', (prompt, title) => {
  const request = requestRow({ draft: { values: { prompt }, sources: {} } });
  expect(cardView({ request, session: null, nowMs: 0 }, en).title).toBe(title);
});

test('a title shows no ids of people, nor an empty line', () => {
  const draft = { values: { prompt: '\n <@U12AB> says it is slow\nFix it' }, sources: {} };
  const request = requestRow({ draft, state: 'ready', sessionId: null });
  expect(cardView({ request, session: null, nowMs: 0 }, en).title).toBe('@… says it is slow');
});

test.each([
  ['needs-you', { status_detail: 'waiting_for_user' }, 20],
  ['finished', { status_detail: 'finished' }, 12],
  ['asleep', { status: 'suspended' }, 12],
] as const)('the time on a card stops once the session rests: %s', (phase, changes, minutes) => {
  const session = sessionRow({
    snapshot: sessionSnapshot('s1', { ...changes, created_at: 60 }),
    phase,
    phaseAt: new Date(13 * MINUTE_MS),
  });
  const { elapsedMs } = cardView({ request: requestRow(), session, nowMs: 21 * MINUTE_MS }, en);
  expect(elapsedMs).toBe(minutes * MINUTE_MS);
});

test.each([
  [{ status_detail: 'daydreaming' }, null],
  [{ status: 'suspended', status_detail: 'out_of_credits' }, 'out_of_credits'],
  [{ status: 'suspended', status_detail: 'inactivity' }, 'inactivity'],
  [{ status_detail: 'working' }, null],
] as const)("a card has Devin's own word if the phase says less: %o", (changes, word) => {
  expect(cardView({ request: requestRow(), session: running(changes), nowMs: 0 }, en).statusWord).toBe(word);
});

test.each([
  ['ended', { status: 'exit' }],
  ['failed', { status: 'error' }],
  ['failed', { status: 'suspended', status_detail: 'error' }],
  ['finished', { status: 'exit' }],
] as const)(
  'a card says nothing about its thread once nothing goes to Devin from it: %s %o',
  (phase, changes) => {
    const session = { ...running(changes), phase, wasFinished: phase === 'finished', muted: true };
    const { thread, threadLine, actions } = cardView({ request: requestRow(), session, nowMs: 0 }, en);
    expect([thread, threadLine]).toEqual([null, null]);
    expect(actions).not.toContain('unmute');
  },
);

test.each([
  ['all', {}, { began: 'app' }, 'Replies here go to Devin.'],
  ['direct', {}, { began: 'direct' }, 'Replies here go to Devin.'],
  ['requester', {}, { began: 'people' }, 'Replies here go to Devin.'],
  ['mentions', {}, { began: 'app', listen: 'mentions' }, 'Only replies that mention this app'],
  ['muted', { muted: true, mutedBy: 'U2' }, { began: 'app' }, 'Muted by <@U2>: replies here'],
  ['muted', { muted: true }, { began: 'app' }, 'Muted: replies here'],
] as const)('a card says how its thread works: %s %o %o', (thread, changes, how, words) => {
  const here = { listen: null, ...how } as const;
  const request = requestRow();
  const first = cardView({ request, session: sessionRow(changes), here, nowMs: 0 }, en);
  expect(first.thread).toBe(thread);
  expect(first.threadLine?.startsWith(words)).toBe(true);
  // On a person's first card only, unless something is switched off.
  const next = sessionRow({ ...changes, introducesThread: false });
  const isOff = thread === 'muted' || thread === 'mentions';
  const line = cardView({ request, session: next, here, nowMs: 0 }, en).threadLine;
  expect(line).toBe(isOff ? first.threadLine : null);
});

test.each([
  ['within it', { acus_consumed: 2.9 }, [], 3],
  ['at it', { acus_consumed: 3 }, [], 3],
  ['stopped a little above it', { ...CAPPED, acus_consumed: 3.1 }, ['capped:1'], 3],
  ['gone on above it', { acus_consumed: 3.1 }, ['capped:1'], null],
  ['stopped above it again', { ...CAPPED, acus_consumed: 6 }, ['capped:1', 'capped:2'], null],
])(
  'a card names the cap until someone has raised it in Devin: the session is %s',
  (_how, changes, told, cap) => {
    const request = requestRow({ draft: { values: { max_acu_limit: 3 }, sources: {} } });
    const session = { ...running(changes), told };
    expect(cardView({ request, session, nowMs: 0 }, en).acuLimit).toBe(cap);
  },
);

test('a card says who ended or archived its session while that is true', () => {
  const by = (changes: object, steered: object) =>
    cardView({ request: requestRow(), session: { ...running(changes), ...steered }, nowMs: 0 }, en).steeredBy;
  expect(by({ status: 'exit' }, { stoppedBy: 'U2' })).toEqual({ what: 'ended', userId: 'U2' });
  expect(by({ status: 'running' }, { stoppedBy: 'U2' })).toBeNull();
  const archived = { is_archived: true };
  expect(by({ status: 'suspended', ...archived }, { archivedBy: 'U2', phase: 'asleep' })).toEqual({
    what: 'archived',
    userId: 'U2',
  });
  expect(by({ status: 'suspended' }, { archivedBy: 'U2', phase: 'asleep' })).toBeNull();
});

test.each([
  [
    { kind: 'cancelled', userId: 'U2' },
    { what: 'ended', userId: 'U2' },
  ],
  [{ kind: 'approval', end: 'declined', rule: 'infra', by: BEN, reason: null }, null],
  [{ kind: 'approval', end: 'expired', rule: 'infra', by: null, reason: null }, null],
] as const)('a request that people ended is not shown as failed: %o', (failure, steeredBy) => {
  const request = requestRow({ state: 'failed', sessionId: null, failure });
  expect(cardView({ request, session: null, nowMs: 0 }, en)).toMatchObject({ phase: 'ended', steeredBy });
});

test('a card says that it runs as the service user, and why', () => {
  const identity = { kind: 'service-user', because: 'guest', checkedAtMs: 0 } as const;
  const { runsAs, notes } = cardView(
    { request: requestRow({ identity }), session: sessionRow(), nowMs: 0 },
    en,
  );
  expect(runsAs).toEqual({ kind: 'service-user' });
  expect(notes).toEqual([en.notices.serviceUser.noMatch]);
  const matched = requestRow({ identity: MATCHED });
  expect(cardView({ request: matched, session: sessionRow(), nowMs: 0 }, en).notes).toEqual([]);
});

test('a card names who approved, whose approval is missing, and until when', () => {
  const about = {
    say: 'Link the ticket.',
    fingerprint: 'f',
    policy: null,
    people: [BEN, { userId: 'U3', name: 'Cy' }],
  };
  const given = { kind: 'approved', by: BEN, reason: null, atMs: 0 } as const;
  const approvals = [
    { ...about, rule: 'infra', need: 1, yes: [BEN], end: given },
    { ...about, rule: 'money', need: 2, yes: [BEN], end: null },
  ];
  const request = requestRow({
    state: 'awaiting-approval',
    sessionId: null,
    approvals,
    approvalUntil: new Date(5 * MINUTE_MS),
  });
  const card = cardView({ request, session: null, nowMs: 0 }, en);
  expect(card).toMatchObject({ phase: 'needs-approval', waitsUntilMs: 5 * MINUTE_MS, waitedMs: null });
  expect(card.notes).toEqual([
    'Approved by Ben.',
    'Waiting for approval from Cy.',
    'Link the ticket.',
    'Approved so far by Ben.',
  ]);
  expect(renderCard(card, en).text).toContain('until <!date^300^');
});

test('a card names five of the people who can approve, and counts the others', () => {
  const people = Array.from({ length: 8 }, (_none, at) => ({ userId: `U${at}`, name: `Person ${at}` }));
  const approval = {
    rule: 'infra',
    say: null,
    fingerprint: 'f',
    policy: null,
    people,
    need: 1,
    yes: [],
    end: null,
  };
  const request = requestRow({ state: 'awaiting-approval', sessionId: null, approvals: [approval] });
  const [note] = cardView({ request, session: null, nowMs: 0 }, en).notes;
  expect(note).toContain('Person 4 or 3 more');
});

test('a card of a refused request gives no reason: it is private', () => {
  const failure = refusedBy('infra');
  const request = requestRow({ state: 'refused', sessionId: null, failure });
  expect(cardView({ request, session: null, nowMs: 0 }, en)).toMatchObject({
    phase: 'failed',
    problem: null,
  });
});
