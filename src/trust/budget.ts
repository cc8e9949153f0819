import type { Kysely, Transaction } from 'kysely';
import type { Enqueue } from '../queue/index.ts';
import {
  alertName,
  alertsOf,
  CEILINGS,
  ceilingsOf,
  overCeilings,
  ruleOf,
  type BudgetAlert,
  type Ceiling,
  type CeilingKey,
  type Spend,
  type Spender,
} from '../session/policy/limits.ts';
import { patternWords } from '../session/policy/patterns.ts';
import type { Policy } from '../session/policy/schema.ts';
import type { OverBudget } from '../session/reply.ts';
import type { Ledger } from '../store/ledger.ts';
import { markFirst, shownKey } from '../store/shown.ts';
import type { Tables } from '../store/store.ts';

/** `at`: the reservation counts in this day and month, by the database's clock; null: when it is recorded. */
export type Reservation = { at: Date | null };

export type Budget = ReturnType<typeof createBudget>;

/** Keeps reservations within the policy's ceilings. */
export function createBudget({
  policy,
  ledger,
  db,
}: {
  policy: () => Policy;
  ledger: Ledger;
  db: Kysely<Tables>;
}) {
  /** What the policy's owners are told of by now. */
  async function alerts(spender: Spender, trx?: Transaction<Tables>): Promise<BudgetAlert[]> {
    const now = policy();
    if (now.owners.length === 0) return [];
    const { at, spend } = await ledger.spend(inForce(now), spender, trx);
    return alertsOf(ceilingsOf(now, spend), spender, at);
  }

  return {
    alerts,

    /** What counts under the ceilings that are in force. */
    async spend(spender: Spender): Promise<{ at: Date; spend: Spend }> {
      return ledger.spend(inForce(policy()), spender);
    },

    /** The ceilings that are in force, with what counts. */
    async ceilings(spender: Spender): Promise<Ceiling[]> {
      const now = policy();
      return ceilingsOf(now, (await ledger.spend(inForce(now), spender)).spend);
    },

    /** Checked right before it is sent. Others can't reserve under these ceilings until the transaction ends. null: it is over one. */
    async fit(
      {
        cap = Infinity,
        approved,
        ...spender
      }: Spender & { cap: number | undefined; approved: readonly string[] },
      trx: Transaction<Tables>,
    ): Promise<Reservation | null> {
      const now = policy();
      const keys = inForce(now);
      if (keys.length === 0) return { at: null };
      await ledger.lock(keys, spender, trx);
      const { at, spend } = await ledger.spend(keys, spender, trx);
      const mayPass = now.limits.over === 'approve' ? approved : [];
      const over = overCeilings(ceilingsOf(now, spend), cap).filter(
        ({ key }) => !mayPass.includes(ruleOf(key)),
      );
      return over.length > 0 ? null : { at };
    },

    /**
     * Before a message goes to a session: what the session may still use has to be reserved in this day, in the same way as at
     * its start. null: it is; otherwise why not.
     */
    async wake(sessionId: string): Promise<OverBudget | null> {
      const now = policy();
      const keys = inForce(now);
      if (keys.length === 0) return null;
      return db.transaction().execute(async (trx) => {
        const session = await ledger.unreserved(sessionId, trx);
        if (session === null) return null;
        await ledger.lock(keys, session, trx);
        const { spend } = await ledger.spend(keys, session, trx);
        const [ceiling] = overCeilings(ceilingsOf(now, spend), session.rest);
        const owners = now.owners.map(patternWords);
        if (ceiling !== undefined) return { kind: 'over-budget', ceiling, rest: session.rest, owners };
        await ledger.hold(sessionId, trx);
        return null;
      });
    },

    /** The message didn't reach the session. */
    letGo: ledger.letGo,

    /** Counts what a session used; call it in the transaction that records Devin's answer. */
    async follow(
      sessionId: string,
      consumption: Parameters<Ledger['follow']>[1],
      trx: Transaction<Tables>,
    ): Promise<readonly BudgetAlert[]> {
      const grown = await ledger.follow(sessionId, consumption, trx);
      if (grown === null) return [];
      // What is unknown after a lost database counts for no person and no channel.
      const { teamId, userId, channelId } = grown;
      return alerts({ teamId, userId: userId ?? '', channelId: channelId ?? '' }, trx);
    },
  };
}

function inForce({ limits }: Policy): CeilingKey[] {
  return CEILINGS.filter((key) => limits[key] !== undefined);
}

/** Notifies the policy's owners of alerts that they haven't had yet. */
export async function alertOwners(
  enqueue: Enqueue,
  alerts: readonly BudgetAlert[],
  trx: Transaction<Tables>,
): Promise<void> {
  if (alerts.length === 0) return;
  const keyOf = (alert: BudgetAlert): string => shownKey('alerts', alertName(alert));
  const added = await markFirst(alerts.map(keyOf), trx);
  const news = alerts.filter((alert) => added.has(keyOf(alert)));
  for (const alert of news) await enqueue('show', { key: keyOf(alert) }, { trx });
}
