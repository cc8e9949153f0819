import { RATES, type Rate } from '../rules/rates.ts';

const MS_PER_MINUTE = 60_000;
const MS_PER_S = 1000;

export type RateLimiter = {
  /** Counts a call. null: it may proceed; otherwise the seconds to wait. */
  take: (method: string, args: Record<string, unknown>) => number | null;
};

export const noRateLimits: RateLimiter = { take: () => null };

/** What was left of a burst, and when. */
type Bucket = { left: number; atMs: number };

/** A bucket for each method, or for each method and channel, that fills up steadily. */
export function createRateLimiter({ now }: { now: () => number }): RateLimiter {
  const buckets = new Map<string, Bucket>();

  function filled(key: string, { perMinute, burst }: Rate): Bucket {
    const atMs = now();
    const before = buckets.get(key) ?? { left: burst, atMs };
    const gained = (Math.max(0, atMs - before.atMs) / MS_PER_MINUTE) * perMinute;
    const bucket = { left: Math.min(burst, before.left + gained), atMs };
    buckets.set(key, bucket);
    return bucket;
  }

  return {
    take(method, args) {
      const all = (RATES[method] ?? []).map((rate) => {
        const key = rate.of === 'channel' ? `${method} ${String(args['channel'])}` : method;
        return { rate, bucket: filled(key, rate) };
      });
      const waitsMs = all.map(({ rate, bucket }) => ((1 - bucket.left) / rate.perMinute) * MS_PER_MINUTE);
      const waitMs = Math.max(0, ...waitsMs);
      if (waitMs > 0) return Math.ceil(waitMs / MS_PER_S);
      for (const { bucket } of all) bucket.left -= 1;
      return null;
    },
  };
}
