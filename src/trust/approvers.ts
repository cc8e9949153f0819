import type { Voter } from '../session/approval.ts';
import type { SlackPerson } from '../session/identity.ts';
import type { PersonPattern } from '../session/policy/index.ts';
import type { Groups, MembersOf } from '../slack/people.ts';

type ApproversDeps = {
  groups: Pick<Groups, 'membersNow'>;
  people: { find: (userId: string) => Promise<SlackPerson | null> };
};

/** Each decision edits the message of each of them, and Slack takes about 50 edits a minute. */
const MOST_ASKED = 20;
/** Some may not approve: in a group of guests, nobody may. */
const MOST_LOOKED_AT = 60;

export type ApproversOf = (patterns: readonly PersonPattern[], requester: string) => Promise<Voter[]>;
export type MayApprove = (patterns: readonly PersonPattern[], asked: Asked) => Promise<ReadonlySet<string>>;
type Asked = { among: readonly string[]; requester: string };

/** Who is asked for an approval; only they can give it. Never the requester. Throws if Slack can't be asked. */
export function createApproversOf({ groups, people }: ApproversDeps): ApproversOf {
  return async (patterns, requester) => {
    const all = await idsOf(patterns, groups.membersNow);
    all.delete(requester);
    const looked = [...all].slice(0, MOST_LOOKED_AT);
    const found: Voter[] = [];
    for (const userId of looked) {
      if (found.length === MOST_ASKED) break;
      const person = await people.find(userId);
      if (person?.kind === 'member') found.push({ userId, name: person.name });
    }
    return found;
  };
}

/** Who of these people may approve now. Throws if Slack can't be asked. */
export function createMayApprove({ groups, people }: ApproversDeps): MayApprove {
  return async (patterns, { among, requester }) => {
    const all = await idsOf(patterns, groups.membersNow);
    const able = new Set<string>();
    for (const userId of among) {
      if (userId === requester || !all.has(userId)) continue;
      if ((await people.find(userId))?.kind === 'member') able.add(userId);
    }
    return able;
  };
}

/** Named people come first. A group whose members Slack doesn't list counts as empty. */
export async function idsOf(patterns: readonly PersonPattern[], membersNow: MembersOf): Promise<Set<string>> {
  const ids = new Set(patterns.flatMap((one) => (one.kind === 'user' ? [one.id] : [])));
  for (const one of patterns) {
    if (one.kind !== 'group') continue;
    for (const id of (await membersNow(one.id)) ?? []) ids.add(id);
  }
  return ids;
}
