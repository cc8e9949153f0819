import type { z } from 'zod';
import { folded } from '../session/identity.ts';
import { createVersionFallback, READ_RETRY, toSearchParams } from './client.ts';
import type { DevinClient } from './client.ts';
import { memberSchema, pageOf } from './schemas.ts';

/** `name`: the address or the id if Devin has no name. */
export type Member = { userId: string; name: string; email: string | null };

const memberPageSchema = pageOf(memberSchema);

/**
 * Members of the organization: direct ones, and those in groups of the identity provider, which is another list.
 * https://docs.devin.ai/api-reference/v3/users/list-organization-users
 * https://docs.devin.ai/api-reference/v3/users/list-organization-idp-users
 */
export function createMembers(client: DevinClient) {
  const withVersion = createVersionFallback();

  const listByEmail = async (list: 'users' | 'idp-users', email: string) =>
    withVersion(async (version) => {
      const { items } = await client.call({
        operation: `members.${list}`,
        path: client.orgPath(['members', list], version),
        answer: memberPageSchema,
        query: toSearchParams({ email }),
        retry: READ_RETRY,
      });
      // A person acts as this member, so it must match even if Devin ignores the filter.
      return items.map(toMember).filter((one) => one.email !== null && folded(one.email) === folded(email));
    });

  const findExactly = async (email: string) => {
    const lists = await Promise.all([listByEmail('users', email), listByEmail('idp-users', email)]);
    return [...new Map(lists.flat().map((member) => [member.userId, member])).values()];
  };

  return {
    /**
     * Everyone with this address, normally none or one: first as written, then in lower case, since Devin doesn't document
     * whether its filter is case-sensitive. Throws `forbidden` without ViewOrgMembership.
     */
    async findByEmail(email: string): Promise<Member[]> {
      const found = await findExactly(email);
      const lowerCase = folded(email);
      return found.length > 0 || lowerCase === email ? found : findExactly(lowerCase);
    },

    /** One member. Throws `not-found`. https://docs.devin.ai/api-reference/v3/users/get-organization-user */
    async get(userId: string): Promise<Member> {
      const member = await withVersion(async (version) =>
        client.call({
          operation: 'members.get',
          path: client.orgPath(['members', 'users', userId], version),
          answer: memberSchema,
          retry: READ_RETRY,
        }),
      );
      return toMember(member);
    },
  };
}

function toMember({ userId, name, email }: z.output<typeof memberSchema>): Member {
  return { userId, name: name ?? email ?? userId, email };
}
