import { describe, expect, test } from 'vitest';
import { createSessionSearch } from '../../src/create/find-session.ts';
import type { Found } from '../../src/create/identify.ts';
import { createAdopt, createFlow } from '../../src/create/run.ts';
import { createSend } from '../../src/create/send.ts';
import { createTransitions } from '../../src/create/transitions.ts';
import { bareFacts, DevinError } from '../../src/devin/errors.ts';
import { createLog } from '../../src/log.ts';
import type { Lease } from '../../src/queue/index.ts';
import { requestTag } from '../../src/session/request.ts';
import type { SessionSnapshot } from '../../src/session/snapshot.ts';
import { createEnvelopes, createSeal } from '../../src/store/envelope.ts';
import { createLedger } from '../../src/store/ledger.ts';
import { createReplies } from '../../src/store/replies.ts';
import type { RequestChanges, SessionRequest } from '../../src/store/request-row.ts';
import { createRequests } from '../../src/store/requests.ts';
import { createSessions } from '../../src/store/sessions.ts';
import { databaseClock } from '../../src/store/sql.ts';
import { createThreadMessages } from '../../src/store/thread-messages.ts';
import { createUnconfirmedCreates } from '../../src/store/unconfirmed-creates.ts';
import { useEmbedded } from '../support/databases.ts';
import { heldLease } from '../support/lease.ts';
import { newRequest } from '../support/request-row.ts';
import { sessionSnapshot } from '../support/session-snapshot.ts';

const ID = 'r1';
const IDENTITY = { kind: 'service-user', because: 'off', checkedAtMs: 0 } as const;
const ANA = { kind: 'matched', devinUserId: 'user-1', name: 'Ana', how: 'email', checkedAtMs: 0 } as const;
const sessionOf = (id: string) => sessionSnapshot(id, { status: 'new' });

type Before = {
  state?: 'accepted' | 'attached';
  waitedMs?: number;
  changes?: RequestChanges;
  findEarlier?: (request: SessionRequest) => Promise<SessionSnapshot | null>;
  /** By the policy as it is now. */
  needsApproval?: boolean;
  /** What time it is at Devin. */
  devinMs?: number;
  identity?: Found['identity'];
  tagRequests?: boolean;
  /** What was sealed with it. */
  saved?: { sealed?: string; secretNames?: string[] };
};

/** It was moved on, to wait for an approval. */
const WAITS = { kind: 'not', outcome: { kind: 'leave' } } as const;

/** So long that another process may have sent it, and the database may have lost that. */
const WAITED_MS = 20_000;

const nothing = async (): Promise<null> => Promise.resolve(null);

