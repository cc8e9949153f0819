import { describe, expect, test } from 'vitest';
import { bareFacts, DevinError } from '../../src/devin/errors.ts';
import type { History, ImportSession } from '../../src/restore/import-session.ts';
import { createRestoreSession } from '../../src/restore/restore-session.ts';
import type { Identity } from '../../src/session/identity.ts';
import { progress } from '../../src/session/milestones.ts';
import type { SessionSnapshot } from '../../src/session/snapshot.ts';
import type { FoundMessage } from '../../src/slack/edge/posted-messages.ts';
import { sessionSnapshot } from '../support/session-snapshot.ts';

type Import = Parameters<ImportSession>[0];

const DEVIN_FAILS = new DevinError({ operation: 'members.find', facts: bareFacts('unavailable') });

const PR = 'https://github.com/acme/web/pull/1';

const snapshot = (changes: object = {}) =>
  sessionSnapshot('s1', { created_at: 100, updated_at: 200, acus_consumed: 1, ...changes });
const said = (count: number, source: 'devin' | 'user' = 'devin') => ({
  messages: Array.from({ length: count }, (_, index) => ({
    eventId: `e${index}`,
    source,
    message: `words ${index}`,
    createdAt: 100 + index,
  })),
  cursor: null,
  files: [],
});
const told = (...keys: string[]): FoundMessage[] =>
  keys.map((key, index) => ({
    ts: `${index}.0`,
    threadTs: '0.0',
    text: '',
    metadata: { kind: 'milestone', sessionId: 's1', key },
  }));
const posted = (eventId: string): FoundMessage => ({
  ts: '9.0',
  threadTs: '0.0',
  text: '',
  metadata: { kind: 'message', sessionId: 's1', eventId },
});
const member = (devinUserId: string, how: 'email' | 'session'): Identity => ({
  kind: 'matched',
  devinUserId,
  name: 'Ana Ruiz',
  how,
  checkedAtMs: 0,
});

const GUEST: Identity = { kind: 'refused', reason: 'guest', maskedEmail: null, checkedAtMs: 0 };

type Found = {
  snapshot: SessionSnapshot;
  history: History;
  thread: FoundMessage[];
  text: string;
  /** Who the requester is today. */
  resolve?: () => Promise<Identity>;
};

/** What is imported of a session of Ana's, whose Devin user is user-1; null: nothing. */
async function restored(found: Found): Promise<Import | null> {
  const { snapshot: session, history, thread, text } = found;
  const { resolve = async () => Promise.resolve(member('user-1', 'email')) } = found;
  const imported: Import[] = [];
  const restore = createRestoreSession({
    getSession: async () => Promise.resolve(session),
    readHistory: async () => Promise.resolve(history),
    findRequester: async () => Promise.resolve('U1'),
    sessionMember: async ({ userId }) => Promise.resolve(member(userId ?? '', 'session')),
    resolve,
    shown: { found: async () => Promise.resolve() },
    metadata: { read: async () => Promise.resolve({ messages: thread, threads: [] }) },
    importSession: async (what) => {
      imported.push(what);
      return Promise.resolve(null);
    },
    enqueue: async () => Promise.resolve(),
    teamId: () => 'T1',
  });
  const lost = { sessionId: 's1', requestId: 'r1', createdAtS: 1, devinUserId: session.userId };
  const card = { kind: 'card' as const, requestId: 'r1', requester: 'U1', repos: [], acuLimit: null };
  const isTaken = await restore(lost, { channelId: 'C1', ts: '1.0', threadTs: null, text, metadata: card });
  expect(imported).toHaveLength(isTaken ? 1 : 0);
  return imported[0] ?? null;
}

/** What is imported of a session that its card names. */
const caughtUp = async (found: Partial<Found>) =>
  restored({ snapshot: snapshot(), history: said(0), thread: [], text: 'Working s1', ...found });

