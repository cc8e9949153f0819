import type { Transaction } from 'kysely';
import type { Tables } from './tables.ts';

/** Notes that owners are told; returns what they were not told before. */
export async function noteAlerts(names: readonly string[], trx: Transaction<Tables>): Promise<Set<string>> {
  if (names.length === 0) return new Set();
  const added = await trx
    .insertInto('budgetAlerts')
    .values(names.toSorted().map((name) => ({ name })))
    .onConflict((conflict) => conflict.doNothing())
    .returning('name')
    .execute();
  return new Set(added.map(({ name }) => name));
}
