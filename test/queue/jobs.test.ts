import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterEach, expect, test } from 'vitest';
import { createQueue, Later, LeaseLostError, type Queue } from '../../src/queue/index.ts';
import type { Database } from '../../src/store/database.ts';
import { describeOnBothDatabases } from '../support/databases.ts';
import { captureLog } from '../support/log-lines.ts';

/** Longer than any test: a job that starts didn't wait for a poll. */
const NO_POLL_SECONDS = 600;

type Setup = {
  database: Database;
  concurrency?: number;
  pollSeconds?: number;
  /** Left out: each job is added to what was seen. */
  handler?: (job: {
    requestId: string;
    signal: AbortSignal;
    queue: Queue;
    add: (id: string) => void;
  }) => Promise<number | null | void>;
};

/** Stopped before their database is closed: hooks run last in, first out. */
const queues: Queue[] = [];

async function startQueue({
  database,
  concurrency = 4,
  pollSeconds = NO_POLL_SECONDS,
  handler = async ({ requestId, add }) => add(requestId),
}: Setup) {
  const { log, text: logged } = captureLog();
  const queue = createQueue({ database, log, pollSeconds });
  const { seen, add, reached } = createTally();
  const work = async ({ requestId }: { requestId: string }, { signal }: { signal: AbortSignal }) =>
    handler({ requestId, signal, queue, add });
  queue.work('create-session', work, { concurrency });
  queues.push(queue);
  await queue.start();
  return { queue, logged, seen, reached };
}

/** What happened so far, and a way to wait until it happened `count` times. */
function createTally() {
  const seen: string[] = [];
  const waiting = new Map<number, () => void>();
  return {
    seen,
    add(id: string) {
      seen.push(id);
      waiting.get(seen.length)?.();
    },
    async reached(count: number): Promise<void> {
      if (seen.length >= count) return;
      await new Promise<void>((resolve) => {
        waiting.set(count, resolve);
      });
    },
  };
}

const send = (queue: Queue, requestId: string) => queue.enqueue('create-session', { requestId });

