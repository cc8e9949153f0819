import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { createLog } from '../../src/log.ts';
import { createQueue } from '../../src/queue/jobs.ts';
import { usePostgres } from '../support/databases.ts';
import { proxyTo } from '../support/tcp-proxy.ts';

/** Longer than an answer takes on a busy machine. */
const SILENT_MS = 2000;
/** Longer than any test. */
const SLOWLY = sql`select pg_sleep(600)`;

describe('a connection to Postgres', () => {
  const postgres = usePostgres();
  let count = 0;
  const openThroughProxy = async (silentMs?: number) => {
    const name = `proxied-${(count += 1)}`;
    await postgres.createDatabase(name);
    const proxy = await proxyTo(postgres.url(name));
    const database = await postgres.open({
      databaseUrl: proxy.url,
      ...(silentMs !== undefined && { silentMs }),
    });
    return { ...database, proxy };
  };

  test('that no longer answers fails its statements, and is replaced', async () => {
    const { db, ping, proxy } = await openThroughProxy(SILENT_MS);
    const under = db.transaction().execute(async (trx) => {
      await sql`select 1`.execute(trx);
      proxy.silence();
      await expect(sql`select 2`.execute(trx)).rejects.toThrow('silent');
    });
    await expect(under).rejects.toThrow('not queryable');
    await expect(ping()).resolves.toBeUndefined();
  });

  test('whose process no longer goes on with a transaction is ended by the server', async () => {
    const { db, interactive } = await openThroughProxy();
    const timeouts = [db, interactive].map(async (pool) => {
      const { rows } = await sql`show idle_in_transaction_session_timeout`.execute(pool);
      return rows;
    });
    expect((await Promise.all(timeouts)).flat()).toEqual([
      { idleInTransactionSessionTimeout: '15s' },
      { idleInTransactionSessionTimeout: '500ms' },
    ]);
  });

  test('of the queue fails the same way', async () => {
    const database = await openThroughProxy(SILENT_MS);
    const queue = createQueue({ database, log: createLog('silent') });
    await queue.start();
    try {
      database.proxy.silence();
      await expect(queue.depth()).rejects.toThrow('silent');
      await expect(queue.depth()).resolves.toHaveProperty('create-session');
    } finally {
      await queue.stop({ timeoutMs: 0 });
    }
  });

  test('that breaks during a statement fails only that', async () => {
    const { db, ping, proxy } = await openThroughProxy();
    const under = db.transaction().execute(async (trx) => {
      await sql`select 1`.execute(trx);
      const slow = SLOWLY.execute(trx);
      proxy.cut();
      await slow;
    });
    await expect(under).rejects.toThrow(/./);
    await expect(ping()).resolves.toBeUndefined();
  });

  test('that the server ends between two statements fails only the second', async () => {
    const { db, interactive, ping } = await openThroughProxy();
    const between = db.transaction().execute(async (trx) => {
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(trx);
      await sql`select pg_terminate_backend(${rows[0]?.pid}, 10000)`.execute(interactive);
      await sql`select 1`.execute(trx);
    });
    await expect(between).rejects.toThrow(/./);
    await expect(ping()).resolves.toBeUndefined();
  });

  test('of the queue can break without stopping the queue', async () => {
    const database = await openThroughProxy();
    const queue = createQueue({ database, log: createLog('silent') });
    await queue.start();
    try {
      const asking = queue.depth();
      database.proxy.cut();
      await asking.catch(() => undefined);
      // Each statement that meets one of the pool's other broken connections fails, too.
      await expect.poll(async () => queue.depth().catch(() => null)).toHaveProperty('create-session');
    } finally {
      await queue.stop({ timeoutMs: 0 });
    }
  });
});
