import { DevinError } from '../devin/errors.ts';
import type { SessionResponse } from '../devin/schemas.ts';
import type { Member } from '../devin/members.ts';
import type { Identity } from '../session/identity.ts';

type MemberDeps = { findMember: (devinUserId: string) => Promise<Member | null>; now: () => number };

/** Who a session runs as according to Devin; null: it does not say. */
export type SessionMember = (response: SessionResponse) => Promise<Identity | null>;

export function createSessionMember({ findMember, now }: MemberDeps): SessionMember {
  return async ({ user_id: devinUserId }) => {
    if (devinUserId === null) return null;
    const member = await findMember(devinUserId).catch((error: unknown) => {
      if (error instanceof DevinError) return null;
      throw error;
    });
    if (member === null) return null;
    return { kind: 'matched', devinUserId, name: member.name, how: 'session', checkedAtMs: now() };
  };
}
