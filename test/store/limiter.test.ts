import type { Transaction } from 'kysely';
import { describe, expect, test } from 'vitest';
import { createLimiter } from '../../src/store/limiter.ts';
import { createRequests } from '../../src/store/requests.ts';
import { createSessions, type SessionChanges } from '../../src/store/sessions.ts';
import type { Tables } from '../../src/store/store.ts';
import { oneWaits, usePostgres } from '../support/databases.ts';
import { newRequest } from '../support/request-row.ts';
import { sessionSnapshot } from '../support/session-snapshot.ts';

type Trx = Transaction<Tables>;

const PERSON = { teamId: 'T1', userId: 'U1' };
const REACHED = { limit: 'openSessions', allowed: 1, count: 1 };

describe('the limits of a person, on two replicas', () => {
  const { open } = usePostgres();
  const limiter = createLimiter(() => ({ openSessions: 1, startsPerHour: 0 }));

  const setUp = async () => {
    const { db, interactive } = await open();
    const requests = createRequests(db);
    const insert = async (id: string, trx: Trx) => requests.insert([newRequest(id)], trx);
    const send = async (id: string, trx: Trx) =>
      trx.updateTable('sessionRequests').set({ state: 'sending' }).where('id', '=', id).execute();
    const sessions = createSessions(db);
    /** The session of request r1. */
    const bind = async (trx: Trx, changes: SessionChanges) => {
      const of = { sessionId: 's1', requestId: 'r1', teamId: 'T1', channelId: 'C1', threadTs: '1.0' };
      await sessions.bind({ ...of, snapshot: sessionSnapshot('s1') }, trx);
      await sessions.change('s1', changes, trx);
    };
    return { db, interactive, insert, send, bind };
  };

  test('count what the other replica is accepting', async () => {
    const { db, interactive, insert } = await setUp();
    const accept = async (id: string, trx: Trx) => {
      const { take } = await limiter.hold([PERSON], [], trx);
      await insert(id, trx);
      return take(PERSON);
    };
    const other = await db.transaction().execute(async (trx) => {
      expect(await accept('r1', trx)).toBeNull();
      const accepting = interactive.transaction().execute(async (second) => accept('r2', second));
      await oneWaits(db);
      return { accepting };
    });
    expect(await other.accepting).toEqual(REACHED);
  });

  test.each([
    { openSessions: 1, startsPerHour: 0 },
    { openSessions: 0, startsPerHour: 1 },
  ])('count what is accepted together: %o', async (limits) => {
    const { db } = await setUp();
    const taken = await db.transaction().execute(async (trx) => {
      const { take } = await createLimiter(() => limits).hold([PERSON], [], trx);
      return [take(PERSON), take(PERSON), take(PERSON), take({ ...PERSON, userId: 'U2' })];
    });
    const reached = { ...REACHED, limit: limits.openSessions === 1 ? 'openSessions' : 'startsPerHour' };
    expect(taken).toEqual([null, reached, reached, null]);
  });

  test('keep nobody waiting who is accepted together with a person that the other replica holds', async () => {
    const { db, interactive } = await setUp();
    await db.transaction().execute(async (trx) => {
      await limiter.hold([PERSON], [], trx);
      const together = interactive
        .transaction()
        .execute(async (second) => limiter.hold([PERSON, { ...PERSON, userId: 'U2' }], [], second));
      await expect(together).rejects.toThrow('lock timeout');
    });
  });

  test('count what the person asked for in that workspace only', async () => {
    const { db, insert } = await setUp();
    await db.transaction().execute(async (trx) => insert('r1', trx));
    const used = async (teamId: string) => (await limiter.usage({ ...PERSON, teamId }, db)).usage;
    expect(await used('T1')).toEqual({ openSessions: 1, startsPerHour: 1 });
    expect(await used('T2')).toEqual({ openSessions: 0, startsPerHour: 0 });
  });

  test('count by the hour what was asked for here, with or without an answer', async () => {
    const { db, insert } = await setUp();
    const { usage } = createLimiter(() => ({ openSessions: 0, startsPerHour: 9 }));
    const rows = [
      ['created', 'command', 0],
      ['unknown', 'form', 59],
      ['created', 'command', 61],
      ['created', 'command', 61, 59],
      ['created', 'follow', 0],
      ['failed', 'command', 0],
      ['refused', 'command', 0],
    ] as const;
    const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000);
    for (const [at, [state, source, minutes, resumed]] of rows.entries()) {
      await db.transaction().execute(async (trx) => insert(`r${at}`, trx));
      const resumedAt = resumed === undefined ? null : ago(resumed);
      await db
        .updateTable('sessionRequests')
        .set({ state, source, createdAt: ago(minutes), resumedAt })
        .where('id', '=', `r${at}`)
        .execute();
    }
    expect((await usage(PERSON, db)).usage).toEqual({ openSessions: 0, startsPerHour: 3 });
  });

  test.each([
    ['working', 1],
    ['needs-you', 1],
    ['finished', 0],
  ] as const)('count a session that is %s as open: %i', async (phase, openSessions) => {
    const { db, insert, bind } = await setUp();
    await db.transaction().execute(async (trx) => {
      await insert('r1', trx);
      await bind(trx, { phase });
    });
    await db.updateTable('sessionRequests').set({ state: 'created', source: 'command' }).execute();
    expect((await limiter.usage(PERSON, db)).usage.openSessions).toBe(openSessions);
    const elsewhere = await limiter.usage({ ...PERSON, teamId: 'T2' }, db);
    expect(elsewhere.usage.openSessions).toBe(0);
  });

  test('count what the other replica is sending', async () => {
    const { db, interactive, insert, send } = await setUp();
    await db.transaction().execute(async (trx) => {
      for (const id of ['r1', 'r2']) await insert(id, trx);
    });
    const other = await db.transaction().execute(async (trx) => {
      expect(await limiter.beforeSending(PERSON, trx)).toBeNull();
      const asking = interactive
        .transaction()
        .execute(async (second) => limiter.beforeSending(PERSON, second));
      await oneWaits(db);
      await send('r1', trx);
      return { asking };
    });
    expect(await other.asking).toEqual(REACHED);
  });
});
