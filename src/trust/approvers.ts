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
import type { MayEnd } from '../slack/authority.ts';
import type { Groups } from '../slack/edge/people.ts';
import type { Person } from '../store/identities.ts';
import type { SessionRequest } from '../store/requests.ts';

/** Where people and their groups are looked up. */
type Directory = {
  groups: Pick<Groups, 'idsOf'>;
  people: { find: (userId: string) => Promise<SlackPerson | null> };
};

/** Each decision edits the message of each of them, and Slack takes about 50 edits a minute. */
const MOST_ASKED = 20;

/** Who is asked to approve. Never the requester, nor who is the same in Devin. Throws if nobody can say. */
export async function approversOf(
  c: Directory & { resolve: (person: Person) => Promise<Identity> },
  { approvers, need }: Terms,
  requester: Pick<SessionRequest, 'teamId' | 'userId' | 'identity'>,
): Promise<Voter[]> {
  const { ids, unread } = await c.groups.idsOf(approvers);
  ids.delete(requester.userId);
  const own = devinUserOf(requester.identity);
  /** null: they may not approve. */
  async function voterOf(userId: string): Promise<Voter | null> {
    const person = await c.people.find(userId);
    if (person?.kind !== 'member') return null;
    if (own !== null && devinUserOf(await c.resolve({ teamId: requester.teamId, userId })) === own)
      return null;
    return { userId, name: person.name };
  }
  const voters = await Promise.all([...ids].slice(0, MOST_ASKED).map(voterOf));
  const found = voters.filter((voter) => voter !== null);
  // They may be in the group that Slack doesn't list.
  if (unread !== null && found.length < need) throw unread.error;
  return found;
}

/** Who of these people may approve now. Throws if Slack can't be asked. */
export async function mayApprove(
  { groups, people }: Directory,
  patterns: readonly PersonPattern[],
  { among, requester }: { among: readonly string[]; requester: string },
): Promise<string[]> {
  const { ids, unread } = await groups.idsOf(patterns);
  // They may be in the group that Slack doesn't list: an approval must neither count nor be taken from them.
  if (unread !== null && among.some((userId) => !ids.has(userId))) throw unread.error;
  const listed = among.filter((userId) => userId !== requester && ids.has(userId));
  const found = await Promise.all(listed.map(people.find));
  return found.flatMap((person) => (person?.kind === 'member' ? [person.userId] : []));
}

/** What changed since this approval was given to a person's request; null: nothing. Throws if Slack can't be asked. */
export async function changeSince(
  c: Directory,
  approval: Approval,
  { requester, ...now }: { requester: string; policy: Policy; sha256: string | null; fingerprint: string },
): Promise<UnapprovedEnd | null> {
  if (approval.policy !== now.sha256) return 'policy-changed';
  if (approval.fingerprint !== now.fingerprint) return 'request-changed';
  const among = approval.yes.map(({ userId }) => userId);
  const able = await mayApprove(c, termsOf(now.policy, approval.rule).approvers, { among, requester });
  return able.length < among.length ? 'approvers-changed' : null;
}

/** Who asked for it, who was asked to approve it, and the policy's owners. */
export function createMayEnd(c: Owning, policy: () => Policy): MayEnd {
  return async (request, userId) => {
    if (request.userId === userId) return true;
    const asked = pendingApproval(request)?.approval.people ?? [];
    return isAmong(asked, { userId })
      ? (await c.people.find(userId))?.kind === 'member'
      : isOwner(c, policy(), userId);
  };
}

type Owning = Pick<Directory, 'people'> & { groups: Pick<Groups, 'isIn'> };

/** A member of a group that Slack doesn't list isn't one. */
export async function isOwner({ people, groups }: Owning, { owners }: Policy, userId: string) {
  if ((await people.find(userId))?.kind !== 'member') return false;
  const isThem = async ({ kind, id }: Policy['owners'][number]): Promise<boolean | null> =>
    kind === 'group' ? groups.isIn(id, userId) : id === userId;
  return (await Promise.all(owners.map(isThem))).includes(true);
}
