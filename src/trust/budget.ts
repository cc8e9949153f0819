import type { Kysely, Transaction } from 'kysely';
import type { Enqueue } from '../queue/index.ts';
import { isAdministrator } from '../session/identity.ts';
import {
  alertName,
  alertsOf,
  ceilingsIn,
  overCeilings,
  ruleOf,
  type BudgetAlert,
  type Ceiling,
  type Spender,
} from '../session/policy/limits.ts';
import { patternWords } from '../session/policy/patterns.ts';
import type { Policy } from '../session/policy/schema.ts';
import type { OverBudget } from '../session/reply.ts';
import { maySeeUsage, sinceDays, summarize, type UsageAsked } from '../session/usage.ts';
import type { Slack } from '../slack/edge/slack.ts';
import type { UsageReport } from '../slack/views/usage.ts';
import { MOST_REPORTED, type Ledger } from '../store/ledger.ts';
import { markFirst, shownKey } from '../store/shown.ts';
import type { Store, Tables } from '../store/store.ts';
import { isOwner } from './approvers.ts';

/** `at`: the reservation counts in this day and month, by the database's clock; null: when it is recorded. */
export type Reservation = { at: Date | null };

export type Budget = ReturnType<typeof createBudget>;

/** Keeps reservations within the policy's ceilings. */
export function createBudget(policy: () => Policy, ledger: Ledger, db: Kysely<Tables>) {
  /** What the policy's owners are told of by now. */
  async function alerts(spender: Spender, trx?: Transaction<Tables>): Promise<BudgetAlert[]> {
    const { owners, limits } = policy();
    if (owners.length === 0) return [];
    const { at, ceilings } = await ledger.ceilings(limits, spender, trx);
    return alertsOf(ceilings, spender, at);
  }

  return {
    alerts,

    /** The ceilings that are in force, with what counts, and as of when. */
    async ceilings(spender: Spender): Promise<{ at: Date; ceilings: Ceiling[] }> {
      return ledger.ceilings(policy().limits, spender);
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
      const { limits } = policy();
      if (ceilingsIn(limits).length === 0) return { at: null };
      await ledger.lock(limits, spender, trx);
      const { at, ceilings } = await ledger.ceilings(limits, spender, trx);
      const mayPass = limits.over === 'approve' ? approved : [];
      const isFree = overCeilings(ceilings, cap).every(({ key }) => mayPass.includes(ruleOf(key)));
      return isFree ? { at } : null;
    },

    /** Before a message: reserves what the session may still use today. null: it is; otherwise why not. */
    async wake(sessionId: string): Promise<OverBudget | null> {
      const { limits, owners } = policy();
      if (ceilingsIn(limits).length === 0) return null;
      return db.transaction().execute(async (trx) => {
        const session = await ledger.unreserved(sessionId, trx);
        if (session === null) return null;
        await ledger.lock(limits, session, trx);
        const { ceilings } = await ledger.ceilings(limits, session, trx);
        const { rest } = session;
        const [ceiling] = overCeilings(ceilings, rest);
        if (ceiling !== undefined)
          return { kind: 'over-budget', ceiling, rest, owners: owners.map(patternWords) };
        await ledger.hold(sessionId, trx);
        return null;
      });
    },

    /** The message didn't reach the session. */
    letGo: ledger.letGo,

    /**
     * Counts what a session used, in the transaction that records Devin's answer. The policy's owners are told of each alert
     * once.
     */
    async follow(
      sessionId: string,
      consumption: Parameters<Ledger['follow']>[1],
      { trx, enqueue }: { trx: Transaction<Tables>; enqueue: Enqueue },
    ): Promise<void> {
      const grown = await ledger.follow(sessionId, consumption, trx);
      if (grown === null) return;
      // What is unknown after a lost database counts for no person and no channel.
      const { teamId, userId, channelId } = grown;
      const due = await alerts({ teamId, userId: userId ?? '', channelId: channelId ?? '' }, trx);
      const keys = due.map((alert) => shownKey('alerts', alertName(alert)));
      if (keys.length > 0)
        for (const key of await markFirst(keys, trx)) await enqueue('show', { key }, { trx });
    },
  };
}

type UsageContext = {
  policy: { current: () => Policy };
  budget: Pick<Budget, 'ceilings'>;
  store: Pick<Store, 'usage'>;
  slack: Pick<Slack, 'groups' | 'people'>;
  now: () => number;
};

export type Spending = ReturnType<typeof createSpending>;

/** Reports on what was used. Throws if Slack can't be asked who the person is. */
export function createSpending({ policy, budget, store, slack, now }: UsageContext) {
  /** Who may see everyone's usage and the state of the policy file: workspace admins, and its owners if they are members. */
  const mayAll = async (userId: string): Promise<boolean> =>
    isAdministrator(await slack.people.find(userId)) || isOwner(slack, policy.current(), userId);

  return {
    /** What was used, and the budgets that apply to the person there; null: they may not see it. */
    async report(spender: Spender, { scope, by, days }: UsageAsked): Promise<UsageReport | null> {
      const hasOwners = policy.current().owners.length > 0;
      if (!maySeeUsage({ scope, by }, { hasOwners, mayAll: await mayAll(spender.userId) })) return null;
      const since = sinceDays(days, new Date(now()));
      const [rows, { ceilings: budgets }] = await Promise.all([
        store.usage.rows(spender, scope, since),
        budget.ceilings(spender),
      ]);
      const newest = rows.length < MOST_REPORTED ? null : MOST_REPORTED;
      return { scope, by, days, budgets, summary: summarize(rows, by), newest };
    },
  };
}
