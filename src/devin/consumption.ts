import { z } from 'zod';
import type { DevinClient, Options } from './client.ts';
import { createForbidden } from './forbidden.ts';
import { toSearchParams } from './query.ts';

const HOUR_MS = 60 * 60_000;
/** A report is a year at most. */
const MOST_ACU = 1_000_000_000;

const consumptionSchema = z.object({ total_acus: z.number().min(0).max(MOST_ACU) });

/** What Devin itself counts, for the whole organization. */
export function createConsumption(client: DevinClient, { now = Date.now }: { now?: () => number } = {}) {
  const forbidden = createForbidden({ now, forMs: HOUR_MS });
  return {
    /**
     * ACU used since then; null: the service user may not read it, which is not asked again for an hour. One attempt.
     * Throws DevinError. https://docs.devin.ai/api-reference/v3/consumption/organizations-consumption-daily
     */
    async acuSince(since: Date, { signal }: Options = {}): Promise<number | null> {
      return forbidden.readOr<number | null>('daily', null, async () => {
        const { total_acus: acu } = await client.call({
          operation: 'consumption.daily',
          method: 'get',
          path: client.orgPath(['consumption', 'daily']),
          answer: consumptionSchema,
          query: toSearchParams({
            time_after: Math.floor(since.getTime() / 1000),
            time_before: Math.ceil(now() / 1000),
          }),
          signal,
        });
        return acu;
      });
    },
  };
}
