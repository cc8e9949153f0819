/**
 * How often an app may call each method in one workspace. https://docs.slack.dev/apis/web-api/rate-limits
 * The tier of a method is on its own page, https://docs.slack.dev/reference/methods/<method>.
 *
 * Slack promises the number a minute and welcomes "occasional bursts" without saying how large. Here a burst is as
 * large as a minute's number, so that a quiet app can do at once what it could have spread over the minute.
 */
type Rate = { perMinute: number; burst: number; of: 'workspace' | 'channel' };

const tier = (perMinute: number, burst = perMinute): Rate[] => [{ perMinute, burst, of: 'workspace' }];

/** "A small amount of burst behavior is tolerated": as many as an app may have sockets open. */
const TIER_1 = tier(1, 10);
const TIER_2 = tier(20);
const TIER_3 = tier(50);
const TIER_4 = tier(100);
/** "Hundreds of requests per minute." */
const HUNDREDS = tier(300);

/** One a second in a channel, "short bursts" allowed, and "several hundred messages per minute" in the workspace. */
const POSTING: Rate[] = [{ perMinute: 60, burst: 10, of: 'channel' }, ...HUNDREDS];

/** Response URLs, files and uploads have no limit of this kind. */
export const RATES: Readonly<Record<string, readonly Rate[]>> = {
  'apps.connections.open': TIER_1,
  'auth.test': HUNDREDS,
  'chat.postEphemeral': TIER_4,
  'chat.postMessage': POSTING,
  'chat.update': TIER_3,
  'conversations.history': TIER_3,
  'users.lookupByEmail': TIER_3,
  'conversations.info': TIER_3,
  'conversations.members': TIER_4,
  'conversations.open': TIER_3,
  'conversations.replies': TIER_3,
  'files.completeUploadExternal': TIER_4,
  'files.getUploadURLExternal': TIER_4,
  'files.info': TIER_4,
  'reactions.add': TIER_3,
  'reactions.remove': TIER_2,
  'usergroups.users.list': TIER_2,
  'users.info': TIER_4,
  'views.open': TIER_4,
  'views.publish': TIER_4,
  'views.push': TIER_4,
  'views.update': TIER_4,
};

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
