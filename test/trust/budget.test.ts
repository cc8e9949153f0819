import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { usePostgres } from '../support/databases.ts';
import { bareEnvironment } from '../support/processes.ts';
import { CAP, LIMITS, REPLICAS, REQUESTS } from './replica.ts';

const doneSchema = z.object({ count: z.number() });

function startReplica(databaseUrl: string, share: number) {
  return fork(join(import.meta.dirname, 'replica.ts'), {
    env: { ...bareEnvironment(), REPLICA_DATABASE: databaseUrl, REPLICA_SHARE: String(share) },
    execPath: join('node_modules', '.bin', 'node'),
  });
}

/** Resolves with the next message of a process; rejects if it exits instead. */
async function messageOf(replica: ChildProcess): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  replica.once('message', resolve);
  replica.once('exit', (code) => reject(new Error(`A process exited with ${code}.`)));
  return promise;
}

describe(`${REQUESTS.toLocaleString('en')} requests at once, over three processes`, () => {
  const { open } = usePostgres();

  test('never reserve more than a ceiling', { timeout: 60_000 }, async () => {
    const { db, options } = await open();
    const url = options.databaseUrl ?? '';
    const replicas = Array.from({ length: REPLICAS }, (_none, share) => startReplica(url, share));
    await Promise.all(replicas.map(messageOf));
    const counts = await Promise.all(
      replicas.map(async (replica) => {
        const done = messageOf(replica);
        replica.send('go');
        return doneSchema.parse(await done).count;
      }),
    );
    const rows = await db.selectFrom('ledger').selectAll().execute();
    expect(rows).toHaveLength(counts.reduce((sum, one) => sum + one, 0));
    const most = (of: (row: (typeof rows)[number]) => string | null) =>
      Math.max(...[...Map.groupBy(rows, of).values()].map((group) => group.length * CAP));
    expect(most(({ userId }) => userId)).toBeLessThanOrEqual(LIMITS.acu_per_person_per_day);
    expect(most(({ channelId }) => channelId)).toBeLessThanOrEqual(LIMITS.acu_per_channel_per_day);
    // Everything that fits is reserved.
    expect(rows.length * CAP).toBe(Math.floor(LIMITS.acu_per_month / CAP) * CAP);
  });
});
