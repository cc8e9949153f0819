import type { Devin } from '../../devin/devin.ts';
import type { Log } from '../../log.ts';
import { DEFAULT_DAYS, sinceDays, summarize, type UsageBy, type UsageScope } from '../../session/usage.ts';
import {
  NOTHING_FROM_DEVIN,
  type DevinCounts,
  type HomeEveryone,
  type HomeUsage,
  type UsageReport,
} from '../../slack/blocks/usage.ts';
import type { Spender } from '../../store/ledger.ts';
import { MOST_REPORTED, type Usage } from '../../store/usage.ts';
import type { Budget } from '../budget.ts';
import type { MayAll } from './may-all.ts';

type ReportDeps = {
  usage: Pick<Usage, 'rows' | 'medianWaitMs'>;
  budget: Pick<Budget, 'left'>;
  organization: Devin['organization'];
  mayAll: MayAll;
  log: Log;
  now: () => number;
};

/** `mayAll`: the reader may see what Devin counts for the whole organization. */
type Wanted = { scope: UsageScope; by: UsageBy; days: number; spender: Spender; mayAll: boolean };

/** If Devin takes longer, the report leaves out what it counts. */
const DEVIN_TIMEOUT_MS = 5000;

export type ReportUsage = ReturnType<typeof createUsageReport>;

/** What was used, and what is left of the budgets that apply to the person there. */
export function createUsageReport({ usage, budget, organization, mayAll, now, log }: ReportDeps) {
  async function devinCounts(since: Date): Promise<DevinCounts> {
    const signal = AbortSignal.timeout(DEVIN_TIMEOUT_MS);
    const without = (error: unknown): null => {
      log.info({ err: error }, 'a report could not show what Devin counts');
      return null;
    };
    const [acu, work] = await Promise.all([
      organization.acuSince(since, { signal }).catch(without),
      organization.workSince(since, { signal }).catch(without),
    ]);
    return { acu, work };
  }

  async function report({ scope, by, days, spender, ...reader }: Wanted): Promise<UsageReport> {
    const since = sinceDays(days, new Date(now()));
    const asksDevin = reader.mayAll && scope.kind === 'workspace';
    const [rows, medianWaitMs, left, devin] = await Promise.all([
      usage.rows(scope, since),
      usage.medianWaitMs(scope, since),
      budget.left(spender),
      asksDevin ? devinCounts(since) : NOTHING_FROM_DEVIN,
    ]);
    const summary = summarize(rows, { by, since, days });
    const newest = rows.length < MOST_REPORTED ? null : MOST_REPORTED;
    return { scope: scope.kind, by, days, left, summary, medianWaitMs, newest, devin };
  }

  return {
    report,
    /** A person's own. `channelId`: their conversation with the app. */
    async ofPerson(spender: Spender): Promise<HomeUsage> {
      const { teamId, userId } = spender;
      const scope = { kind: 'me', teamId, userId } as const;
      return report({ scope, by: 'mode', days: DEFAULT_DAYS, spender, mayAll: false });
    },

    /** Of the workspace, by person; null: this person may not see it. */
    async ofEveryone(spender: Spender): Promise<HomeEveryone | null> {
      if (!(await mayAll(spender.userId))) return null;
      const scope = { kind: 'workspace', teamId: spender.teamId } as const;
      return report({ scope, by: 'person', days: DEFAULT_DAYS, spender, mayAll: true });
    },
  };
}