describeOnBothDatabases('the queue', (open, kind) => {
  const start = async (setup: Partial<Setup> = {}) => {
    const database = setup.database ?? (await open());
    return { database, ...(await startQueue({ ...setup, database })) };
  };

  afterEach(async () => {
    await Promise.all(queues.splice(0).map((queue) => queue.stop({ timeoutMs: 0 })));
  });

  test('starts a job when its transaction commits, not before, and without a poll', async () => {
    const { database, queue, seen, reached } = await start();
    await database.db.transaction().execute(async (trx) => {
      await queue.enqueue('create-session', { requestId: 'one' }, { trx });
      await sql`select pg_sleep(0.1)`.execute(trx);
      expect(seen).toEqual([]);
    });
    await reached(1);
    expect(seen).toEqual(['one']);
  });

  test('has no job if its transaction is rolled back', async () => {
    const { database, queue, seen, reached } = await start();
    const undone = database.db.transaction().execute(async (trx) => {
      await queue.enqueue('create-session', { requestId: 'undone' }, { trx });
      throw new Error('undo');
    });
    await expect(undone).rejects.toThrow('undo');
    await send(queue, 'next');
    await reached(1);
    expect(seen).toEqual(['next']);
    await expect(queue.depth()).resolves.toMatchObject({ 'create-session': { due: 0, later: 0 } });
  });

  // On Postgres, others may run.
  test.runIf(kind === 'embedded')(
    'starts at once what a process that died was doing, unless that may be why it died',
    async () => {
      const database = await open();
      const sender = createQueue({ database, log: { error: () => {}, warn: () => {} } });
      await sender.start();
      await send(sender, 'deadly');
      await send(sender, 'left');
      await sender.stop({ timeoutMs: 0 });
      await sql`update pgboss.job set state = 'active', started_on = now(), heartbeat_on = now() + interval '1 hour',
        retry_count = case singleton_key when 'deadly' then 3 else 0 end`.execute(database.db);
      const { seen, reached } = await start({ database });
      await reached(1);
      expect(seen).toEqual(['left']);
    },
  );

  test('queues one waiting job for a key, and another once that runs', async () => {
    const { queue, seen, reached } = await start({
      concurrency: 1,
      async handler({ requestId, add }) {
        add(requestId);
        if (requestId !== 'first' || seen.length > 1) return;
        await send(queue, 'same');
        await send(queue, 'same');
        await send(queue, 'first');
        await send(queue, 'first');
      },
    });
    await send(queue, 'first');
    await reached(3);
    expect(seen).toEqual(['first', 'same', 'first']);
  });

  // The embedded database does one transaction at a time.
  test.runIf(kind === 'postgres')(
    'shows a waiting job what was written by a transaction that joined it',
    async () => {
      const database = await open();
      await sql`create table notes (id text)`.execute(database.db);
      const { seen, add, reached } = createTally();
      const sender = createQueue({ database, log: { error: () => {}, warn: () => {} } });
      queues.push(sender);
      await sender.start();
      await send(sender, 'key');
      await database.db.transaction().execute(async (trx) => {
        await sql`insert into notes values ('written')`.execute(trx);
        await sender.enqueue('create-session', { requestId: 'key' }, { trx });
        await startQueue({
          database,
          pollSeconds: 0.5,
          async handler() {
            const { rows } = await sql<{ id: string }>`select id from notes`.execute(database.db);
            rows.forEach(({ id }) => add(id));
          },
        });
        await sql`select pg_sleep(0.3)`.execute(trx);
      });
      await reached(1);
      expect(seen).toEqual(['written']);
    },
  );

  test('starts a scheduled job at once, without a poll, if it is enqueued again without a delay', async () => {
    const { queue, seen, reached } = await start();
    const job = { requestId: 'key' };
    await queue.enqueue('create-session', job, { startAfterMs: 3_600_000 });
    await queue.enqueue('create-session', job);
    await reached(1);
    expect(seen).toEqual(['key']);
    await expect(queue.depth()).resolves.toMatchObject({ 'create-session': { due: 0, later: 0 } });
  });

  test('starts an interactive job before the others', async () => {
    const { queue, seen, reached } = await start({
      concurrency: 1,
      async handler({ requestId, add }) {
        add(requestId);
        if (requestId !== 'first') return;
        for (const id of ['one', 'two']) await send(queue, id);
        await queue.enqueue('create-session', { requestId: 'url' }, { interactive: true });
        await queue.enqueue('create-session', { requestId: 'two' }, { interactive: true });
      },
    });
    await send(queue, 'first');
    await reached(4);
    const [first, ...others] = seen;
    // Jobs of one millisecond are in no order.
    expect([first, others.slice(0, 2).toSorted(), others[2]]).toEqual(['first', ['two', 'url'], 'one']);
  });

  test('keeps one job for a key, however often it fails and is enqueued', async () => {
    const queued = async (): Promise<number> => {
      const { rows } = await sql<{ id: string }>`select id from pgboss.job where state < 'active'`.execute(
        database.db,
      );
      return rows.length;
    };
    const { database, queue, reached } = await start({
      concurrency: 1,
      pollSeconds: 0.5,
      async handler({ requestId, add }) {
        // Enqueued while it runs and fails.
        for (let count = 0; count < 3; count += 1) await send(queue, requestId);
        add(requestId);
        throw new Error('an outage');
      },
    });
    await send(queue, 'key');
    for (let runs = 1; runs <= 4; runs += 1) {
      await reached(runs);
      await send(queue, 'key');
      expect(await queued()).toBeLessThanOrEqual(1);
    }
  });

  test.each([
    ['again after as long as it asks', '1 second', 300, 2, []],
    ['no more after its window, and its handler is told', '2 hours', 300, 1, ['busy']],
    ['no more if it asks for more than is left', '1 minute', 3_590_000, 1, ['busy']],
  ])('does what can only be done later %s', async (_when, age, afterMs, runs, told) => {
    const database = await open();
    const queue = createQueue({ database, log: { error: () => {}, warn: () => {} }, pollSeconds: 0.1 });
    queues.push(queue);
    const { seen, add, reached } = createTally();
    const over: string[] = [];
    queue.work(
      'create-session',
      async ({ requestId }) => {
        add(requestId);
        if (seen.length < 2) throw new Later('busy', afterMs);
        return Promise.resolve();
      },
      { concurrency: 1, over: async (_job, why) => Promise.resolve(over.push(why)) },
    );
    await queue.start();
    await database.db.transaction().execute(async (trx) => {
      await queue.enqueue('create-session', { requestId: 'one' }, { trx });
      await sql`update pgboss.job set created_on = now() - ${age}::interval`.execute(trx);
    });
    await reached(runs);
    await expect.poll(() => over).toEqual(told);
    expect(seen).toHaveLength(runs);
  });

  test('does a job again if another process was ending it, or the database was down', async () => {
    const database = await open();
    const queue = createQueue({
      database,
      log: { error: () => {}, warn: () => {} },
      pollSeconds: 0.1,
      leaseMs: 300,
    });
    queues.push(queue);
    const { seen, add, reached } = createTally();
    const failures = [new LeaseLostError('it'), new Error('the database is down')];
    const over = async () => {
      add('over');
      const failure = failures.shift();
      return failure === undefined ? Promise.resolve() : Promise.reject(failure);
    };
    queue.work('create-session', async () => Promise.reject(new Later('busy', 3_600_000)), {
      concurrency: 1,
      over,
    });
    await queue.start();
    await send(queue, 'one');
    await reached(3);
    await expect
      .poll(async () => (await queue.depth())['create-session'])
      .toEqual({ due: 0, later: 0, active: 0 });
    expect(seen).toHaveLength(3);
  });

  test("retries failed jobs, says so once, and keeps the error's content out of log and database", async () => {
    const { database, queue, logged, reached } = await start({
      pollSeconds: 0.5,
      async handler({ requestId, add }) {
        add(requestId);
        if (requestId.startsWith('failing'))
          throw Object.assign(new Error('no answer'), { code: 'timeout', body: 'hidden-word' });
      },
    });
    await send(queue, 'failing');
    await send(queue, 'failing too');
    await reached(4);
    expect(logged()).toMatch(/^.*timeout.*a job failed.*\n$/);
    expect(logged()).not.toContain('hidden-word');
    const { rows } = await sql<{ job: string }>`select to_jsonb(job)::text as job from pgboss.job`.execute(
      database.db,
    );
    expect(rows.map(({ job }) => job).join()).not.toMatch(/hidden-word|no answer/);
  });

  test('runs each committed job once, and no other, during many transactions', async () => {
    const { database, queue, seen, reached } = await start({
      database: await open({}),
      async handler({ requestId, add }) {
        await sql`insert into notes values (${`done ${requestId}`})`.execute(database.db);
        add(requestId);
      },
    });
    await sql`create table notes (id text)`.execute(database.db);
    const ids = Array.from({ length: 60 }, (_, index) => `${index % 3 === 0 ? 'undone' : 'kept'}-${index}`);
    const sent = ids.map((id) =>
      database.db.transaction().execute(async (trx) => {
        await sql`insert into notes values (${id})`.execute(trx);
        await queue.enqueue('create-session', { requestId: id }, { trx });
        if (id.startsWith('undone')) throw new Error('undo');
      }),
    );
    await Promise.allSettled(sent);
    await reached(40);
    await queue.stop({ timeoutMs: 5000 });
    expect(seen.toSorted()).toEqual(ids.filter((id) => id.startsWith('kept')).toSorted());
    const { rows } = await sql<{ id: string }>`select id from notes`.execute(database.db);
    expect(rows).toHaveLength(80);
  });

  test('waits for running jobs when it stops, and leaves waiting jobs to the next start', async () => {
    const held = Promise.withResolvers<void>();
    const { queue, seen, reached } = await start({
      concurrency: 1,
      async handler({ requestId, add }) {
        add(`${requestId} began`);
        await held.promise;
        add(`${requestId} ended`);
      },
    });
    await send(queue, 'running');
    await reached(1);
    await send(queue, 'waiting');
    const stopping = queue.stop({ timeoutMs: 60_000 });
    // From here on, it takes no other job.
    await setImmediate();
    held.resolve();
    await stopping;
    expect(seen).toEqual(['running began', 'running ended']);
    await queue.start();
    await reached(4);
    expect(seen.slice(2)).toEqual(['waiting began', 'waiting ended']);
  });

  test('aborts a job that takes too long at the stop, lets it record that, and runs it after the next start', async () => {
    const database = await open();
    const { queue, ...first } = await start({
      database,
      async handler({ requestId, signal, add }) {
        add(requestId);
        await once(signal, 'abort');
        await sql`select 1`.execute(database.db);
        add(`${requestId} recorded`);
        throw new Error('aborted');
      },
    });
    await send(queue, 'long');
    await first.reached(1);
    await queue.stop({ timeoutMs: 10 });
    expect(first.seen).toEqual(['long', 'long recorded']);
    const second = await start({ database, pollSeconds: 0.5 });
    await second.reached(1);
    expect(second.seen).toEqual(['long']);
  });

  // As above.
  test.runIf(kind === 'postgres')('stops even if a job ignores the signal, and runs it later', async () => {
    const { database, queue, reached } = await start({
      async handler({ requestId, add }) {
        add(requestId);
        await new Promise(() => {});
      },
    });
    await send(queue, 'deaf');
    await reached(1);
    await queue.stop({ timeoutMs: 10 });
    const second = await start({ database, pollSeconds: 0.5 });
    await second.reached(1);
    expect(second.seen).toEqual(['deaf']);
  });

  test('retries a job whose payload it cannot read, for a version that can', async () => {
    const { database, queue, logged, seen, reached } = await start({ pollSeconds: 0.5 });
    await database.db.transaction().execute(async (trx) => {
      await queue.enqueue('create-session', { requestId: 'changed' }, { trx });
      await sql`update pgboss.job set data = '{"requestId": 1}'`.execute(trx);
    });
    await send(queue, 'good');
    await reached(1);
    expect(seen).toEqual(['good']);
    const repaired = sql`update pgboss.job set data = '{"requestId": "changed"}' where state = 'retry' returning id`;
    await expect.poll(async () => (await repaired.execute(database.db)).rows.length).toBe(1);
    expect(logged()).toContain('it will be retried');
    await reached(2);
    expect(seen).toEqual(['good', 'changed']);
  });
});
