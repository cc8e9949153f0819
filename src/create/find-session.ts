import { batchesOf } from '../bounds.ts';
import type { SessionQuery } from '../devin/sessions.ts';
import { requestIdOf, requestTag } from '../session/request.ts';
import type { SessionSnapshot } from '../session/snapshot.ts';
import { askedAt, type SessionRequest } from '../store/request-row.ts';
import type { StoreParts } from '../store/store.ts';
import { remembered } from '../time.ts';

type Options = { signal?: AbortSignal };

type SearchDeps = {
  listSessions: (query: SessionQuery, options: Options) => Promise<SessionSnapshot[]>;
  /** A session's first message, which is its prompt; null: it has none yet. */
  firstMessage: (sessionId: string, options: Options) => Promise<string | null>;
  store: StoreParts<{ sessions: 'bound'; requests: 'find' }>;
  tagRequests: boolean;
};

/** `sentAt`: by Devin's clock or ours, whichever is earlier. */
type Missing = Pick<SessionRequest, 'id' | 'identity' | 'prompt' | 'sentAt'>;

export type SessionSearch = ReturnType<typeof createSessionSearch>;

/** Devin's times are whole seconds, and its clocks may differ a little. */
const MARGIN_S = 60;
/** In one query; they are part of its URL. */
const MAX_TAGS = 50;

/**
 * Devin doesn't document which filters its list honors, so two lists are read and every result is checked. Nobody gets a
 * session that runs as another person, even if its tag matches.
 */
export function createSessionSearch(deps: SearchDeps) {
  const { tagRequests } = deps;

  async function list(query: SessionQuery, options: Options): Promise<SessionSnapshot[]> {
    const items = await deps.listSessions(query, options);
    // A list that grows while its pages are read shows some twice.
    const listed = new Map(items.map((one) => [one.sessionId, one]));
    const bound = await deps.store.sessions.bound([...listed.keys()]);
    // A session may start another one, with the same tags.
    return [...listed.values()].filter((one) => !bound.has(one.sessionId) && one.parentSessionId === null);
  }

  async function pick(listed: readonly SessionSnapshot[], request: Missing, promptOf: FirstMessage) {
    const oldestFirst = listed.toSorted((a, b) => a.createdAt - b.createdAt);
    if (tagRequests) return oldestFirst.filter((session) => isTaggedFor(session, request));
    const matches: SessionSnapshot[] = [];
    // Without a time, any session with the same words would match; without words, any that has none yet.
    if (request.sentAt === null || request.prompt === null) return matches;
    const since = createdSince(request.sentAt);
    for (const session of oldestFirst.filter((one) => one.createdAt >= since && runsAsAsked(one, request))) {
      if ((await promptOf(session.sessionId)) === request.prompt) matches.push(session);
    }
    return matches;
  }

  /**
   * The sessions that were created for each of these requests and belong to none yet, by the request's id, oldest first.
   * Throws if Devin can't be reached.
   */
  async function find(
    missing: readonly Missing[],
    { onlyByTag = false, ...options }: Options & { onlyByTag?: boolean } = {},
  ): Promise<ReadonlyMap<string, SessionSnapshot[]>> {
    const found = new Map<string, SessionSnapshot[]>();
    const ask = async (id: string) => deps.firstMessage(id, options);
    const promptOf = remembered(ask, { keyOf: (id) => id, now: () => performance.now() });
    const read = async (query: SessionQuery): Promise<void> => {
      const left = missing.filter(({ id }) => !found.has(id));
      const listed = left.length === 0 ? [] : await list({ ...query, ...createdAfter(left) }, options);
      for (const request of left) {
        const picked = await pick(listed, request, promptOf);
        if (picked.length > 0) found.set(request.id, picked);
      }
    };
    if (!onlyByTag) await read({ origins: ['api'] });
    const tagsLeft = missing
      .filter(({ id }) => tagRequests && !found.has(id))
      .map(({ id }) => requestTag(id));
    for (const tags of batchesOf(tagsLeft, MAX_TAGS)) await read({ tags });
    return found;
  }

  /** The session that was created for this request; null: there is none, or several could be it. */
  async function findOne(request: Missing): Promise<SessionSnapshot | null> {
    const [first, ...others] = (await find([request])).get(request.id) ?? [];
    // Only the request's own tag tells them apart.
    return first === undefined || (others.length > 0 && !tagRequests) ? null : first;
  }

  async function isOfAnother(tags: readonly string[]): Promise<boolean> {
    const id = requestIdOf(tags);
    return id !== null && (await deps.store.requests.find(id)) !== null;
  }

  return {
    find,
    findOne,

    /**
     * Whether the answer to a create may be its session: one with its tag is, whoever Devin says it runs as. Devin may leave
     * the tag out; then it isn't if it belongs to another request or member, or is older.
     */
    async mayAnswer(session: SessionSnapshot, request: Missing): Promise<boolean> {
      const { tags, userId, createdAt } = session;
      const { id, identity, sentAt } = request;
      if (tagRequests && tags.includes(requestTag(id))) return true;
      if (tagRequests && (await isOfAnother(tags))) return false;
      if (identity?.kind === 'matched' && userId !== null && userId !== identity.devinUserId) return false;
      return sentAt === null || createdAt * 1000 >= sentAt.getTime() - CLOCKS_MS;
    },

    /**
     * The session of a request that was sent before: Devin couldn't be asked for it when a person started it anyway, or
     * the row doesn't know of it, because the database was restored from a backup, or its server failed over and lost the
     * last transactions. null: there is none.
     */
    async findEarlier(request: SessionRequest): Promise<SessionSnapshot | null> {
      if (request.sentAt !== null) return findOne(request);
      // Without tags, another request with the same words could be taken for it.
      if (!tagRequests) return null;
      // A list of all that was started since would be long when many requests wait.
      const found = await find([{ ...request, sentAt: sentSince(request) }], { onlyByTag: true });
      return found.get(request.id)?.[0] ?? null;
    },
  };
}

