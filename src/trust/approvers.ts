import { batchesOf } from '../bounds.ts';
import type { Approval, Voter } from '../session/approval.ts';
import { devinUserOf, type Identity, type SlackPerson } from '../session/identity.ts';
import { termsOf, type Terms } from '../session/policy/decide.ts';
import type { PersonPattern } from '../session/policy/patterns.ts';
import type { Policy } from '../session/policy/schema.ts';
import { isRefused } from '../slack/errors.ts';
import type { Groups, MembersOf } from '../slack/people.ts';
import type { Person } from '../store/identities.ts';
import type { SessionRequest } from '../store/request-row.ts';
import type { Verdict } from './verdict.ts';

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
export type ApproversOf = (terms: Terms, requester: Requester) => Promise<Voter[]>;
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

export type Deciders = {
  /** Who of the people who were asked may decide now. */
  able: ReadonlySet<string>;
  need: number;
  /** The policy still requires this approval, for the same content. */
  isSame: boolean;
  /** Of the approval that the policy requires now; null: none. */
  terms: Terms | null;
};

/** Who decides about a pending approval, by the policy and Slack as they are now. Throws if Slack can't be asked. */
export type DecidersOf = (request: SessionRequest, approval: Approval) => Promise<Deciders>;

type DecidersDeps = { judge: (request: SessionRequest) => Promise<Verdict>; mayApprove: MayApprove };

export function createDecidersOf({ judge, mayApprove }: DecidersDeps): DecidersOf {
  return async (request, approval) => {
    const verdict = await judge(request);
    const { approvers, need } = termsNow(verdict, approval);
    const among = approval.people.map(({ userId }) => userId);
    const able = await mayApprove(approvers, { among, requester: request.userId });
    const terms = verdict.kind === 'approval' ? verdict.asks : null;
    return { able, need, isSame: isSame(verdict, approval), terms };
  };
}

function isSame(verdict: Verdict, { rule, fingerprint }: Approval): boolean {
  return verdict.kind === 'approval' && verdict.asks.rule === rule && verdict.fingerprint === fingerprint;
}

/** If the policy requires no approval or another one, those who were asked can still decline. */
function termsNow(verdict: Verdict, { rule, people, need }: Approval): Terms {
  if (verdict.kind === 'approval' && verdict.asks.rule === rule) return verdict.asks;
  return { approvers: people.map(({ userId: id }) => ({ kind: 'user', id })), need };
}

/** Rules and limits whose approval counts. If anything changed since, it isn't approved. */
export async function approvedOf(
  policy: Policy,
  { request, fingerprint }: { request: SessionRequest; fingerprint: string },
  mayApprove: MayApprove,
): Promise<string[]> {
  const { userId, approvals, approved, approvedAs } = request;
  /** Whether the people who approved it still may, and are as many as the policy wants now. */
  const counts = async (rule: string): Promise<boolean> => {
    const { approvers, need } = termsOf(policy, rule);
    const given = approvals.findLast((one) => one.rule === rule && one.end?.kind === 'approved');
    if (given === undefined) return false;
    const among = given.yes.map((one) => one.userId);
    return (await mayApprove(approvers, { among, requester: userId })).size >= need;
  };
  const counting: string[] = [];
  for (const rule of approvedAs === fingerprint ? approved : []) if (await counts(rule)) counting.push(rule);
  return counting;
}
