import { policySchema } from '../../src/session/policy/schema.ts';
import { openDatabase } from '../../src/store/database.ts';
import { createLedger } from '../../src/store/ledger.ts';
import { databaseClock } from '../../src/store/sql.ts';
import { createBudget } from '../../src/trust/budget.ts';

/** A process that reserves budget for its share of the requests, as a replica does right before it sends them. */

export const REPLICAS = 3;
export const REQUESTS = 300;
export const CAP = 7;
export const LIMITS = {
  acu_per_session: 7,
  acu_per_person_per_day: 60,
  acu_per_channel_per_day: 150,
  acu_per_month: 300,
};
const [PEOPLE, CHANNELS] = [6, 3];
/** More than the pool's connections, but few enough that none waits long for one. */
const AT_ONCE = 20;

async function reserveShare(databaseUrl: string, share: number): Promise<number> {
  const { db, close } = await openDatabase({ databaseUrl, dataDir: '' });
  const ledger = createLedger(db, databaseClock);
  const policy = policySchema.parse({ limits: LIMITS });
  const budget = createBudget(() => policy, ledger, db);
  /** Whether it fits. */
  const reserve = async (number: number): Promise<boolean> =>
    db.transaction().execute(async (trx) => {
      const spender = { teamId: 'T1', userId: `U${number % PEOPLE}`, channelId: `C${number % CHANNELS}` };
      const fit = await budget.fit({ ...spender, cap: CAP, approved: [] }, trx);
      if (fit === null) return false;
      await ledger.reserve({ ...spender, requestId: `r${number}`, cap: CAP, at: fit.at }, trx);
      return true;
    });
  const mine = Array.from({ length: REQUESTS }, (_none, number) => number)
    .filter((number) => number % REPLICAS === share)
    .values();
  let count = 0;
  const reserveSome = async (): Promise<void> => {
    for (const number of mine) if (await reserve(number)) count += 1;
  };
  await Promise.all(Array.from({ length: AT_ONCE }, reserveSome));
  await close();
  return count;
}

const { REPLICA_DATABASE: databaseUrl, REPLICA_SHARE: share } = process.env;
if (databaseUrl !== undefined && share !== undefined) {
  // All of them start once all are ready.
  process.once('message', () => {
    void reserveShare(databaseUrl, Number(share)).then((count) => {
      process.send?.({ count });
      process.disconnect();
    });
  });
  process.send?.('ready');
}
