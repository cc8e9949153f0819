import { batchesOf } from '../bounds.ts';
import type { Devin } from '../devin/devin.ts';
import type { SessionQuery } from '../devin/sessions.ts';
import { requestIdOf, requestTag } from '../session/request.ts';
import type { SessionSnapshot } from '../session/snapshot.ts';
import { askedAt, type SessionRequest } from '../store/requests.ts';
import type { StoreParts } from '../store/store.ts';
import { remembered } from '../time.ts';

/** What it takes to find a session. */
export type SearchContext = {
  devin: { sessions: Pick<Devin['sessions'], 'listAll'>; messages: Pick<Devin['messages'], 'list'> };
  store: StoreParts<{ sessions: 'bound'; requests: 'find' }>;
  tagRequests: boolean;
};

/** `sentAt`: by Devin's clock or ours, whichever is earlier. */
type Missing = Pick<SessionRequest, 'id' | 'identity' | 'prompt' | 'sentAt'>;
type PromptOf = (sessionId: string) => Promise<string | null>;

/** Devin's times are whole seconds, and its clocks may differ a little. */
const MARGIN_S = 60;
/** In one query; they are part of its URL. */
const MAX_TAGS = 50;

/**
 * The sessions that were created for each of these requests and belong to none yet, by the request's id, oldest first. Devin
 * doesn't document which filters its list honors, so two lists are read and every result is checked. Nobody gets a session
 * that runs as another person, even if its tag matches. Throws if Devin can't be reached.
 */
export async function findSessions(
  c: SearchContext,
  missing: readonly Missing[],
  { onlyByTag = false, signal }: { onlyByTag?: boolean; signal?: AbortSignal } = {},
): Promise<ReadonlyMap<string, SessionSnapshot[]>> {
  const options = signal === undefined ? {} : { signal };
  const found = new Map<string, SessionSnapshot[]>();
  const firstMessage: PromptOf = async (id) =>
    (await c.devin.messages.list(id, { first: 1, ...options })).items[0]?.message ?? null;
  const promptOf = remembered(firstMessage, { keyOf: (id) => id, now: () => performance.now() });
  const read = async (query: SessionQuery): Promise<void> => {
    const left = missing.filter(({ id }) => !found.has(id));
    if (left.length === 0) return;
    const listed = await c.devin.sessions.listAll({ ...query, ...createdAfter(left) }, options);
    const unbound = await unboundOf(c, listed);
    for (const request of left) {
      const picked = await pick(c, unbound, { request, promptOf });
      if (picked.length > 0) found.set(request.id, picked);
    }
  };
  if (!onlyByTag) await read({ origins: ['api'] });
  const tagsLeft = missing
    .filter(({ id }) => c.tagRequests && !found.has(id))
    .map(({ id }) => requestTag(id));
  for (const tags of batchesOf(tagsLeft, MAX_TAGS)) await read({ tags });
  return found;
}

/** Oldest first. A session may start another one, with the same tags. */
async function unboundOf({ store }: SearchContext, items: readonly SessionSnapshot[]) {
  // A list that grows while its pages are read shows some twice.
  const listed = new Map(items.map((one) => [one.sessionId, one]));
  const bound = await store.sessions.bound([...listed.keys()]);
  return [...listed.values()]
    .filter((one) => !bound.has(one.sessionId) && one.parentSessionId === null)
    .toSorted((a, b) => a.createdAt - b.createdAt);
}

async function pick(
  { tagRequests }: SearchContext,
  listed: readonly SessionSnapshot[],
  { request, promptOf }: { request: Missing; promptOf: PromptOf },
): Promise<SessionSnapshot[]> {
  if (tagRequests) return listed.filter((session) => isTaggedFor(session, request));
  const matches: SessionSnapshot[] = [];
  // Without a time, any session with the same words would match; without words, any that has none yet.
  if (request.sentAt === null || request.prompt === null) return matches;
  const since = createdSince(request.sentAt);
  for (const session of listed.filter((one) => one.createdAt >= since && runsAsAsked(one, request))) {
    if ((await promptOf(session.sessionId)) === request.prompt) matches.push(session);
  }
  return matches;
}

/** The session that was created for this request; null: there is none, or several could be it. */
export async function findOne(c: SearchContext, request: Missing): Promise<SessionSnapshot | null> {
  const [first, ...others] = (await findSessions(c, [request])).get(request.id) ?? [];
  // Only the request's own tag tells them apart.
  return first === undefined || (others.length > 0 && !c.tagRequests) ? null : first;
}

/**
 * The session of a request that was sent before: Devin couldn't be asked for it when a person started it anyway, or the row
 * doesn't know of it, because the database was restored from a backup, or its server failed over and lost the last
 * transactions. null: there is none.
 */
export async function findEarlier(
  c: SearchContext,
  request: SessionRequest,
): Promise<SessionSnapshot | null> {
  if (request.sentAt !== null) return findOne(c, request);
  // Without tags, another request with the same words could be taken for it.
  if (!c.tagRequests) return null;
  // A list of all that was started since would be long when many requests wait.
  const found = await findSessions(c, [{ ...request, sentAt: sentSince(request) }], { onlyByTag: true });
  return found.get(request.id)?.[0] ?? null;
}

/**
 * Whether the answer to a create may be its session: one with its tag is, whoever Devin says it runs as. Devin may leave
 * the tag out; then it isn't if it belongs to another request or member, or is older.
 */
export async function mayAnswer(
  { store, tagRequests }: SearchContext,
  { tags, userId, createdAt }: SessionSnapshot,
  { id, identity, sentAt }: Missing,
): Promise<boolean> {
  const taggedFor = tagRequests ? requestIdOf(tags) : null;
  if (taggedFor === id) return true;
  if (taggedFor !== null && (await store.requests.find(taggedFor)) !== null) return false;
  if (identity?.kind === 'matched' && userId !== null && userId !== identity.devinUserId) return false;
  return sentAt === null || createdAt * 1000 >= sentAt.getTime() - CLOCKS_MS;
}

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
