/**
 * How often an app may call each method in one workspace. https://docs.slack.dev/apis/web-api/rate-limits
 * The tier of a method is on its own page, https://docs.slack.dev/reference/methods/<method>.
 *
 * Slack promises the number a minute and welcomes "occasional bursts" without saying how large. Here a burst is as
 * large as a minute's number, so that a quiet app can do at once what it could have spread over the minute.
 */
export type Rate = { perMinute: number; burst: number; of: 'workspace' | 'channel' };

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
  'chat.delete': TIER_3,
  'chat.postEphemeral': TIER_4,
  'chat.postMessage': POSTING,
  'chat.update': TIER_3,
  'conversations.history': TIER_3,
  'users.conversations': TIER_3,
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
