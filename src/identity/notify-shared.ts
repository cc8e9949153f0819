import type { Log } from '../log.ts';
import {
  againInMs,
  soonIfBusy,
  type Jobs,
  type Lease,
  type PostOnce,
  type Queue,
  type WithLease,
} from '../queue/index.ts';
import { sharedMetadata } from '../slack/edge/metadata.ts';
import { directPlace } from '../slack/edge/outbound.ts';
import type { Slack } from '../slack/edge/slack.ts';
import { notice } from '../slack/views/notices.ts';
import { escape } from '../slack/views/text.ts';
import type { StoreParts } from '../store/store.ts';
import type { FindMember } from './resolve.ts';

type NotifyDeps = {
  queue: Pick<Queue, 'work'>;
  findMember: FindMember;
  slack: Pick<Slack, 'outbound' | 'people' | 'textFor'>;
  store: StoreParts<{ identities: 'isSharingTold' | 'sharingTold' }>;
  withLease: WithLease;
  postOnce: PostOnce;
  log: Log;
};

type Shared = Jobs['tell-shared'];

/** One notice for each person and account. */
const noticeOf = ({ teamId, userId, devinUserId }: Shared): string =>
  `shared:${teamId}:${userId}:${devinUserId}`;

/** Tells a member once, by direct message, that the identity file lets another person run sessions as them. */
export function notifyOfSharing({ queue, ...deps }: NotifyDeps): void {
  queue.work(
    'tell-shared',
    async (shared) => {
      return soonIfBusy(deps.withLease(noticeOf(shared), async (lease) => tell(deps, shared, lease)));
    },
    { concurrency: 1 },
  );
}

/** null: nothing is left to do; else how long to wait, in ms. */
async function tell(
  { findMember, slack, store: { identities }, postOnce, log }: Omit<NotifyDeps, 'queue'>,
  shared: Shared,
  lease: Lease,
): Promise<number | null> {
  if (await identities.isSharingTold(shared)) return null;
  const member = await findMember(shared.devinUserId);
  // Only a full member of the workspace is told.
  const owner = member?.email == null ? null : await slack.people.findOwner(member.email);
  if (member === null || owner?.kind !== 'member' || owner.userId === shared.userId) return null;
  const { notices } = await slack.textFor(owner.userId);
  const words = notices.sharedAccount(`<@${shared.userId}>`, escape(member.name));
  const posted = await postOnce({
    key: noticeOf(shared),
    place: await directPlace(slack.outbound, owner.userId),
    metadata: sharedMetadata(shared.userId, shared.devinUserId),
    lease,
    render: async () => notice([words]),
  });
  const waitMs = againInMs(posted, 'a notice of a shared account', log);
  if (waitMs === null) await identities.sharingTold(shared);
  return waitMs;
}
