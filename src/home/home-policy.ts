import type { Policy } from '../session/policy/index.ts';
import type { HomePolicy } from '../slack/blocks/home-settings.ts';
import type { Groups, People } from '../slack/people.ts';
import { isOwner } from '../trust/index.ts';

type PolicyDeps = {
  policy: { current: () => Policy | null; problems: () => readonly string[] };
  people: Pick<People, 'find'>;
  isInGroup: Groups['isIn'];
};

/** How the policy file is, for administrators and its owners; null: for everyone else, and without a policy. */
export function createHomePolicy({ policy, people, isInGroup }: PolicyDeps) {
  async function isAdmin(userId: string): Promise<boolean> {
    const person = await people.find(userId);
    return person?.kind === 'member' && person.isAdmin;
  }

  return async (userId: string): Promise<HomePolicy | null> => {
    const inForce = policy.current();
    if (inForce === null) return null;
    const isTold = (await isAdmin(userId)) || (await isOwner(userId, { policy: inForce, isInGroup }));
    if (!isTold) return null;
    return { rules: inForce.rules.length, problems: policy.problems() };
  };
}
