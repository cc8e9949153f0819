import { describe, expect, test } from 'vitest';
import type { CreateContext } from '../../src/create/context.ts';
import { adopt, moveLocked } from '../../src/create/move.ts';
import { bareFailure, DevinError, type DevinErrorCode } from '../../src/devin/errors.ts';
import { requestTag } from '../../src/session/request.ts';
import type { SessionSnapshot } from '../../src/session/snapshot.ts';
import { createEnvelopes, createSeal } from '../../src/store/envelope.ts';
import { ANA, createSetting } from '../support/create-context.ts';
import { describeOnBothDatabases, useEmbedded } from '../support/databases.ts';
import { heldLease } from '../support/lease.ts';
import { newRequest } from '../support/request-row.ts';
import { sessionSnapshot } from '../support/session-snapshot.ts';

const open = useEmbedded();
const UPLOADS = { urls: [], leftOut: [] };
const SENT_BEFORE = { uploads: UPLOADS, prompt: 'fix it', identity: ANA, sentAt: new Date(5) };
const DEVIN_MS = Date.UTC(2026, 0, 1);

const failing = (code: DevinErrorCode, status: number | null = null) =>
  new DevinError({ operation: 'sessions.create', failure: bareFailure(code, status) });

/** A setting whose Devin answers a create when it is told to. */
async function inFlight(changes: Partial<CreateContext> = {}) {
  const answer = Promise.withResolvers<SessionSnapshot>();
  const sent = Promise.withResolvers<void>();
  const setting = await createSetting(open, changes);
  setting.c.devin.sessions.create = async () => {
    sent.resolve();
    return answer.promise;
  };
  setting.c.devin.time = async () => Promise.resolve(new Date(DEVIN_MS));
  return { ...setting, answer, sent: sent.promise };
}

