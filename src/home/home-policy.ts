import type { Policy } from '../session/policy/index.ts';
import type { HomePolicy } from '../slack/blocks/home-settings.ts';
import type { Groups } from '../slack/groups.ts';
import type { People } from '../slack/people.ts';

type PolicyDeps = {
  policy: { current: () => Policy | null; problems: () => readonly string[] };
  people: Pick<People, 'find'>;
  isInGroup: Groups['isIn'];
};

/** How the policy file is, for administrators and its owners; null: for everyone else, and without a policy. */
export function createHomePolicy({ policy, people, isInGroup }: PolicyDeps) {
  async function isOwner(userId: string, { owners = [] }: Policy): Promise<boolean> {
    for (const owner of owners) {
      if (owner.kind === 'user' && owner.id === userId) return true;
      if (owner.kind === 'group' && (await isInGroup(owner.id, userId)) === true) return true;
    }
    return false;
  }

  async function isAdmin(userId: string): Promise<boolean> {
    const person = await people.find(userId);
    return person?.kind === 'member' && person.isAdmin;
  }

  return async (userId: string): Promise<HomePolicy | null> => {
    const inForce = policy.current();
    if (inForce === null || !((await isAdmin(userId)) || (await isOwner(userId, inForce)))) return null;
    return { rules: inForce.rules.length, problems: policy.problems() };
  };
}
