import { isAdministrator, type SlackPerson } from '../../session/identity.ts';
import type { Policy } from '../../session/policy/index.ts';
import type { IsInGroup } from '../../slack/people.ts';

type MayAllDeps = {
  policy: () => Policy | null;
  findPerson: (userId: string) => Promise<SlackPerson | null>;
  isInGroup: IsInGroup;
};

export type MayAll = (userId: string) => Promise<boolean>;

/** Who may see everyone's usage and the state of the policy file: workspace admins, and its owners if they are members. */
export function createMayAll({ policy, findPerson, isInGroup }: MayAllDeps): MayAll {
  return async (userId) => {
    const person = await findPerson(userId);
    if (isAdministrator(person)) return true;
    return person?.kind === 'member' && isOwner(userId, { policy: policy(), isInGroup });
  };
}

type OwnerFacts = { policy: Policy | null; isInGroup: IsInGroup };

/** Whether the policy names the person, or a user group they are in, as an owner. */
async function isOwner(userId: string, { policy, isInGroup }: OwnerFacts): Promise<boolean> {
  for (const owner of policy?.owners ?? []) {
    if (owner.kind === 'user' && owner.id === userId) return true;
    if (owner.kind === 'group' && (await isInGroup(owner.id, userId)) === true) return true;
  }
  return false;
}