describe('a create', () => {
  test('is on disk before it is sent, and sent once', async () => {
    const { c, run, insert, find, states } = await createSetting(open);
    const found: string[] = [];
    c.devin.sessions.create = async () => {
      found.push((await find()).state);
      return sessionSnapshot('s1', { user_id: ANA.devinUserId });
    };
    await insert();
    await run();
    expect(found).toEqual(['sending']);
    expect(states).toEqual(['sending', 'created']);
  });

  test('is not sent if saving that took longer than the lease, since another process may look for it', async () => {
    const withLease: CreateContext['withLease'] = async (_name, task) =>
      task({ ...heldLease, isFresh: () => false });
    const { c, run, insert, find } = await createSetting(open, { withLease });
    c.devin.sessions.create = async () => Promise.reject(new Error('it was sent'));
    await insert();
    expect(await run()).toBe(true);
    expect(await find()).toMatchObject({ state: 'ready', sentAt: null });
  });

  test.each<[string, DevinErrorCode, object]>([
    ['goes back if Devin is too busy', 'rate-limited', { state: 'ready', sentAt: null, waiting: 'busy' }],
    ['goes back if Devin was not reached', 'not-sent', { state: 'ready', sentAt: null, waiting: 'down' }],
    ['is searched for after a lost answer', 'no-answer', { state: 'unknown', failure: null }],
    ['is searched for after an error of Devin', 'unavailable', { state: 'unknown' }],
    ['ends if Devin refuses it', 'payment-required', { state: 'failed' }],
  ])('%s', async (_what, code, expected) => {
    const { c, run, insert, find } = await createSetting(open);
    let sent = 0;
    c.devin.sessions.create = async () => ((sent += 1), Promise.reject(failing(code)));
    await insert();
    await run();
    expect(await find()).toMatchObject(expected);
    expect(sent).toBe(1);
    expect((await c.store.ledger.lost(new Date('2100-01-01'))).length).toBe(
      'failure' in expected || code === 'unavailable' ? 1 : 0,
    );
  });

  test.each<[string, DevinErrorCode, string]>([
    ['refuses', 'payment-required', 'unknown'],
    ['is too busy for', 'rate-limited', 'ready'],
  ])('that Devin %s leaves what is known of an earlier attempt as it was', async (_what, code, state) => {
    const setting = await createSetting(open, {
      resolve: async () => Promise.resolve({ ...ANA, devinUserId: 'user-2' }),
    });
    const { c, run, insert, find } = setting;
    c.devin.sessions.create = async () => Promise.reject(failing(code));
    await insert('ready', SENT_BEFORE);
    await run();
    expect(await find()).toMatchObject({ state, sentAt: SENT_BEFORE.sentAt, identity: ANA });
  });

  test.each([
    ['not if that was just done as it was saved', 'accepted', {}, 0],
    ['if it ended and is tried again', 'accepted', { resumedAt: new Date() }, 1],
    ['if something else was done first', 'ready', { uploads: UPLOADS }, 1],
  ] as const)("is checked against its person's limits again: %s", async (_when, state, row, count) => {
    let checks = 0;
    const limiter = { beforeSending: async () => ((checks += 1), Promise.resolve(null)) };
    const { run, insert } = await createSetting(open, { limiter });
    await insert(state, row);
    await run();
    expect(checks).toBe(count);
  });

  test.each([
    ['is sent if all that another key sealed is where to answer', [], 'created', 1],
    ['is not sent without the secrets that another key sealed', ['TOKEN'], 'failed', 1],
    ['is not sent without the secrets that were erased', ['TOKEN'], 'failed', 0],
  ] as const)('%s', async (_what, secretNames, state, key) => {
    const other = createEnvelopes(createSeal(Buffer.alloc(32, key)));
    const sealed = other.close('r1', { responseUrl: 'https://hooks.slack.com/1' });
    const { run, insert, find } = await createSetting(open);
    await insert('accepted', {}, { sealed, secretNames });
    await run();
    expect(await find()).toMatchObject({ state });
  });

  test("is searched for from our time on if Devin's clock is ahead", async () => {
    const nowMs = Date.now();
    const { c, run, insert, find } = await createSetting(open);
    c.tuning.now = () => nowMs;
    c.devin.time = async () => Promise.resolve(new Date(nowMs + 3_600_000));
    await insert();
    await run();
    expect((await find()).sentAt).toEqual(new Date(nowMs));
  });

  const REFUSED = failing('forbidden', 403);
  test.each<[string, () => Promise<unknown>, string, number]>([
    ['is not sent if its session exists already', async () => Promise.resolve(), 'created', 0],
    ['is sent if Devin refuses to list sessions', async () => Promise.reject(REFUSED), 'created', 1],
    [
      'waits while Devin cannot list sessions',
      async () => Promise.reject(failing('unavailable')),
      'ready',
      0,
    ],
  ] as const)('that may have been sent before %s', async (_what, listing, state, count) => {
    let sent = 0;
    const { c, run, insert, find } = await createSetting(open);
    const snapshot = sessionSnapshot('s1', { user_id: ANA.devinUserId, tags: [requestTag('r1')] });
    c.devin.sessions.listAll = async () => {
      await listing();
      return [snapshot];
    };
    c.devin.sessions.create = async () => ((sent += 1), Promise.resolve(snapshot));
    await insert('ready', SENT_BEFORE);
    await run();
    expect(await find()).toMatchObject({ state });
    expect(sent).toBe(count);
  });

  test.each([
    ['was asked for since this process began', new Date(0), 0],
    ['waited for this process', new Date('2100-01-01'), 1],
  ])('that %s is searched for so often before it is sent', async (_what, knownSince, count) => {
    let searches = 0;
    const { c, run, insert } = await createSetting(open, { knownSince: () => knownSince });
    c.devin.sessions.listAll = async () => ((searches += 1), Promise.resolve([]));
    await insert();
    await run();
    expect(searches).toBe(count);
  });

  test('that is answered after it was given up gets its session, which is announced', async () => {
    const { c, run, insert, find, jobs, answer, sent } = await inFlight();
    await insert();
    const running = run();
    await sent;
    await moveLocked(c, 'r1', () => ({ to: 'unknown' }));
    answer.resolve(sessionSnapshot('s1', { tags: [requestTag('r1')] }));
    await running;
    expect(await find()).toMatchObject({ state: 'created', sessionId: 's1' });
    expect(jobs).toContain('relay-from-devin');
    expect(await c.store.ledger.lost(new Date('2100-01-01'))).toEqual([]);
  });

  test('that is answered after its session was found changes nothing', async () => {
    const { c, run, insert, find, states, answer, sent } = await inFlight();
    await insert();
    const running = run();
    await sent;
    const snapshot = sessionSnapshot('s1', { tags: [requestTag('r1')] });
    await adopt(c, await find(), { snapshot });
    answer.resolve(snapshot);
    await running;
    expect(states).toEqual(['sending', 'created']);
  });

  test.each([
    ['has the tag of another request', { tags: [requestTag('r2')], user_id: 'user-1' }, true],
    ['runs as another member, and has no tag', { user_id: 'user-2' }, true],
    ['runs as another member, without tags here', { tags: [requestTag('r1')], user_id: 'user-2' }, false],
    ['is older than the request, and has no tag', { created_at: DEVIN_MS / 1000 - 3600 }, true],
  ])('whose answer is a session that %s is searched for', async (_what, is, tagRequests) => {
    const { run, insert, find, store, answer } = await inFlight({ tagRequests });
    await insert();
    await store.requests.insert([newRequest('r2')]);
    answer.resolve(sessionSnapshot('s1', { created_at: DEVIN_MS / 1000, ...is }));
    await run();
    expect(await find()).toMatchObject({ state: 'unknown', sessionId: null });
  });

  test.each([
    ['no tags', {}],
    ["the organization's tags", { tags: ['slack-bot'] }],
    ['its tag before others', { tags: [requestTag('r1'), requestTag('r2')] }],
    ['no owner', { tags: [requestTag('r1')], user_id: null }],
    ['an owner in another form', { tags: [requestTag('r1')], user_id: 'email|1' }],
    ['an odd time', { tags: [requestTag('r1')], created_at: 1 }],
  ])('whose answer has %s is believed', async (_what, is) => {
    const { run, insert, find, answer } = await inFlight();
    await insert();
    answer.resolve(
      sessionSnapshot('s1', { created_at: DEVIN_MS / 1000 - 60, user_id: ANA.devinUserId, ...is }),
    );
    await run();
    expect(await find()).toMatchObject({ state: 'created', sessionId: 's1' });
  });
});

