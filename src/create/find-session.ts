import { batchesOf } from '../bounds.ts';
import type { Devin } from '../devin/devin.ts';
import type { SessionQuery } from '../devin/sessions.ts';
import { requestIdOf, requestTag } from '../session/request.ts';
import type { SessionSnapshot } from '../session/snapshot.ts';
import { askedAt, type SessionRequest } from '../store/requests.ts';
import type { StoreParts } from '../store/store.ts';

/** What it takes to find a session. */
export type SearchContext = {
  devin: { sessions: Pick<Devin['sessions'], 'listAll'>; messages: Pick<Devin['messages'], 'list'> };
  store: StoreParts<{ sessions: 'bound'; requests: 'find' }>;
  tagRequests: boolean;
};

/** `sentAt`: by Devin's clock or ours, whichever is earlier. */
export type Missing = Pick<SessionRequest, 'id' | 'identity' | 'prompt'> & { sentAt: Date };

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
  const found = new Map<string, SessionSnapshot[]>();
  const read = async (query: SessionQuery, among: readonly Missing[]): Promise<void> => {
    const createdAfter = Math.min(...among.map(createdSince));
    const listed = await c.devin.sessions.listAll({ ...query, createdAfter }, { signal });
    const unbound = await unboundOf(c, listed);
    for (const request of among) {
      const picked = await pick(c, unbound, { request, signal });
      if (picked.length > 0) found.set(request.id, picked);
    }
  };
  if (!onlyByTag) await read({ origins: ['api'] }, missing);
  const left = missing.filter(({ id }) => c.tagRequests && !found.has(id));
  for (const some of batchesOf(left, MAX_TAGS))
    await read({ tags: some.map(({ id }) => requestTag(id)) }, some);
  return found;
}

/** The sessions that belong to no request, oldest first. A session may start another one, with the same tags. */
export async function unboundOf(
  { store }: { store: StoreParts<{ sessions: 'bound' }> },
  items: readonly SessionSnapshot[],
): Promise<SessionSnapshot[]> {
  // A list that grows while its pages are read shows some twice.
  const listed = new Map(items.map((one) => [one.sessionId, one]));
  const bound = await store.sessions.bound([...listed.keys()]);
  return [...listed.values()]
    .filter((one) => !bound.has(one.sessionId) && one.parentSessionId === null)
    .toSorted((a, b) => a.createdAt - b.createdAt);
}

/** By its tag; without tags, by the time, the owner and the first words. */
async function pick(
  { devin, tagRequests }: SearchContext,
  unbound: readonly SessionSnapshot[],
  { request, signal }: { request: Missing; signal: AbortSignal | undefined },
): Promise<SessionSnapshot[]> {
  if (tagRequests) return unbound.filter((session) => isTaggedFor(session, request));
  const matches: SessionSnapshot[] = [];
  // Without words, any session that has none yet would match.
  if (request.prompt === null) return matches;
  const since = createdSince(request);
  for (const session of unbound.filter((one) => one.createdAt >= since && runsAsAsked(one, request))) {
    const { items } = await devin.messages.list(session.sessionId, { first: 1, signal });
    if (items[0]?.message === request.prompt) matches.push(session);
  }
  return matches;
}

/** The session that was created for this request; null: there is none, or several could be it. */
export async function findOne(c: SearchContext, request: SessionRequest): Promise<SessionSnapshot | null> {
  // The row may not know that it was sent. A list of all sessions since it was asked for would be long when many wait.
  const onlyByTag = request.sentAt === null;
  const missing = { ...request, sentAt: sentSince(request) };
  const [first, ...others] = (await findSessions(c, [missing], { onlyByTag })).get(request.id) ?? [];
  // Only the request's own tag tells them apart.
  return first === undefined || (others.length > 0 && !c.tagRequests) ? null : first;
}

/**
 * Whether the answer to a create may be its session: one with its tag is, whoever Devin says it runs as. Devin may leave
 * the tag out; then it isn't if it belongs to another request or member, or is older.
 */
export async function mayAnswer(
  { store, tagRequests }: SearchContext,
  { tags, userId, createdAt }: SessionSnapshot,
  { id, identity, sentAt }: Pick<SessionRequest, 'id' | 'identity' | 'sentAt'>,
): Promise<boolean> {
  const taggedFor = tagRequests ? requestIdOf(tags) : null;
  if (taggedFor === id) return true;
  if (taggedFor !== null && (await store.requests.find(taggedFor)) !== null) return false;
  if (identity?.kind === 'matched' && userId !== null && userId !== identity.devinUserId) return false;
  return sentAt === null || createdAt * 1000 >= sentAt.getTime() - CLOCKS_MS;
}

/** How far Devin's clock may be behind. */
export const CLOCKS_MS = 10 * 60_000;

/** A time before its last attempt was sent, by any clock: the search for its session starts there. */
export function sentSince(request: Pick<SessionRequest, 'sentAt' | 'resumedAt' | 'createdAt'>): Date {
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

/** In seconds. */
const createdSince = ({ sentAt }: Missing): number => Math.floor(sentAt.getTime() / 1000) - MARGIN_S;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/**
 * How long until the next search for a session whose creation was not confirmed, in ms, `sinceMs` after it was given up;
 * null: never. Devin's list may lag, and a slow creation may end later.
 */
export function recheckInterval(sinceMs: number): number | null {
  if (sinceMs >= DAY_MS) return null;
  return Math.min(HOUR_MS, Math.max(MINUTE_MS, sinceMs / 2));
}
