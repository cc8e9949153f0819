import { DEFAULT_DAYS, sinceDays, summarize } from '../../session/usage.ts';
import type { UsageBy, UsageScope } from '../../session/usage.ts';
import type { HomeUsage } from '../../slack/blocks/home-usage.ts';
import type { UsageReport } from '../../slack/blocks/usage.ts';
import type { Spender } from '../../store/ledger.ts';
import { MOST_REPORTED } from '../../store/usage.ts';
import type { Usage } from '../../store/usage.ts';
import type { Budget } from '../budget.ts';

type ReportDeps = {
  usage: Pick<Usage, 'rows' | 'medianWaitMs'>;
  budget: Pick<Budget, 'left'>;
  now: () => number;
};

type Wanted = { scope: UsageScope; by: UsageBy; days: number; spender: Spender };

export type ReportUsage = ReturnType<typeof createUsageReport>;

/** What was used, put together, and what is left of the budgets that the person meets there. */
export function createUsageReport({ usage, budget, now }: ReportDeps) {
  async function report({ scope, by, days, spender }: Wanted): Promise<UsageReport> {
    const since = sinceDays(days, new Date(now()));
    const [rows, medianWaitMs, left] = await Promise.all([
      usage.rows(scope, since),
      usage.medianWaitMs(scope, since),
      budget.left(spender),
    ]);
    const summary = summarize(rows, { by, since, days });
    const newest = rows.length < MOST_REPORTED ? null : MOST_REPORTED;
    return { scope: scope.kind, by, days, left, summary, medianWaitMs, newest };
  }

  return {
    report,
    /** A person's own. `channelId`: their conversation with the app. */
    async ofPerson(spender: Spender): Promise<HomeUsage> {
      const { teamId, userId } = spender;
      return report({ scope: { kind: 'me', teamId, userId }, by: 'mode', days: DEFAULT_DAYS, spender });
    },
  };
}
