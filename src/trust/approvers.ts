import type { Voter } from '../session/approval.ts';
import type { SlackPerson } from '../session/identity.ts';
import type { PersonPattern } from '../session/policy/index.ts';
import type { Groups, MembersOf } from '../slack/people.ts';

type ApproversDeps = {
  groups: Pick<Groups, 'membersNow'>;
  people: { find: (userId: string) => Promise<SlackPerson | null> };
};

/** `people`: those who get a message; `more`: how many else may approve. */
type Approvers = { people: Voter[]; more: number };

/** A message each: more of them would be noise. */
const MOST_ASKED = 20;
/** Of a group of guests, for example, nobody may approve. */
const MOST_LOOKED_AT = 60;

export type ApproversOf = (patterns: readonly PersonPattern[], requester: string) => Promise<Approvers>;
export type MayApprove = (patterns: readonly PersonPattern[], person: Asking) => Promise<boolean>;
type Asking = { userId: string; requester: string };

/** Who can be asked for an approval: never the requester. Throws when Slack cannot be asked. */
export function createApproversOf({ groups, people }: ApproversDeps): ApproversOf {
  return async (patterns, requester) => {
    const all = await idsOf(patterns, groups.membersNow);
    all.delete(requester);
    const looked = [...all].slice(0, MOST_LOOKED_AT);
    const found: Voter[] = [];
    let asked = 0;
    for (const userId of looked) {
      if (found.length === MOST_ASKED) break;
      asked += 1;
      const person = await people.find(userId);
      if (person?.kind === 'member') found.push({ userId, name: person.name });
    }
    return { people: found, more: all.size - asked };
  };
}

/** Whether a person may approve as things are now. Throws when Slack cannot be asked. */
export function createMayApprove({ groups, people }: ApproversDeps): MayApprove {
  return async (patterns, { userId, requester }) => {
    if (userId === requester) return false;
    const [all, person] = await Promise.all([idsOf(patterns, groups.membersNow), people.find(userId)]);
    return all.has(userId) && person?.kind === 'member';
  };
}

/** People who are named come first. A group that Slack doesn't tell of has nobody in it. */
async function idsOf(patterns: readonly PersonPattern[], membersNow: MembersOf): Promise<Set<string>> {
  const ids = new Set(patterns.flatMap((one) => (one.kind === 'user' ? [one.id] : [])));
  for (const one of patterns) {
    if (one.kind !== 'group') continue;
    for (const id of (await membersNow(one.id)) ?? []) ids.add(id);
  }
  return ids;
}
