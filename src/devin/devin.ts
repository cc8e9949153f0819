import { z } from 'zod';
import { folded } from '../session/identity.ts';
import { fromWire, optional } from '../session/snapshot.ts';
import { createRemoteClock } from '../time.ts';
import { createAttachments } from './attachments.ts';
import { createCatalog } from './catalog.ts';
import {
  type CallOptions,
  collectPages,
  createDevinClient,
  type DevinClient,
  type DevinClientOptions,
  pageOf,
  toSearchParams,
} from './client.ts';
import { DevinError, orDevinError, type DevinErrorCode } from './errors.ts';
import { createMessages, createSessions } from './sessions.ts';

/** The same in both lists of members, and for one member. */
const memberSchema = fromWire(
  z.object({
    /** Opaque; may hold `|`. */
    userId: z.string(),
    email: optional(z.string()),
    name: optional(z.string()),
  }),
);

/** Whose key it is. */
const selfSchema = fromWire(
  z.object({
    /** `service_user`, or another kind of principal. */
    principalType: z.string(),
    /** null: it is no service user's. */
    serviceUserId: optional(z.string()),
    /** null for a key of the whole enterprise, and sometimes for an organization's. */
    orgId: optional(z.string()),
  }),
);
/** All operations on an organization; callers take the part they need. */
export function createDevin({
  now = Date.now,
  hasFailed = () => false,
  hasProxy = false,
  fetch = globalThis.fetch,
  fetchNow = fetch,
  ...options
}: DevinClientOptions & {
  now?: () => number;
  /** For members: a person waits, and Devin is asked even if it seems to be down. Left out: the same. */
  fetchNow?: DevinClientOptions['fetch'];
  /** Whether Devin didn't answer the last call. */
  hasFailed?: () => boolean;
  /** Connections may go through a proxy, which then looks up the host. */
  hasProxy?: boolean;
}) {
  const clock = createRemoteClock();
  const client = createDevinClient({ ...options, fetch: clock.observe(fetch) });
  const self = {
    /** Whose key it is; needs no permission beyond the default. https://docs.devin.ai/api-reference/v3/self/self */
    get: async ({ signal }: CallOptions = {}): Promise<z.output<typeof selfSchema>> =>
      client.call({ operation: 'self.get', path: '/self', answer: selfSchema, signal }),
  };
  return {
    /** The time by Devin's clock, from its answers; null: they don't say. Throws DevinError while Devin doesn't answer. */
    async time({ signal }: CallOptions = {}): Promise<Date | null> {
      if (clock.nowMs() === null || hasFailed()) await self.get({ signal });
      const nowMs = clock.nowMs();
      return nowMs === null ? null : new Date(nowMs);
    },
    sessions: createSessions(client),
    messages: createMessages(client),
    attachments: createAttachments(client, hasProxy),
    members: createMembers(createDevinClient({ ...options, fetch: clock.observe(fetchNow) })),
    catalog: createCatalog(client, now),
    self,
  };
}

export type Devin = ReturnType<typeof createDevin>;

/** `name`: the address or the id if Devin has no name. */
export type Member = { userId: string; name: string; email: string | null };

const memberPageSchema = pageOf(memberSchema);

/** How many to read if Devin ignores the filter. */
const MOST_MEMBERS = 20_000;
const DENIALS: ReadonlySet<DevinErrorCode> = new Set(['forbidden', 'not-found']);

/**
 * Members of the organization: direct ones, and those in groups of the identity provider, which is another list.
 * https://docs.devin.ai/api-reference/v3/users/list-organization-users
 * https://docs.devin.ai/api-reference/v3/users/list-organization-idp-users
 */
function createMembers({ call, orgPath }: DevinClient) {
  async function listByEmail(list: string, email: string): Promise<Member[]> {
    const readPage = async (after: string | null) =>
      call({
        operation: `members.${list}`,
        path: orgPath(['members', list]),
        isBeta: true,
        answer: memberPageSchema,
        query: toSearchParams({ email, after }),
      });
    const items = await collectPages(readPage, MOST_MEMBERS);
    // A person acts as this member, so it must match even if Devin ignores the filter.
    return items.map(toMember).filter((one) => folded(one.email ?? '') === folded(email));
  }

  /**
   * Everyone with this address, normally none or one: first as written, then in lower case, since Devin doesn't document
   * whether its filter is case-sensitive. Devin may not have one of the lists, or not show it: the other is enough if it has
   * the member. Throws `forbidden` without ViewOrgMembership.
   */
  async function findByEmail(email: string): Promise<Member[]> {
    const asked = ['users', 'idp-users'].map(async (list) =>
      orDevinError(listByEmail(list, email), ({ code }) => DENIALS.has(code)),
    );
    const lists = await Promise.all(asked);
    const found = lists.flatMap((list) => (list instanceof DevinError ? [] : list));
    const hidden = lists.find((list) => list instanceof DevinError && list.code === 'forbidden');
    if (found.length === 0 && hidden instanceof DevinError) throw hidden;
    if (found.length === 0 && folded(email) !== email) return findByEmail(folded(email));
    return [...new Map(found.map((member) => [member.userId, member])).values()];
  }

  return {
    findByEmail,

    /** One member. Throws `not-found`. https://docs.devin.ai/api-reference/v3/users/get-organization-user */
    async get(userId: string): Promise<Member> {
      const path = orgPath(['members', 'users', userId]);
      return toMember(await call({ operation: 'members.get', path, isBeta: true, answer: memberSchema }));
    },
  };
}

function toMember({ userId, name, email }: z.output<typeof memberSchema>): Member {
  return { userId, name: name ?? email ?? userId, email };
}
