import type { Member } from '../devin/members.ts';
import type { People } from '../slack/people.ts';
import { orNull } from './or-null.ts';

/** The Slack user id of a member of the Devin organization; null: nobody of the workspace has their address. */
export type FindRequester = (devinUserId: string) => Promise<string | null>;

type RequesterDeps = {
  findMember: (devinUserId: string) => Promise<Member | null>;
  people: Pick<People, 'findByEmail'>;
};

export function createFindRequester({ findMember, people }: RequesterDeps): FindRequester {
  return async (devinUserId) => {
    const email = (await orNull(async () => findMember(devinUserId)))?.email ?? null;
    const person = email === null ? null : await people.findByEmail(email);
    return person?.kind === 'member' && person.email !== null ? person.userId : null;
  };
}
