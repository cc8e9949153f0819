import type { z } from 'zod';
import { folded } from '../session/identity.ts';
import { createOnceAMinute, createRemoteClock } from '../time.ts';
import { createAttachments, type IsProxied } from './attachments.ts';
import type { DevinRequestFacts } from './attempt.ts';
import { createCatalog } from './catalog.ts';
import {
  collectPages,
  createDevinClient,
  createVersionFallback,
  READ_RETRY,
  toSearchParams,
  type DevinClient,
  type DevinClientOptions,
  type Options,
} from './client.ts';
import { DevinError, orDevinError, type DevinErrorCode } from './errors.ts';
import { memberSchema, pageOf, selfSchema, type Self } from './schemas.ts';
import { createMessages, createSessions } from './sessions.ts';

type DevinOptions = DevinClientOptions & {
  /** For what a person waits for. Left out: the same. */
  fetchNow?: typeof globalThis.fetch;
  now?: () => number;
  /** Whether Devin didn't answer the last call. */
  hasFailed?: () => boolean;
  isProxied?: IsProxied;
};

/** All operations on an organization; callers take the part they need. */
export function createDevin({
  now = Date.now,
  hasFailed = () => false,
  isProxied = () => false,
  ...options
}: DevinOptions) {
  const clock = createRemoteClock();
  const { fetch = globalThis.fetch, fetchNow = fetch } = options;
  const { onRequest, refusesKey } = watchKey(options);
  const clientOf = (by: typeof fetch) =>
    createDevinClient({ ...options, onRequest, fetch: clock.observe(by) });
  const client = clientOf(fetch);
  const self = {
    /** Whose key it is; needs no permission beyond the default. https://docs.devin.ai/api-reference/v3/self/self */
    get: async ({ signal }: Options = {}): Promise<Self> =>
      client.call({ operation: 'self.get', path: '/v3/self', answer: selfSchema, retry: READ_RETRY, signal }),
  };
  return {
    /** The time by Devin's clock, from its answers; null: they don't say. Throws DevinError while Devin doesn't answer. */
    async time({ signal }: Options = {}): Promise<Date | null> {
      if (clock.nowMs() === null || hasFailed()) await self.get({ signal });
      const nowMs = clock.nowMs();
      return nowMs === null ? null : new Date(nowMs);
    },
    clock,
    /** Whether the last answer refused the key. */
    refusesKey,
    sessions: createSessions(client),
    messages: createMessages(client),
    attachments: createAttachments(client, isProxied),
    members: createMembers(client),
    /** The same, for what a person waits for. */
    membersNow: createMembers(clientOf(fetchNow)),
    catalog: createCatalog(client, now),
    self,
  };
}

export type Devin = ReturnType<typeof createDevin>;

const UNAUTHORIZED = 401;

function watchKey({ onRequest, log }: DevinOptions) {
  const onceAMinute = createOnceAMinute();
  let isRefused = false;
  return {
    refusesKey: (): boolean => isRefused,
    onRequest: (facts: DevinRequestFacts): void => {
      onRequest?.(facts);
      const { operation, status, withKey } = facts;
      // What Devin redirects to says nothing about the key.
      if (status === null || !withKey) return;
      isRefused = status === UNAUTHORIZED;
      if (!isRefused) return;
      onceAMinute('key', (leftOut) =>
        log?.error({ operation, leftOut }, 'Devin refuses DEVIN_API_KEY; run `npm run doctor`'),
      );
    },
  };
}

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
function createMembers(client: DevinClient) {
  const withVersion = createVersionFallback();

  const listByEmail = async (list: 'users' | 'idp-users', email: string) =>
    withVersion(async (version) => {
      const readPage = async (after: string | null) =>
        client.call({
          operation: `members.${list}`,
          path: client.orgPath(['members', list], version),
          answer: memberPageSchema,
          query: toSearchParams({ email, after }),
          retry: READ_RETRY,
        });
      const items = await collectPages(readPage, MOST_MEMBERS);
      // A person acts as this member, so it must match even if Devin ignores the filter.
      return items.map(toMember).filter((one) => one.email !== null && folded(one.email) === folded(email));
    });

  const listOrDenial = async (list: 'users' | 'idp-users', email: string): Promise<Member[] | DevinError> =>
    orDevinError(listByEmail(list, email), ({ code }) => DENIALS.has(code));

  /** One list is enough if Devin doesn't have the other, or doesn't show it but this one has the member. */
  const findExactly = async (email: string) => {
    const lists = await Promise.all([listOrDenial('users', email), listOrDenial('idp-users', email)]);
    const found = lists.flatMap((list) => (list instanceof DevinError ? [] : list));
    const denials = lists.filter((list) => list instanceof DevinError);
    const decisive = denials.find(
      ({ code }) => denials.length === lists.length || (code === 'forbidden' && found.length === 0),
    );
    if (decisive !== undefined) throw decisive;
    return [...new Map(found.map((member) => [member.userId, member])).values()];
  };

  return {
    /**
     * Everyone with this address, normally none or one: first as written, then in lower case, since Devin doesn't document
     * whether its filter is case-sensitive. Throws `forbidden` without ViewOrgMembership, and `not-found` if Devin has
     * neither list.
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