test.each([
  ['loses its secrets, and its requester can still be told', null, 'failed'],
  ['loses them even if an earlier attempt may have started a session', new Date(1), 'unknown'],
])('a request that fails %s', async (_what, sentAt, state) => {
  const { c, store, insert, find } = await createSetting(open);
  const sessionSecrets = [{ key: 'TOKEN', value: 'hush', sensitive: true }];
  const sealed = store.envelopes.close('r1', { responseUrl: 'https://hooks.slack.com/1', sessionSecrets });
  await insert('ready', { sentAt }, { sealed });
  const failure = { kind: 'cancelled', userId: 'U1' } as const;
  await moveLocked(c, 'r1', () => ({ to: 'failed', changes: { failure } }));
  const { sealed: left, ...request } = await find();
  const envelope = store.envelopes.open('r1', left);
  expect({ ...envelope, state: request.state }).toMatchObject({
    state,
    responseUrl: 'https://hooks.slack.com/1',
  });
  expect(envelope?.sessionSecrets.map(({ key }) => key)).toEqual([]);
});

describeOnBothDatabases('two requests that find the same session at the same moment', (openEach) => {
  test('one gets it, and the other still searches for its own', async () => {
    const { c, store, states, insert } = await createSetting(openEach);
    await insert('sending');
    await store.requests.insert([newRequest('r2')]);
    await store.requests.advance({ id: 'r2', from: 'accepted', to: 'sending' });
    const snapshot = sessionSnapshot('s1');
    const requests = await Promise.all(['r1', 'r2'].map(async (id) => store.requests.find(id)));
    const gets = await Promise.all(
      requests.map(async (request) => request !== null && adopt(c, request, { snapshot })),
    );
    const owner = (await store.sessions.find('s1'))?.requestId;
    expect(gets).toEqual(requests.map((request) => request?.id === owner));
    expect(states).toEqual(['created']);
  });
});
