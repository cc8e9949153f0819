import { describe, expect, test } from 'vitest';
import { policySchema } from '../../src/session/policy/index.ts';
import { databaseClock } from '../../src/store/database.ts';
import type { Database } from '../../src/store/database.ts';
import { createLedger } from '../../src/store/ledger.ts';
import { migrate } from '../../src/store/migrations/index.ts';
import { createBudget } from '../../src/trust/budget.ts';
import { usePostgres } from '../support/databases.ts';

const REPLICAS = 3;
const REQUESTS = 1000;
const CAP = 7;
const [PEOPLE, CHANNELS] = [6, 3];
const LIMITS = { acu_per_person_per_day: 60, acu_per_channel_per_day: 150, acu_per_month: 300 };

/** Reserves as a request does that is about to be sent; false: it doesn't fit. */
function replicaOn({ db }: Pick<Database, 'db'>) {
  const ledger = createLedger(db, databaseClock);
  const policy = policySchema.parse({ limits: LIMITS });
  const budget = createBudget({ policy: () => policy, ledger });
  return async (number: number): Promise<boolean> =>
    db.transaction().execute(async (trx) => {
      const spender = {
        teamId: 'T1',
        userId: `U${number % PEOPLE}`,
        channelId: `C${number % CHANNELS}`,
      };
      const fit = await budget.fit({ ...spender, cap: CAP, approved: [] }, trx);
      if (fit.kind === 'over') return false;
      await ledger.reserve({ ...spender, requestId: `r${number}`, cap: CAP, at: fit.at }, trx);
      return true;
    });
}

describe('a thousand requests at once, over three replicas', () => {
  const { createDatabase, open, url } = usePostgres();

  test('never reserve more than a ceiling', { timeout: 60_000 }, async () => {
    await createDatabase('budget');
    const databases = await Promise.all(
      Array.from({ length: REPLICAS }, async () => open({ databaseUrl: url('budget') })),
    );
    const [first] = databases;
    if (first === undefined) throw new Error('no database was opened');
    await migrate(first.db);
    const replicas = databases.map((database) => replicaOn(database));
    const reserved = await Promise.all(
      Array.from({ length: REQUESTS }, async (_none, number) => replicas[number % REPLICAS]?.(number)),
    );
    const rows = await first.db.selectFrom('ledger').selectAll().execute();
    expect(rows).toHaveLength(reserved.filter(Boolean).length);
    const most = (of: (row: (typeof rows)[number]) => string | null) =>
      Math.max(...[...Map.groupBy(rows, of).values()].map((group) => group.length * CAP));
    expect(most(({ userId }) => userId)).toBeLessThanOrEqual(LIMITS.acu_per_person_per_day);
    expect(most(({ channelId }) => channelId)).toBeLessThanOrEqual(LIMITS.acu_per_channel_per_day);
    // All that fits is given out.
    expect(rows.length * CAP).toBe(Math.floor(LIMITS.acu_per_month / CAP) * CAP);
  });
});
