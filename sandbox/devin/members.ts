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

export type Members = ReturnType<typeof createMembers>;

const roleOf = ({ canUse = true }: Member) =>
  canUse ? { role_id: 'role-member', role_name: 'Member' } : { role_id: 'role-viewer', role_name: 'Viewer' };

const directRoles = (member: Member, orgId: string) => [{ role: roleOf(member), org_id: orgId }];
const groupRoles = (member: Member, orgId: string) => [
  { role: roleOf(member), idp_group_name: 'engineering', org_id: orgId },
];

const person = ({ userId, email, name }: Member) => ({ user_id: userId, email, name });

/** https://docs.devin.ai/api-reference/v3/users/list-organization-users */
const toUser = (member: Member, orgId: string) => ({
  ...person(member),
  role_assignments: directRoles(member, orgId),
});

/** https://docs.devin.ai/api-reference/v3/users/list-organization-idp-users */
const toIdpUser = (member: Member, orgId: string) => ({
  ...person(member),
  idp_role_assignments: groupRoles(member, orgId),
});

/** https://docs.devin.ai/api-reference/v3/users/get-organization-user */
export const toUserWithIdpRoles = (member: Member, orgId: string) => ({
  ...person(member),
  role_assignments: member.via === 'idp' ? [] : directRoles(member, orgId),
  idp_role_assignments: member.via === 'idp' ? groupRoles(member, orgId) : [],
});

export function createMembers(orgId: string) {
  const members = new Map<string, Member>();
  return {
    add: (member: Member) => void members.set(member.userId, member),
    remove: (userId: string) => void members.delete(userId),
    find: (userId: string) => members.get(userId),
    /** Wire form of those in one of the two lists; `email` matches exactly. */
    list(via: 'direct' | 'idp', email: string | undefined): Placed[] {
      const found = [...members.values()].filter(
        (member) => (member.via ?? 'direct') === via && (email === undefined || member.email === email),
      );
      return inOrder(
        found.map((member) => (via === 'idp' ? toIdpUser(member, orgId) : toUser(member, orgId))),
      );
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