describe('what is still to be posted in a restored thread', () => {
  test.each([
    ['every milestone if none was announced', { status_detail: 'finished' }, [], ['finished:1']],
    ['no announced milestone', { status_detail: 'finished' }, ['finished:1'], []],
    [
      'no announced milestone, whatever was announced after it',
      { status_detail: 'finished', pull_requests: [{ pr_url: PR, pr_state: 'open' }] },
      ['finished:1', `pr:${PR}`],
      [],
    ],
    ['no end, since who ended it is lost', { status: 'exit' }, [], []],
    ['no sleep after it finished', { status: 'suspended' }, ['finished:1'], []],
    [
      'the next question',
      { status_detail: 'waiting_for_user' },
      ['needs-you:1', 'finished:1'],
      ['needs-you:2'],
    ],
    ['a new pull request', { pull_requests: [{ pr_url: PR, pr_state: 'open' }] }, [], [`pr:${PR}`]],
    ['no pull request again', { pull_requests: [{ pr_url: PR, pr_state: 'merged' }] }, [`pr:${PR}`], []],
  ])('is %s', async (_what, changes, keys, expected) => {
    const found = await caughtUp({ snapshot: snapshot(changes), thread: told(...keys) });
    expect(found?.untold).toEqual(expected);
    // The next poll finds nothing new.
    const { told: known = [], phase = 'working', wasFinished = false } = found?.sessionChanges ?? {};
    expect(progress({ told: known, phase, wasFinished, cap: null }, snapshot(changes)).keys).toEqual([]);
  });

  test('is nothing of a session that finished and then fell asleep: it stays finished', async () => {
    const asleep = { snapshot: snapshot({ status: 'suspended' }), thread: told('finished:1') };
    expect((await caughtUp(asleep))?.sessionChanges).toMatchObject({ phase: 'finished', wasFinished: true });
  });

  test.each([
    ['no pull request that it names', `Finished · <${PR}|acme/web #1>`, []],
    [
      'a pull request whose address begins another that it names',
      `Finished · <${PR}2|acme/web #12>`,
      [`pr:${PR}`],
    ],
  ])('is %s', async (_what, text, untold) => {
    const thread = told('finished:1').map((one) => ({ ...one, text }));
    const changes = { status_detail: 'finished', pull_requests: [{ pr_url: PR, pr_state: 'open' }] };
    expect((await caughtUp({ snapshot: snapshot(changes), thread }))?.untold).toEqual(untold);
  });

  test('is found by its own messages, not by those of another session in the thread', async () => {
    const others = [...told('finished:1'), posted('e1')].map(({ metadata, ...rest }) => ({
      ...rest,
      metadata: { ...metadata, sessionId: 's2' },
    }));
    const finished = snapshot({ status_detail: 'finished' });
    const found = await caughtUp({ snapshot: finished, history: said(2), thread: others });
    expect(found).toMatchObject({ untold: ['finished:1'], unposted: new Set(['e0', 'e1']) });
  });

  test('is at most twenty messages, none of them from people', async () => {
    expect((await caughtUp({ history: said(300) }))?.unposted?.size).toBe(20);
    expect((await caughtUp({ history: said(3, 'user') }))?.unposted?.size).toBe(0);
  });
});

describe('a card in Slack', () => {
  test.each([
    ['names it', 'Working s1', 'user-2', true],
    ['was posted before it, and it runs as the requester', 'Queued', 'user-1', true],
    [
      "was posted before it, and it runs as another person who copied the request's tag",
      'Queued',
      'user-2',
      false,
    ],
  ])('is restored with the session or not: it %s', async (_what, text, runsAs, isTaken) => {
    const session = snapshot({ user_id: runsAs });
    const found = await restored({ snapshot: session, history: said(0), thread: [], text });
    expect(found?.snapshot.sessionId).toBe(isTaken ? 's1' : undefined);
  });

  test.each<[string, () => Promise<Identity>]>([
    ["can't be looked up", async () => Promise.reject(DEVIN_FAILS)],
    ['is refused', async () => Promise.resolve(GUEST)],
    ['is another member', async () => Promise.resolve(member('user-2', 'email'))],
  ])('is restored as who its session runs as if the requester %s today', async (_who, resolve) => {
    const found = await caughtUp({ snapshot: snapshot({ user_id: 'user-1' }), resolve });
    expect(found?.identity).toEqual(member('user-1', 'session'));
  });

  test('is restored as nobody who is refused today, even if its session names no member', async () => {
    const session = snapshot({ user_id: null });
    const found = await caughtUp({ snapshot: session, resolve: async () => Promise.resolve(GUEST) });
    expect(found?.identity).toEqual(member('', 'session'));
  });
});
