import { DevinError } from '../devin/errors.ts';
import type { Devin } from '../devin/devin.ts';
import type { Member } from '../devin/members.ts';
import type { MemberLookup } from './resolve.ts';

/** Devin's members, as identity asks for them. */
export function lookUpMembers(members: Pick<Devin['members'], 'findByEmail' | 'get'>) {
  return {
    async findByEmail(email: string): Promise<MemberLookup> {
      try {
        return { kind: 'found', members: await members.findByEmail(email) };
      } catch (error) {
        if (error instanceof DevinError && error.code === 'forbidden') return { kind: 'forbidden' };
        throw error;
      }
    },

    async findMember(devinUserId: string): Promise<Member | null> {
      try {
        return await members.get(devinUserId);
      } catch (error) {
        if (error instanceof DevinError && error.code === 'not-found') return null;
        throw error;
      }
    },
  };
}

export type FindMember = ReturnType<typeof lookUpMembers>['findMember'];
