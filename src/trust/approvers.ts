import { batchesOf } from '../bounds.ts';
import {
  isAmong,
  pendingApproval,
  type Approval,
  type UnapprovedEnd,
  type Voter,
} from '../session/approval.ts';
import { devinUserOf, type Identity, type SlackPerson } from '../session/identity.ts';
import { termsOf, type Terms } from '../session/policy/decide.ts';
import type { PersonPattern } from '../session/policy/patterns.ts';
import type { Policy } from '../session/policy/schema.ts';
import { isRefused } from '../slack/edge/errors.ts';
import type { Groups, MembersOf } from '../slack/edge/people.ts';
import type { Person } from '../store/identities.ts';
import type { SessionRequest } from '../store/request-row.ts';

type ApproversDeps = {
  groups: Pick<Groups, 'membersNow'>;
  people: { find: (userId: string) => Promise<SlackPerson | null> };
};

/** Each decision edits the message of each of them, and Slack takes about 50 edits a minute. */
const MOST_ASKED = 20;
/** The first approval waits for these look-ups. */
const AT_ONCE = 5;
/** Some may not approve: in a group of guests, nobody may. */
const MOST_LOOKED_AT = 60;

type Requester = Pick<SessionRequest, 'teamId' | 'userId' | 'identity'>;

/** `need`: how many have to be found if Slack doesn't list a group. */
type ApproversOf = (terms: Terms, requester: Requester) => Promise<Voter[]>;
export type MayApprove = (patterns: readonly PersonPattern[], asked: Asked) => Promise<ReadonlySet<string>>;
type Asked = { among: readonly string[]; requester: string };

type AskedDeps = ApproversDeps & { resolve: (person: Person) => Promise<Identity> };

/**
 * Who is asked for an approval; only they can give it. Never the requester, nor who is the same member in Devin. Throws if
 * Slack or Devin can't be asked.
 */
export function createApproversOf({ groups, people, resolve }: AskedDeps): ApproversOf {
  async function isSameMember(userId: string, { teamId, identity }: Requester): Promise<boolean> {
    const member = devinUserOf(identity);
    return member !== null && devinUserOf(await resolve({ teamId, userId })) === member;
  }

  /** null: they may not approve. */
  async function voterOf(userId: string, requester: Requester): Promise<Voter | null> {
    const person = await people.find(userId);
    if (person?.kind !== 'member' || (await isSameMember(userId, requester))) return null;
    return { userId, name: person.name };
  }

  return async ({ approvers, need }, requester) => {
    const { ids, unread } = await idsOf(approvers, groups.membersNow);
    ids.delete(requester.userId);
    const looked = [...ids].slice(0, MOST_LOOKED_AT);
    const found: Voter[] = [];
    for (const some of batchesOf(looked, AT_ONCE)) {
      const voters = await Promise.all(some.map(async (userId) => voterOf(userId, requester)));
      found.push(...voters.filter((voter) => voter !== null));
      if (found.length >= MOST_ASKED) break;
    }
    if (unread !== null && found.length < need) throw unread.error;
    return found.slice(0, MOST_ASKED);
  };
}

/** Who of these people may approve now. Throws if Slack can't be asked. */
export function createMayApprove({ groups, people }: ApproversDeps): MayApprove {
  return async (patterns, { among, requester }) => {
    const { ids, unread } = await idsOf(patterns, groups.membersNow);
    // They may be in the group that Slack doesn't list: an approval must neither count nor be taken from them.
    if (unread !== null && among.some((userId) => !ids.has(userId))) throw unread.error;
    const able = new Set<string>();
    for (const userId of among) {
      if (userId === requester || !ids.has(userId)) continue;
      if ((await people.find(userId))?.kind === 'member') able.add(userId);
    }
    return able;
  };
}

/** `unread`: Slack refuses to list one of the groups, for example because a scope is missing; null: all are listed. */
type Ids = { ids: Set<string>; unread: { error: unknown } | null };

/** Named people come first. A group that doesn't exist is empty. */
export async function idsOf(patterns: readonly PersonPattern[], membersNow: MembersOf): Promise<Ids> {
  const ids = new Set(patterns.flatMap((one) => (one.kind === 'user' ? [one.id] : [])));
  let unread: Ids['unread'] = null;
  for (const one of patterns) {
    if (one.kind !== 'group') continue;
    try {
      const members = await membersNow(one.id);
      for (const id of members === 'absent' ? [] : members) ids.add(id);
    } catch (error) {
      if (!isRefused(error)) throw error;
      unread = { error };
    }
  }
  return { ids, unread };
}

type Given = { request: Pick<SessionRequest, 'userId'>; policy: Policy; sha256: string | null };

/** What changed since this approval was given; null: nothing. Throws if Slack can't be asked. */
export async function changeSince(
  approval: Approval,
  { request, policy, sha256, fingerprint }: Given & { fingerprint: string },
  mayApprove: MayApprove,
): Promise<UnapprovedEnd | null> {
  if (approval.policy !== sha256) return 'policy-changed';
  if (approval.fingerprint !== fingerprint) return 'request-changed';
  const { approvers } = termsOf(policy, approval.rule);
  const among = approval.yes.map(({ userId }) => userId);
  const able = await mayApprove(approvers, { among, requester: request.userId });
  return able.size < among.length ? 'approvers-changed' : null;
}

type EndDeps = ApproversDeps & { policy: () => Policy | null };
type Waiting = Pick<SessionRequest, 'userId' | 'state' | 'approvals'>;

/** Who may end a request that has no session yet: who asked for it, who was asked to approve it, and the policy's owners. */
export type MayEnd = (request: Waiting, userId: string) => Promise<boolean>;

/** Throws if Slack can't be asked. */
export function createMayEnd({ policy, groups, people }: EndDeps): MayEnd {
  return async (request, userId) => {
    if (request.userId === userId) return true;
    if ((await people.find(userId))?.kind !== 'member') return false;
    const asked = pendingApproval(request)?.approval.people ?? [];
    return isAmong(asked, { userId }) || (await isOwner(policy(), userId, groups.membersNow));
  };
}

async function isOwner(policy: Policy | null, userId: string, membersNow: MembersOf): Promise<boolean> {
  const { ids, unread } = await idsOf(policy?.owners ?? [], membersNow);
  if (unread !== null && !ids.has(userId)) throw unread.error;
  return ids.has(userId);
}
