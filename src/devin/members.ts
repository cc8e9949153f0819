import type { z } from 'zod';
import { createVersionFallback, READ_RETRY, toSearchParams } from './client.ts';
import type { DevinClient, Options } from './client.ts';
import { memberSchema, pageOf } from './schemas.ts';

/** `name` is the address, or the id, where Devin has no name. */
export type Member = { userId: string; name: string; email: string | null };

const memberPageSchema = pageOf(memberSchema);

/**
 * Members of the organization. Direct ones and those who come through a group of the identity provider are two lists.
 * https://docs.devin.ai/api-reference/v3/users/list-organization-users
 * https://docs.devin.ai/api-reference/v3/users/list-organization-idp-users
 */
export function createMembers(client: DevinClient) {
  const withVersion = createVersionFallback();

  const listByEmail = async (list: 'users' | 'idp-users', email: string, { signal }: Options) =>
    withVersion(async (version) => {
      const { items } = await client.call({
        operation: `members.${list}`,
        method: 'get',
        path: client.orgPath(['members', list], version),
        answer: memberPageSchema,
        query: toSearchParams({ email }),
        retry: READ_RETRY,
        signal,
      });
      return items.map(toMember).filter((member) => sameAddress(member.email, email));
    });

  const findExactly = async (email: string, options: Options) => {
    const lists = await Promise.all([
      listByEmail('users', email, options),
      listByEmail('idp-users', email, options),
    ]);
    return [...new Map(lists.flat().map((member) => [member.userId, member])).values()];
  };

  return {
    /**
     * Everyone with this address, normally none or one: as written first, then in lower case, since whether Devin's
     * filter minds the case is not documented. Throws `forbidden` without ViewOrgMembership.
     */
    async findByEmail(email: string, options: Options = {}): Promise<Member[]> {
      const found = await findExactly(email, options);
      const lowerCase = folded(email);
      return found.length > 0 || lowerCase === email ? found : findExactly(lowerCase, options);
    },

    /** One member. Throws `not-found`. https://docs.devin.ai/api-reference/v3/users/get-organization-user */
    async get(userId: string, { signal }: Options = {}): Promise<Member> {
      return withVersion(async (version) =>
        toMember(
          await client.call({
            operation: 'members.get',
            method: 'get',
            path: client.orgPath(['members', 'users', userId], version),
            answer: memberSchema,
            retry: READ_RETRY,
            signal,
          }),
        ),
      );
    },
  };
}

function toMember({ userId, name, email }: z.output<typeof memberSchema>): Member {
  return { userId, name: name ?? email ?? userId, email };
}

/** A person acts as the member that is found: an ignored filter must not pass for a match. */
function sameAddress(found: string | null, asked: string): boolean {
  return found !== null && folded(found) === folded(asked);
}

/** ASCII letters only: in Unicode other characters have the same lower case, as the Kelvin sign has that of K. */
function folded(address: string): string {
  return address.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
}
