import { fsyncSync } from 'node:fs';
import type { MessagePort } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import type { Transaction } from '@electric-sql/pglite';
import { GuardedPGlite } from './guarded-pglite.ts';
import { errorFacts } from './protocol.ts';
import type { Call, Order, Report } from './protocol.ts';
import { SyncedNodeFS } from './synced-node-fs.ts';
import type { Fsync } from './synced-node-fs.ts';

/** PGlite starts with `-F` (no fsync) otherwise. Its WAL is kept small: nothing else trims it in single-user mode. */
const START_PARAMETERS = [
  ...PGlite.defaultStartParams.filter((parameter) => parameter !== '-F'),
  ...[
    'fsync=on',
    'wal_sync_method=fsync',
    'shared_buffers=8MB',
    'min_wal_size=32MB',
    'max_wal_size=64MB',
    // A tenth of the usual sample: 100 ms instead of 1 s a table, and enough for statements that name what they want.
    'default_statistics_target=10',
  ].flatMap((setting) => ['-c', setting]),
];

/** The other end of database-thread.ts: runs the database in this thread, for the process behind the port. */
export function serve(port: MessagePort, fsync: Fsync = fsyncSync): void {
  const report = (said: Report<unknown>): void => port.postMessage(said);
  let obey: ((order: Later) => Promise<unknown>) | null = null;

  async function take(order: Order): Promise<unknown> {
    if (order.do !== 'open') {
      if (obey === null) throw new Error('the database is not open');
      return obey(order);
    }
    const pglite = await startPGlite(order, fsync, (panic) =>
      report({ kind: 'panicked', error: errorFacts(panic) }),
    );
    obey = createServant(pglite, (channel, payload) => report({ kind: 'notified', channel, payload }));
    return null;
  }

  port.on('message', ({ id, order }: Call) => {
    take(order).then(
      (value) => report({ kind: 'done', id, value }),
      (error: unknown) => report({ kind: 'failed', id, error: errorFacts(error) }),
    );
  });
}

/** What may be asked once it is open. */
type Later = Exclude<Order, { do: 'open' }>;

type Folder = { folder: string; fresh: boolean };

async function startPGlite(
  { folder, fresh }: Folder,
  fsync: Fsync,
  onPanic: (panic: Error) => void,
): Promise<GuardedPGlite> {
  const pglite = new GuardedPGlite(
    {
      fs: new SyncedNodeFS(folder, fsync),
      startParams: START_PARAMETERS,
      ...(fresh && { loadDataDir: await loadPrepared() }),
    },
    onPanic,
  );
  await pglite.waitReady;
  return pglite;
}

async function loadPrepared(): Promise<Blob> {
  const { dataDir } = await import('@electric-sql/pglite-prepopulatedfs');
  return dataDir();
}

type Open = { trx: Transaction; commit(): void; rollback(reason: Error): void; ended: Promise<void> };

function createServant(pglite: GuardedPGlite, onNotified: (channel: string, payload: string) => void) {
  const open = new Map<number, Open>();
  const at = (transaction: number): Open => {
    const found = open.get(transaction);
    if (found === undefined) throw new Error('the transaction is over');
    return found;
  };
  const on = (transaction: number | null): GuardedPGlite | Transaction =>
    transaction === null ? pglite : at(transaction).trx;

  async function begin(transaction: number): Promise<void> {
    const begun = Promise.withResolvers<void>();
    const end = Promise.withResolvers<void>();
    const ended = pglite.transaction(async (trx) => {
      open.set(transaction, { trx, commit: end.resolve, rollback: end.reject, ended });
      begun.resolve();
      await end.promise;
    });
    // Its end is awaited by who asks for it; here only a failed beginning counts.
    ended.catch(begun.reject);
    await begun.promise;
  }

  return async (order: Later): Promise<unknown> => {
    switch (order.do) {
      case 'query':
        return toResult(await on(order.transaction).query(order.sql, [...order.parameters]));
      case 'exec':
        return (await on(order.transaction).exec(order.sql)).map(toResult);
      case 'begin':
        return begin(order.transaction);
      case 'commit':
        at(order.transaction).commit();
        return at(order.transaction).ended.finally(() => open.delete(order.transaction));
      case 'rollback':
        at(order.transaction).rollback(new Error('rolled back'));
        await at(order.transaction).ended.catch(() => open.delete(order.transaction));
        return null;
      case 'listen':
        await pglite.listen(order.channel, (payload) => onNotified(order.channel, payload));
        return null;
      case 'close':
        return pglite.close();
    }
  };
}

/** Without what cannot leave the thread. */
function toResult({ rows, fields, affectedRows }: Awaited<ReturnType<PGlite['query']>>) {
  return { rows, fields, affectedRows };
}
