import type { MessageRef } from '../store/requests.ts';
import type { StoreParts } from '../store/store.ts';
import type { Outbound, PrivatePlace } from './edge/outbound.ts';
import type { Rendered } from './views/objects.ts';

/** How long a process that died keeps others from telling. */
const TELLING_MS = 15_000;

type TellingStore = StoreParts<{ leases: 'take' | 'renew' | 'release' | 'outlasts' }>;
type Telling = { store: TellingStore; slack: { outbound: Pick<Outbound, 'tellPrivately'> } };

const NOTICE_MS = 24 * 60 * 60_000;

/**
 * Tells a person something in a thread, unless they were told within a day. `sessionId`: of its request, before there is a
 * session. Throws if it should be tried again.
 */
export async function tellOnce(
  store: TellingStore,
  told: {
    sessionId: string;
    userId: string;
    /** Why a message stays in the thread. */
    reason: 'muted' | 'at-rest' | 'may-not-steer';
  },
  tell: () => Promise<void>,
): Promise<void> {
  const name = `notice ${told.sessionId} ${told.userId} ${told.reason}`;
  return once(store, { name, forMs: NOTICE_MS }, tell);
}

/** Slack's last attempt comes about six minutes after the first. https://docs.slack.dev/apis/events-api/#retries */
const DELIVERED_AGAIN_MS = 10 * 60_000;

/** Answers a message once, however often Slack delivers it. */
export async function answerMessage(
  { store, slack: { outbound } }: Telling,
  { message, place, answer }: { message: MessageRef; place: PrivatePlace; answer: Rendered },
): Promise<void> {
  const { teamId, channelId, ts } = message;
  const telling = { name: `answer ${teamId} ${channelId} ${ts}`, forMs: DELIVERED_AGAIN_MS };
  return once(store, telling, async () => outbound.tellPrivately(place, answer));
}

/** Tells something, and not again for some time, unless the database crashes. Rejects if nobody knows whether it was told. */
async function once(
  { leases }: TellingStore,
  { name, forMs }: { name: string; forMs: number },
  tell: () => Promise<void>,
): Promise<void> {
  const lease = await leases.take(name, TELLING_MS, { longestMs: forMs });
  if (lease === null) {
    if (await leases.outlasts(name, TELLING_MS)) return;
    // Another process is telling it, or died while it did: it should be tried again.
    throw Object.assign(new Error('another process is telling the same'), { code: 'being-told' });
  }
  try {
    await tell();
  } catch (error) {
    await leases.release(name, lease);
    throw error;
  }
  await leases.renew(name, lease, forMs);
}