type FirstMessage = (sessionId: string) => Promise<string | null>;

/** How far Devin's clock may be behind. */
const CLOCKS_MS = 10 * 60_000;

/** A time before its last attempt was sent, by any clock: the search for its session starts there. */
export function sentSince(request: SessionRequest): Date {
  return request.sentAt ?? new Date(askedAt(request).getTime() - CLOCKS_MS);
}

/** Any session can have this tag: one that runs as someone else is a different session. Devin may not say who it runs as. */
export function isTaggedFor(
  session: SessionSnapshot,
  request: Pick<SessionRequest, 'id' | 'identity'>,
): boolean {
  const isUnsaid = session.userId === null && session.serviceUserId === null;
  return session.tags.includes(requestTag(request.id)) && (isUnsaid || runsAsAsked(session, request));
}

/** It runs as the member it was requested for; without one, as no member. */
function runsAsAsked(
  { userId, serviceUserId }: SessionSnapshot,
  { identity }: Pick<SessionRequest, 'identity'>,
): boolean {
  if (identity?.kind === 'matched') return identity.devinUserId === userId;
  return userId === null || userId === serviceUserId;
}

function createdAfter(missing: readonly Missing[]): Pick<SessionQuery, 'createdAfter'> {
  const sent = missing.map(({ sentAt }) => sentAt?.getTime() ?? null);
  const known = sent.filter((ms) => ms !== null);
  if (known.length < sent.length) return {};
  return { createdAfter: createdSince(new Date(Math.min(...known))) };
}

/** In seconds. */
const createdSince = (sentAt: Date): number => Math.floor(sentAt.getTime() / 1000) - MARGIN_S;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
export const LONGEST_RECHECK_MS = HOUR_MS;

/**
 * How long until the next search for a session whose creation was not confirmed, in ms, `sinceMs` after it was given up;
 * null: never. Devin's list may lag, and a slow creation may end later.
 */
export function recheckInterval(sinceMs: number): number | null {
  if (sinceMs >= DAY_MS) return null;
  return Math.min(LONGEST_RECHECK_MS, Math.max(MINUTE_MS, sinceMs / 2));
}
