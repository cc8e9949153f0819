import type { Transaction } from 'kysely';
import type { Enqueue } from '../queue/index.ts';
import {
  alertName,
  alertsOf,
  CEILINGS,
  ceilingsOf,
  highestMarks,
  overCeiling,
  type BudgetAlert,
  type CeilingKey,
  type CeilingLeft,
  type Spend,
} from '../session/policy/limits.ts';
import type { Policy } from '../session/policy/schema.ts';
import { noteAlerts, type Ledger, type Spender } from '../store/ledger.ts';
import type { Tables } from '../store/tables.ts';

type BudgetDeps = { policy: () => Policy | null; ledger: Pick<Ledger, 'follow' | 'lock' | 'spend'> };

type Asking = Spender & { cap: number | undefined; approved: readonly string[] };

/** `at`: the reservation counts in this day and month, by the database's clock; null: when it is recorded. */
export type Reservation = { at: Date | null; alerts: readonly BudgetAlert[] };
export type Fit = ({ kind: 'fits' } & Reservation) | { kind: 'over' };

export type Budget = ReturnType<typeof createBudget>;

/** Keeps reservations within the policy's ceilings. */
export function createBudget({ policy, ledger }: BudgetDeps) {
  return {
    /** What counts under the ceilings that are in force. */
    async spend(spender: Spender): Promise<{ at: Date; spend: Spend }> {
      return ledger.spend(inForce(policy()), spender);
    },

    /** What is left of each ceiling that is in force. */
    async left(spender: Spender): Promise<CeilingLeft[]> {
      const now = policy();
      if (now === null) return [];
      const { spend } = await ledger.spend(inForce(now), spender);
      return ceilingsOf(now, { spend });
    },

    /** Checked right before it is sent. Others can't reserve under these ceilings until the transaction ends. */
    async fit({ cap, approved, ...spender }: Asking, trx: Transaction<Tables>): Promise<Fit> {
      const now = policy();
      const keys = inForce(now);
      if (now === null || keys.length === 0) return { kind: 'fits', at: null, alerts: [] };
      await ledger.lock(keys, spender, trx);
      const { at, spend } = await ledger.spend(keys, spender, trx);
      if (overCeiling(ceilingsOf(now, { spend, approved }), cap) !== null) return { kind: 'over' };
      const alerts = alertsOf(ceilingsOf(now, { spend }), { ...spender, cap: cap ?? 0, at });
      return { kind: 'fits', at, alerts: now.owners === undefined ? [] : alerts };
    },

    /**
     * Counts what a session used; call it in the transaction that records Devin's answer. A session without a cap, or one
     * whose cap was raised in Devin, can pass a mark that its reservation didn't.
     */
    async follow(
      sessionId: string,
      consumption: Parameters<Ledger['follow']>[1],
      trx: Transaction<Tables>,
    ): Promise<readonly BudgetAlert[]> {
      const grown = await ledger.follow(sessionId, consumption, trx);
      const now = policy();
      if (grown === null || now?.owners === undefined) return [];
      // What is unknown after a lost database counts for no person and no channel.
      const { teamId, userId, channelId } = grown;
      const spender = { teamId, userId: userId ?? '', channelId: channelId ?? '' };
      const { at, spend } = await ledger.spend(inForce(now), spender, trx);
      return alertsOf(ceilingsOf(now, { spend }), { ...spender, cap: 0, at });
    },
  };
}

function inForce(policy: Policy | null): CeilingKey[] {
  return CEILINGS.filter((key) => policy?.limits[key] !== undefined);
}

/** Notifies the policy's owners of alerts that they haven't had yet. */
export async function alertOwners(
  enqueue: Enqueue,
  alerts: readonly BudgetAlert[],
  trx: Transaction<Tables>,
): Promise<void> {
  if (alerts.length === 0) return;
  const added = await noteAlerts(alerts.map(alertName), trx);
  const news = alerts.filter((alert) => added.has(alertName(alert)));
  for (const alert of highestMarks(news)) await enqueue('tell-owners', alert, { trx });
}
