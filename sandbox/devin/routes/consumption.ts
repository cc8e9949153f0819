import { unprocessable } from '../problem.ts';
import { consumptionQuerySchema } from '../schemas.ts';
import type { Sessions } from '../sessions.ts';
import { parseQuery } from '../validation.ts';
import { type Call, type Route, ok } from './route.ts';

type ConsumptionDeps = { sessions: Sessions; report: (problem: string) => void };

const DAY = 86_400;
/** A day of Devin's begins at midnight of the Pacific winter. */
const STARTS_AT = 8 * 3600;
/** Clients have seen longer windows refused. */
const LONGEST_COUNTED = 100 * DAY;

/** What is counted for the whole organization. https://docs.devin.ai/api-reference/v3/consumption/organizations-consumption-daily */
export function consumptionRoutes({ sessions, report }: ConsumptionDeps): Route[] {
  const refuse = (msg: string): never => {
    throw unprocessable([{ loc: ['query', 'time_after'], msg, type: 'value_error' }]);
  };
  /** In the span that the query names. */
  const created = ({ query }: Call, longest = Infinity) => {
    const named = parseQuery(consumptionQuerySchema, query, report);
    const { time_after: after = -Infinity, time_before: before = Infinity } = named;
    if (after > before) refuse('Must be before time_before');
    if (Number.isFinite(before - after) && before - after > longest) refuse('The window is too long');
    return sessions.all.filter(
      ({ createdAtMs }) => createdAtMs >= after * 1000 && createdAtMs <= before * 1000,
    );
  };
  const dayOf = (seconds: number): number => Math.floor((seconds - STARTS_AT) / DAY) * DAY + STARTS_AT;
  return [
    {
      method: 'GET',
      path: '/v3/organizations/{org_id}/consumption/daily',
      access: 'ViewOrgConsumption',
      answer(call) {
        const used = created(call);
        const acus = (of: typeof used): number => of.reduce((sum, { acusConsumed }) => sum + acusConsumed, 0);
        const days = Map.groupBy(used, ({ createdAtMs }) => dayOf(createdAtMs / 1000));
        return ok({
          total_acus: acus(used),
          consumption_by_date: [...days].map(([date, of]) => ({
            date,
            acus: acus(of),
            acus_by_product: { devin: acus(of), cascade: null, terminal: null, review: null },
          })),
        });
      },
    },
    {
      // https://docs.devin.ai/api-reference/v3/metrics/organizations-metrics-usage-org
      method: 'GET',
      path: '/v3/organizations/{org_id}/metrics/usage',
      access: 'ViewOrgMetrics',
      answer(call) {
        const counted = created(call, LONGEST_COUNTED);
        const pullRequests = counted.flatMap((session) => session.pullRequests);
        return ok({
          sessions_count: counted.length,
          searches_count: 0,
          prs_created_count: pullRequests.length,
          prs_merged_count: pullRequests.filter(({ state }) => state === 'merged').length,
        });
      },
    },
  ];
}
