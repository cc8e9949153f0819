import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { CEILINGS, type CeilingKey } from '../../src/session/policy/limits.ts';
import { policySchema } from '../../src/session/policy/schema.ts';
import { createLedger } from '../../src/store/ledger.ts';
import { clockOf, databaseClock } from '../../src/store/sql.ts';
import { describeOnBothDatabases, oneWaits, usePostgres } from '../support/databases.ts';

const limitsOn = (...keys: readonly CeilingKey[]) =>
  policySchema.parse({
    limits: { acu_per_session: 10, ...Object.fromEntries(keys.map((key) => [key, 100])) },
  }).limits;
const LIMITS = limitsOn(...CEILINGS);
/** No budget starts over during a test. */
const MIDDAY = new Date('2026-11-15T12:00:00Z');
const SPENDER = { teamId: 'T1', userId: 'U1', channelId: 'C1' };
const MISSING = { identity: null, sentAt: new Date(1), lostAt: new Date(1), nextLookAt: new Date(1) };

describeOnBothDatabases('what counts against the ceilings', (open) => {
  const setUp = async (now = () => MIDDAY) => {
    const { db } = await open();
    const ledger = createLedger(
      db,
      clockOf(() => now().getTime()),
    );
    const moment = async () => (await ledger.ceilings(LIMITS, SPENDER)).at;
    /** Used and reserved, by ceiling. */
    const spent = async (spender = SPENDER) =>
      Object.fromEntries(
        (await ledger.ceilings(LIMITS, spender)).ceilings.map(({ key, used, reserved }) => [
          key,
          used + reserved,
        ]),
      );
    const month = async () => (await spent())['acu_per_month'];
    const reserve = async (requestId: string, changes: object = {}) =>
      ledger.reserve({ requestId, ...SPENDER, cap: 10, at: await moment(), ...changes }, db);
    const bind = async (requestId: string, sessionId: string, late = false) =>
      ledger.bind({ requestId, ...SPENDER, cap: 10, sessionId, consumed: 0, late }, db);
    const lose = async (requestId: string) => ledger.lose({ requestId, ...MISSING }, db);
    const giveUp = async () => Promise.all((await ledger.lost(new Date())).map(ledger.giveUp));
    return { db, ledger, moment, spent, month, reserve, bind, lose, giveUp };
  };

  test('is the cap of a session in progress, and what it used once it rests', async () => {
    const { db, ledger, month, reserve, bind } = await setUp();
    await reserve('r1');
    expect(await month()).toBe(10);
    await bind('r1', 's1');
    await ledger.follow('s1', { consumed: 1.5, isOpen: true }, db);
    expect(await month()).toBe(10);
    await ledger.follow('s1', { consumed: 12, isOpen: true }, db);
    expect(await month()).toBe(12);
    await ledger.follow('s1', { consumed: 2.5, isOpen: false }, db);
    expect(await month()).toBe(2.5);
    await ledger.follow('s1', { consumed: 2.5, isOpen: true }, db);
    expect(await month()).toBe(10);
  });

  test('grows for the one who asked when a session uses more, and for nobody otherwise', async () => {
    const { db, ledger, reserve, bind } = await setUp();
    await reserve('r1');
    await bind('r1', 's1');
    const follow = async (consumed: number) => ledger.follow('s1', { consumed }, db);
    expect(await follow(0)).toBeNull();
    expect(await follow(9)).toMatchObject(SPENDER);
    expect(await follow(9)).toBeNull();
  });

  test('is both sessions of a request that was sent twice, until the lost one is given up', async () => {
    const { month, reserve, bind, lose, giveUp } = await setUp();
    await reserve('r1');
    await lose('r1');
    await reserve('r1');
    await bind('r1', 's2');
    // Its job may run twice.
    await bind('r1', 's2');
    expect(await month()).toBe(20);
    await giveUp();
    expect(await month()).toBe(10);
  });

  test('is bound, released or given up for its own request, in the order of its creations', async () => {
    const { db, ledger, month, reserve, bind, lose, giveUp } = await setUp();
    await reserve('r1', { cap: 100 });
    await reserve('r2', { cap: 10 });
    await lose('r2');
    await reserve('r2', { cap: 4 });
    await reserve('r3', { cap: 1000 });
    const close = async (sessionId: string) => ledger.follow(sessionId, { consumed: 1, isOpen: false }, db);
    await bind('r2', 'last');
    await close('last');
    expect(await month()).toBe(1111);
    await reserve('r2', { cap: 2 });
    await lose('r2');
    await bind('r2', 'first', true);
    await close('first');
    expect(await month()).toBe(1104);
    await reserve('r2', { cap: 3 });
    await ledger.release('r2', db);
    expect(await month()).toBe(1104);
    await reserve('r2', { cap: 3 });
    await giveUp();
    expect(await month()).toBe(1105);
    await ledger.release('r2', db);
    await ledger.release('r2', db);
    await giveUp();
    expect(await month()).toBe(1102);
  });

  test('is kept by person, by channel and for all', async () => {
    const { spent, reserve } = await setUp();
    await reserve('r1');
    await reserve('r2', { userId: 'U2', cap: 3 });
    await reserve('r3', { channelId: 'C2', cap: 4 });
    await reserve('r4', { teamId: 'T2', cap: 5 });
    expect(await spent()).toEqual({
      acu_per_person_per_day: 14,
      acu_per_channel_per_day: 13,
      acu_per_month: 22,
    });
  });

  test("starts over with the day and the month in UTC, whatever the database's time zone", async () => {
    let now = new Date('2026-11-29T23:59:59.999Z');
    const { db, ledger, spent, reserve, bind } = await setUp(() => now);
    await sql`set time zone 'Asia/Tokyo'`.execute(db);
    await reserve('r1');
    await bind('r1', 's1');
    await ledger.follow('s1', { consumed: 10, isOpen: false }, db);
    now = new Date('2026-11-30T00:00:00Z');
    expect(await spent()).toEqual({
      acu_per_person_per_day: 0,
      acu_per_channel_per_day: 0,
      acu_per_month: 10,
    });
    await reserve('r2', { at: new Date('2026-11-29T23:59:59.999Z') });
    expect(await spent()).toMatchObject({ acu_per_person_per_day: 10, acu_per_month: 20 });
    now = new Date('2026-12-01T00:00:00Z');
    expect(await spent()).toMatchObject({ acu_per_month: 0 });
  });

  test('counts a session on each day that it may use ACU, and wakes it only into a day that has room', async () => {
    let now = new Date('2026-11-29T12:00:00Z');
    const { db, ledger, reserve, bind } = await setUp(() => now);
    const today = async () => {
      const [day] = (await ledger.ceilings(LIMITS, SPENDER)).ceilings;
      return [day?.used, day?.reserved, day?.sessions];
    };
    await reserve('r1');
    await bind('r1', 's1');
    await ledger.follow('s1', { consumed: 3, isOpen: true }, db);
    expect(await today()).toEqual([3, 7, 1]);
    // Past midnight it holds what it may still use, before and after Devin is asked again.
    now = new Date('2026-11-30T00:00:01Z');
    expect(await today()).toEqual([0, 7, 1]);
    await ledger.follow('s1', { consumed: 4, isOpen: true }, db);
    expect(await today()).toEqual([0, 6, 1]);
    await ledger.follow('s1', { consumed: 4.5, isOpen: false }, db);
    expect(await today()).toEqual([0.5, 0, 0]);
    expect(await ledger.unreserved('s1', db)).toEqual({ ...SPENDER, rest: 6 });
    now = new Date('2026-12-02T00:00:00Z');
    expect(await today()).toEqual([0, 0, 0]);
    await ledger.hold('s1', db);
    expect(await ledger.unreserved('s1', db)).toBeNull();
    expect(await today()).toEqual([0, 6, 1]);
    // Devin still says that it rests.
    await ledger.follow('s1', { consumed: 4.5, isOpen: false }, db);
    expect(await today()).toEqual([0, 6, 1]);
    await ledger.follow('s1', { consumed: 6, isOpen: true }, db);
    await ledger.follow('s1', { consumed: 6, isOpen: false }, db);
    expect(await today()).toEqual([1.5, 0, 0]);
    await ledger.hold('s1', db);
    await ledger.letGo('s1');
    expect(await today()).toEqual([1.5, 0, 0]);
  });

  test('includes a session that the database had lost: from the list at once, with its person from the card', async () => {
    const { db, ledger, moment, spent } = await setUp();
    expect(await ledger.isEmpty()).toBe(true);
    const found = {
      requestId: 'r1',
      sessionId: 's1',
      teamId: 'T1',
      consumed: 2,
      isOpen: true,
      startedAt: await moment(),
    };
    await ledger.add({ ...found, userId: null, channelId: null, cap: null });
    expect(await spent()).toMatchObject({
      acu_per_person_per_day: 0,
      acu_per_channel_per_day: 0,
      acu_per_month: 2,
    });
    await ledger.add({ ...found, userId: 'U1', channelId: 'C1', cap: 10 });
    const whole = { acu_per_person_per_day: 10, acu_per_channel_per_day: 10, acu_per_month: 10 };
    expect(await spent()).toEqual(whole);
    await ledger.add({ ...found, userId: null, channelId: null, cap: null });
    expect(await spent()).toEqual(whole);
    expect(await db.selectFrom('ledger').selectAll().execute()).toHaveLength(1);
    expect(await ledger.isEmpty()).toBe(false);
  });
});

describe('a reservation', () => {
  const { open } = usePostgres();

  test.each<[CeilingKey, other: object]>([
    ['acu_per_person_per_day', { channelId: 'C2' }],
    ['acu_per_channel_per_day', { userId: 'U2' }],
    ['acu_per_month', { teamId: 'T2', userId: 'U2', channelId: 'C2' }],
  ])('waits for another one that counts for the same %s', async (key, other) => {
    const { db, interactive } = await open();
    const ledger = createLedger(db, databaseClock);
    const { second } = await db.transaction().execute(async (trx) => {
      await ledger.lock(limitsOn(key), SPENDER, trx);
      const locking = async () =>
        interactive
          .transaction()
          .execute(async (next) => ledger.lock(limitsOn(key), { ...SPENDER, ...other }, next));
      const started = { second: locking() };
      await oneWaits(db);
      return started;
    });
    await expect(second).resolves.toBeUndefined();
  });
});