describe('a create', () => {
  const open = useEmbedded();

  /** A request that is about to be sent under this lease, so long after it was saved. */
  const prepare = async (
    lease: Lease,
    {
      state = 'attached',
      waitedMs = 0,
      changes = {},
      findEarlier = nothing,
      needsApproval = false,
      devinMs = 1,
      identity = IDENTITY,
      tagRequests = true,
      saved = {},
    }: Before = {},
  ) => {
    const { db } = await open();
    const requests = createRequests(db);
    const unconfirmedCreates = createUnconfirmedCreates(db);
    const sessions = createSessions(db);
    const search = createSessionSearch({
      listSessions: async () => Promise.resolve([]),
      firstMessage: nothing,
      store: { sessions, requests },
      tagRequests,
    });
    const jobs: string[] = [];
    const states: string[] = [];
    const envelopes = createEnvelopes(createSeal(Buffer.alloc(32)));
    const transitions = createTransitions({
      store: {
        db,
        requests,
        sessions,
        replies: createReplies(db),
        messages: createThreadMessages(db),
        unconfirmedCreates,
        ledger: createLedger(db, databaseClock),
        envelopes,
      },
      enqueue: async (name) => void (await Promise.resolve(jobs.push(name))),
      onMoved: (to) => void states.push(to),
      now: () => 0,
    });
    const adopt = createAdopt({ transitions, store: { envelopes }, withNames: (draft) => draft });
    await requests.insert([newRequest(ID, saved), newRequest('r2')]);
    const current = async (): Promise<SessionRequest> => {
      const found = await requests.find(ID);
      if (found === null) throw new Error('the request is not there');
      return found;
    };
    const move = async (to: SessionRequest['state']) =>
      transitions.move({
        request: await current(),
        to,
        ...(to === 'sending' && { changes: { sentAt: new Date(1) } }),
      });
    if (state === 'attached') await move('attached');
    await transitions.move({ request: await current(), to: state, changes });

    let limitChecks = 0;
    const answer = Promise.withResolvers<SessionSnapshot>();
    const sent = Promise.withResolvers<void>();
    const createdAtMs = (await current()).createdAt.getTime();
    const now = (): number => createdAtMs + waitedMs;
    const found = { identity, draft: { values: {}, sources: {} }, rule: null };
    const { step } = createSend({
      identify: async () => Promise.resolve(needsApproval ? WAITS : { kind: 'found', found, approved: [] }),
      createSession: async () => {
        sent.resolve();
        return answer.promise;
      },
      limiter: { beforeSending: async () => ((limitChecks += 1), Promise.resolve(null)) },
      budget: { fit: async () => Promise.resolve({ kind: 'fits', at: new Date(0), alerts: [] }) },
      store: { envelopes, identities: { forget: async () => Promise.resolve() } },
      tagRequests,
      flow: createFlow({ transitions, now }),
      adopt,
      search: { ...search, findEarlier },
      devinTime: async () => Promise.resolve(new Date(devinMs)),
      now,
      surelyKnownSince: () => new Date(now() - WAITED_MS + 1),
      log: createLog('silent'),
    });
    const { signal } = new AbortController();
    const run = { request: await current(), lease, signal };
    const outcome = step(run);
    const again = async () => step({ ...run, request: await current() });
    const answered = async (session: SessionSnapshot) => {
      answer.resolve(session);
      return outcome;
    };
    const failed = async (error: DevinError) => {
      answer.reject(error);
      return outcome;
    };
    const missing = async () => (await unconfirmedCreates.due(new Date())).length;
    const giveUp = async () => {
      for (const lost of await unconfirmedCreates.due(new Date())) await unconfirmedCreates.plan(lost, null);
    };
    const checks = () => limitChecks;
    const steps = { outcome, answered, failed, again, giveUp };
    return { jobs, states, adopt, current, move, sent: sent.promise, ...steps, missing, checks };
  };

  /** Its POST is in flight. */
  const setUp = async () => {
    const prepared = await prepare(heldLease);
    await prepared.sent;
    return prepared;
  };

  test('is not sent if saving that took longer than the lease, since another process may look for it', async () => {
    const { current, sent, outcome } = await prepare({ ...heldLease, isFresh: () => false });
    const first = await Promise.race([outcome, sent.then(() => 'sent')]);
    expect(first).toMatchObject({ kind: 'next', request: { state: 'attached', sentAt: null } });
    expect(await current()).toMatchObject({ state: 'attached', sentAt: null });
  });

  test.each([
    ['not if that was just done as it was saved', { state: 'accepted' }, 0],
    ['if it ended and is tried again', { state: 'accepted', changes: { resumedAt: new Date(1) } }, 1],
    ['if it waited since', { state: 'accepted', waitedMs: 10_000 }, 1],
    ['if something else was done first', { state: 'attached' }, 1],
  ] as const)("is checked against its person's limits again: %s", async (_when, how, count) => {
    const { sent, checks } = await prepare(heldLease, how);
    await sent;
    expect(checks()).toBe(count);
  });

  test.each([
    ['is sent if all that another key sealed is where to answer', [], 'sent', 'sending'],
    ['is not sent without the secrets that another key sealed', ['TOKEN'], 'next', 'failed'],
    ['is not sent without the secrets that were erased', ['TOKEN'], 'next', 'failed', 0],
  ])('%s', async (_what, secretNames, kind, state, key = 1) => {
    const other = createEnvelopes(createSeal(Buffer.alloc(32, key)));
    const sealed = other.close(ID, { responseUrl: 'https://hooks.slack.com/1' }) ?? '';
    const { current, sent, outcome } = await prepare(heldLease, { saved: { sealed, secretNames } });
    expect(await Promise.race([outcome.then((one) => one.kind), sent.then(() => 'sent')])).toBe(kind);
    expect(await current()).toMatchObject({ state });
  });

  test("is searched for from our time on if Devin's clock is ahead", async () => {
    const { current, sent } = await prepare(heldLease, { devinMs: Date.now() + 3_600_000 });
    await sent;
    const { sentAt, createdAt } = await current();
    expect(sentAt).toEqual(createdAt);
  });

  test('is not sent if its session exists already', async () => {
    const { jobs, current, sent, outcome } = await prepare(heldLease, {
      state: 'accepted',
      waitedMs: WAITED_MS,
      findEarlier: async () => Promise.resolve(sessionOf('s1')),
    });
    expect(await Promise.race([outcome, sent.then(() => 'sent')])).toEqual({ kind: 'leave' });
    expect(await current()).toMatchObject({ state: 'created', sessionId: 's1', identity: IDENTITY });
    expect(jobs).toEqual(['show']);
  });

  test('that may have been sent is searched for as the member it was sent for', async () => {
    const sentFor: unknown[] = [];
    const findEarlier = async (request: SessionRequest) => (sentFor.push(request.identity), nothing());
    const { sent } = await prepare(heldLease, {
      findEarlier,
      changes: { identity: ANA, sentAt: new Date(1) },
    });
    await sent;
    expect(sentFor).toEqual([ANA]);
  });

  test('that was sent before and is found needs no approval any more', async () => {
    const findEarlier = async () => Promise.resolve(sessionOf('s1'));
    const { outcome, current } = await prepare(heldLease, {
      findEarlier,
      needsApproval: true,
      changes: { identity: ANA, sentAt: new Date(1) },
    });
    expect(await outcome).toEqual({ kind: 'leave' });
    expect(await current()).toMatchObject({ state: 'created', sessionId: 's1', identity: ANA });
  });

  test.each([
    ['was asked for since this process began', { waitedMs: WAITED_MS - 10 }, 0],
    ['waited for this process', { waitedMs: WAITED_MS }, 1],
    ['is tried again just now', { waitedMs: WAITED_MS, changes: { resumedAt: new Date('2100-01-01') } }, 0],
  ])('that %s is searched for so often before it is sent', async (_what, how, count) => {
    let searches = 0;
    const findEarlier = async () => ((searches += 1), nothing());
    const { sent } = await prepare(heldLease, { ...how, findEarlier });
    await sent;
    expect(searches).toBe(count);
  });

  test.each([
    ['is sent if Devin refuses to list sessions', 403, 'sent'],
    ['waits while Devin cannot list sessions', 503, 'later'],
  ])('%s', async (_what, status, kind) => {
    const code = status === 403 ? 'forbidden' : 'unavailable';
    const error = new DevinError({ operation: 'sessions.list', facts: bareFacts(code, status) });
    const { sent, outcome } = await prepare(heldLease, {
      findEarlier: async () => Promise.reject(error),
      waitedMs: WAITED_MS,
    });
    const first = await Promise.race([outcome.then((one) => one.kind), sent.then(() => 'sent')]);
    expect(first).toBe(kind);
  });

  test('that is answered late changes and announces nothing if its session was found', async () => {
    const { jobs, adopt, current, answered } = await setUp();
    await adopt(await current(), sessionOf('s1'));
    expect(jobs).toEqual(['show', 'show']);
    expect(await answered(sessionOf('s1'))).toMatchObject({ kind: 'next' });
    expect(jobs).toEqual(['show', 'show']);
  });

  test('that is answered late changes and announces nothing if its session was found after the request was given up', async () => {
    const { jobs, adopt, current, move, answered, missing } = await setUp();
    await move('unknown');
    await adopt(await current(), sessionOf('s1'));
    expect(await answered(sessionOf('s1'))).toMatchObject({ kind: 'next' });
    expect(jobs).toEqual(['show', 'relay-from-devin', 'show']);
    expect(await missing()).toBe(0);
  });

  test('that is answered late announces the session if it was still missing', async () => {
    const { jobs, move, answered, missing } = await setUp();
    await move('unknown');
    expect(await missing()).toBe(1);
    expect(await answered(sessionOf('s1'))).toMatchObject({ request: { state: 'created' } });
    expect(jobs).toEqual(['show', 'relay-from-devin', 'show']);
    expect(await missing()).toBe(0);
  });

  const LATE_MS = Date.UTC(2026, 0, 1);

  test.each([
    ['has the tag of another request', { tags: [requestTag('r2')], user_id: 'user-1' }, true],
    ['runs as another member, and has no tag', { user_id: 'user-2' }, true],
    ['runs as another member, without tags here', { tags: [requestTag(ID)], user_id: 'user-2' }, false],
    ['is older than the request, and has no tag', { created_at: LATE_MS / 1000 - 3600 }, true],
  ])('whose answer is a session that %s is searched for', async (_what, answer, tagRequests) => {
    const before = { identity: ANA, devinMs: LATE_MS, tagRequests };
    const { current, sent, answered } = await prepare(heldLease, before);
    await sent;
    const outcome = await answered(sessionSnapshot('s1', { created_at: LATE_MS / 1000, ...answer }));
    expect(outcome).toMatchObject({ kind: 'next', request: { state: 'sending' } });
    expect(await current()).toMatchObject({ state: 'sending', sessionId: null });
  });

  test.each([
    ['no tags', {}],
    ["the organization's tags", { tags: ['slack-bot'] }],
    ['its tag before others', { tags: [requestTag(ID), requestTag('r2')] }],
    ['no owner', { tags: [requestTag(ID)], user_id: null }],
    ['an owner in another form', { tags: [requestTag(ID)], user_id: 'email|1' }],
    ['an odd time', { tags: [requestTag(ID)], created_at: 1 }],
  ])('whose answer has %s is believed', async (_what, answer) => {
    const { sent, answered } = await prepare(heldLease, { identity: ANA, devinMs: LATE_MS });
    await sent;
    const session = { created_at: LATE_MS / 1000 - 60, user_id: 'user-1', ...answer };
    expect(await answered(sessionSnapshot('s1', session))).toMatchObject({ request: { state: 'created' } });
  });

  const refused = new DevinError({ operation: 'sessions.create', facts: bareFacts('payment-required', 402) });

  test('that Devin refuses ends in one step: a process that dies then leaves nothing to send again', async () => {
    const { states, sent, failed, missing } = await prepare(heldLease);
    await sent;
    await failed(refused);
    expect(states).toEqual(['attached', 'sending', 'failed']);
    expect(await missing()).toBe(0);
  });

  test('that Devin refuses leaves what is known of an earlier attempt as it was', async () => {
    const earlier = { sentAt: new Date(5), identity: ANA };
    const { states, current, sent, failed, missing } = await prepare(heldLease, { changes: earlier });
    await sent;
    expect(await current()).toMatchObject({ sentAt: new Date(1), identity: IDENTITY });
    await failed(refused);
    expect(states).toEqual(['attached', 'sending', 'unknown']);
    expect(await current()).toMatchObject(earlier);
    expect(await missing()).toBe(0);
  });

  test('whose search was given up is not searched for again if the next attempt is not sent', async () => {
    const { move, missing, giveUp } = await setUp();
    await move('unknown');
    await giveUp();
    await move('attached');
    await move('unknown');
    expect(await missing()).toBe(0);
  });

  test('that was not confirmed is missing once, even if the next attempt ends before it is sent', async () => {
    const { move, missing } = await setUp();
    await move('unknown');
    await move('attached');
    await move('unknown');
    expect(await missing()).toBe(1);
  });

  test('that is answered late leaves the other session to be found if the request was sent again meanwhile', async () => {
    const { current, move, answered, missing } = await setUp();
    await move('unknown');
    await move('attached');
    await move('sending');
    await answered(sessionOf('s1'));
    expect(await current()).toMatchObject({ state: 'created', sessionId: 's1' });
    expect(await missing()).toBe(1);
  });
});
