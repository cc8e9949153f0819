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
import { isOwner } from './approvers.ts';
import type { Budget } from './budget.ts';

type UsageContext = {
  queue: Pick<Queue, 'work'>;
  policy: { current: () => Policy };
  budget: Pick<Budget, 'ceilings'>;
  store: Pick<Store, 'usage' | 'envelopes'>;
  slack: Pick<Slack, 'groups' | 'outbound' | 'people' | 'textFor'>;
  command: string;
  now: () => number;
};

export type Spending = ReturnType<typeof createSpending>;

/** Shows what was used: to people who ask, and in App Home. */
export function createSpending(c: UsageContext) {
  c.queue.work('show-usage', async (job) => show(c, job), { concurrency: 2 });
  return {
    mayAll: async (userId: string) => mayAll(c, userId),

    /** Of the workspace, by person; null: this person may not see it. */
    async ofEveryone(spender: Spender): Promise<HomeEveryone | null> {
      if (!(await mayAll(c, spender.userId))) return null;
      const scope = { kind: 'workspace', teamId: spender.teamId } as const;
      return reportOn(c, { scope, by: 'person', days: DEFAULT_DAYS, spender });
    },
  };
}

/** Who may see everyone's usage and the state of the policy file: workspace admins, and its owners if they are members. */
async function mayAll({ policy, slack }: UsageContext, userId: string): Promise<boolean> {
  return isAdministrator(await slack.people.find(userId)) || isOwner(slack, policy.current(), userId);
}

/** What was used, and the budgets that apply to the person there. */
async function reportOn(
  { store: { usage }, budget, now }: UsageContext,
  { scope, by, days, spender }: { scope: UsageScope; by: UsageBy; days: number; spender: Spender },
): Promise<UsageReport> {
  const since = sinceDays(days, new Date(now()));
  const [rows, { ceilings: budgets }] = await Promise.all([
    usage.rows(scope, since),
    budget.ceilings(spender),
  ]);
  const newest = rows.length < MOST_REPORTED ? null : MOST_REPORTED;
  return { scope: scope.kind, by, days, budgets, summary: summarize(rows, by), newest };
}

/** Tells a person privately what was used, if they may see it. */
async function show(c: UsageContext, job: Jobs['show-usage']): Promise<void> {
  const { outbound, textFor } = c.slack;
  const { teamId, userId, by, days, answerTo } = job;
  const place = answerPlace(c.store.envelopes, userId, answerTo);
  const text = await textFor(userId);
  const hasOwners = c.policy.current().owners.length > 0;
  if (!maySeeUsage(job, { hasOwners, mayAll: await mayAll(c, userId) }))
    return outbound.tellPrivately(place, notice([text.usage.notForYou(c.command)]));
  const spender = { teamId, userId, channelId: answerTo.channelId ?? '' };
  const report = await reportOn(c, { scope: scopeOf(job), by, days, spender });
  await outbound.tellPrivately(place, renderUsage(report, text));
}

function scopeOf({ scope: kind, teamId, userId, answerTo }: Jobs['show-usage']): UsageScope {
  switch (kind) {
    case 'me':
      return { kind, teamId, userId };
    case 'channel':
      return { kind, teamId, channelId: answerTo.channelId ?? '' };
    case 'workspace':
      return { kind, teamId };
  }
}
