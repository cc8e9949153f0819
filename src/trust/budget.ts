import type { Transaction } from 'kysely';
import { CEILINGS, ceilingsOf, overCeiling } from '../session/policy/index.ts';
import type { CeilingKey, Policy, Spend } from '../session/policy/index.ts';
import type { Ledger, Spender } from '../store/ledger.ts';
import type { Db, Tables } from '../store/tables.ts';

type BudgetDeps = { policy: () => Policy | null; ledger: Pick<Ledger, 'lock' | 'spend'> };

type Asking = Spender & { cap: number | undefined; approved: readonly string[] };

/** `at`: the moment for which it fits, by the database's clock; in its day and month the reservation counts. */
export type Fit = { kind: 'fits'; at: Date } | { kind: 'over' };

export type Budget = ReturnType<typeof createBudget>;

/** Keeps what was reserved within the ceilings of the policy. */
export function createBudget({ policy, ledger }: BudgetDeps) {
  return {
    /** What counts under the ceilings that are in force. */
    async spend(spender: Spender, trx?: Db): Promise<{ at: Date; spend: Spend }> {
      return ledger.spend(inForce(policy()), spender, trx);
    },

    /** Right before it is sent. Until the end of the transaction nobody else reserves under the same ceilings. */
    async fit({ cap, approved, ...spender }: Asking, trx: Transaction<Tables>): Promise<Fit> {
      const now = policy();
      const keys = inForce(now);
      await ledger.lock(keys, spender, trx);
      const { at, spend } = await ledger.spend(keys, spender, trx);
      const over = now === null ? null : overCeiling(ceilingsOf(now, { spend, approved }), cap);
      return over === null ? { kind: 'fits', at } : { kind: 'over' };
    },
  };
}

function inForce(policy: Policy | null): CeilingKey[] {
  return CEILINGS.filter((key) => policy?.limits[key] !== undefined);
}
