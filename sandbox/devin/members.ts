import { type Placed, inOrder } from './pages.ts';

export type Member = {
  /** Opaque; may hold characters that a path has to encode, such as `google-oauth2|104`. */
  userId: string;
  email: string | null;
  name: string | null;
  /** Direct role assignment, or through a group of the identity provider. Default `direct`. */
  via?: 'direct' | 'idp';
  /** Whether the role holds UseDevinSessions. Default true. */
  canUse?: boolean;
};

/**
 * Without the roles, which the app doesn't read.
 * https://docs.devin.ai/api-reference/v3/users/list-organization-users,
 * https://docs.devin.ai/api-reference/v3/users/get-organization-user
 */
export const toUser = ({ userId, email, name }: Member) => ({ user_id: userId, email, name });

export function createMembers() {
  const members = new Map<string, Member>();
  return {
    add: (member: Member) => void members.set(member.userId, member),
    remove: (userId: string) => void members.delete(userId),
    find: (userId: string) => members.get(userId),
    has: (email: string | null) => [...members.values()].some((member) => member.email === email),
    /** Wire form of those in one of the two lists; `email` matches exactly. */
    list(via: 'direct' | 'idp', email: string | undefined): Placed[] {
      const found = [...members.values()].filter(
        (member) => (member.via ?? 'direct') === via && (email === undefined || member.email === email),
      );
      return inOrder(found.map(toUser));
    },
  };
}

/** What a service user's role may hold. https://docs.devin.ai/api-reference/v3/overview */
export const PERMISSIONS = [
  'ReadAccountMeta',
  'ManageOrgSessions',
  'ViewOrgSessions',
  'ImpersonateOrgSessions',
  'UseDevinSessions',
  'ViewOrgMembership',
  'ManageAccountPlaybooks',
  'ManageAccountKnowledge',
  'ManageOrgSecrets',
  'Read',
] as const;
export type Permission = (typeof PERMISSIONS)[number];
