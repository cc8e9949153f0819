import type { Jobs, Queue } from '../queue/index.ts';
import { isAdministrator } from '../session/identity.ts';
import type { Spender } from '../session/policy/limits.ts';
import type { Policy } from '../session/policy/schema.ts';
import {
  DEFAULT_DAYS,
  sinceDays,
  summarize,
  maySeeUsage,
  type UsageBy,
  type UsageScope,
} from '../session/usage.ts';
import { answerPlace } from '../slack/edge/places.ts';
import type { Slack } from '../slack/edge/slack.ts';
import { notice } from '../slack/views/notices.ts';
import { renderUsage, type HomeEveryone, type UsageReport } from '../slack/views/usage.ts';
import { MOST_REPORTED } from '../store/ledger.ts';
import type { Store } from '../store/store.ts';
import type { Tuning } from '../times.ts';
import type { Budget } from './budget.ts';

type SpendingDeps = {
  queue: Pick<Queue, 'work'>;
  policy: { current: () => Policy };
  budget: Pick<Budget, 'ceilings'>;
  store: Pick<Store, 'usage' | 'envelopes'>;
  slack: Pick<Slack, 'groups' | 'outbound' | 'people' | 'textFor'>;
  command: string;
  tuning: Pick<Tuning, 'log' | 'now'>;
};

export type Spending = ReturnType<typeof createSpending>;

/** Shows what was used: to people who ask, and in App Home. */
export function createSpending(deps: SpendingDeps) {
  const mayAll = createMayAll(deps);
  const report = createReport(deps);
  deps.queue.work('show-usage', createShow(deps, { mayAll, report }), { concurrency: 2 });
  return {
    mayAll,

    /** Of the workspace, by person; null: this person may not see it. */
    async ofEveryone(spender: Spender): Promise<HomeEveryone | null> {
      if (!(await mayAll(spender.userId))) return null;
      const scope = { kind: 'workspace', teamId: spender.teamId } as const;
      return report({ scope, by: 'person', days: DEFAULT_DAYS, spender });
    },
  };
}

type MayAll = (userId: string) => Promise<boolean>;

/** Who may see everyone's usage and the state of the policy file: workspace admins, and its owners if they are members. */
function createMayAll({ policy, slack: { people, groups } }: SpendingDeps): MayAll {
  /** Whether the policy names the person, or a user group they are in, as an owner. */
  async function isOwner(userId: string): Promise<boolean> {
    for (const owner of policy.current().owners) {
      if (owner.kind === 'user' && owner.id === userId) return true;
      if (owner.kind === 'group' && (await groups.isIn(owner.id, userId)) === true) return true;
    }
    return false;
  }

  return async (userId) => {
    const person = await people.find(userId);
    return isAdministrator(person) || (person?.kind === 'member' && isOwner(userId));
  };
}

type WantedUsage = { scope: UsageScope; by: UsageBy; days: number; spender: Spender };

/** What was used, and the budgets that apply to the person there. */
function createReport({ store: { usage }, budget, tuning }: SpendingDeps) {
  return async ({ scope, by, days, spender }: WantedUsage): Promise<UsageReport> => {
    const since = sinceDays(days, new Date(tuning.now()));
    const [rows, budgets] = await Promise.all([usage.rows(scope, since), budget.ceilings(spender)]);
    const newest = rows.length < MOST_REPORTED ? null : MOST_REPORTED;
    return { scope: scope.kind, by, days, budgets, summary: summarize(rows, by), newest };
  };
}

type Job = Jobs['show-usage'];
type Reports = { mayAll: MayAll; report: ReturnType<typeof createReport> };

/** Tells a person privately what was used, if they may see it. */
function createShow(deps: SpendingDeps, { mayAll: canSeeAll, report: reportOn }: Reports) {
  const { outbound, textFor } = deps.slack;

  return async (job: Job): Promise<void> => {
    const { teamId, userId, by, days, answerTo } = job;
    const place = answerPlace(deps.store.envelopes, userId, answerTo);
    const text = await textFor(userId);
    const mayAll = await canSeeAll(userId);
    if (!maySeeUsage(job, { hasOwners: deps.policy.current().owners.length > 0, mayAll }))
      return outbound.tellPrivately(place, notice([text.usage.notForYou(deps.command)]));
    const spender = { teamId, userId, channelId: answerTo.channelId ?? '' };
    const report = await reportOn({ scope: scopeOf(job), by, days, spender });
    await outbound.tellPrivately(place, renderUsage(report, text));
  };
}

function scopeOf({ scope: kind, teamId, userId, answerTo }: Job): UsageScope {
  switch (kind) {
    case 'me':
      return { kind, teamId, userId };
    case 'channel':
      return { kind, teamId, channelId: answerTo.channelId ?? '' };
    case 'workspace':
      return { kind, teamId };
  }
}
