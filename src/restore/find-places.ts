import { DevinError } from '../devin/errors.ts';
import type { SessionMessage } from '../devin/schemas.ts';
import type { FindMember } from '../identity/resolve.ts';
import type { Log } from '../log.ts';
import type { LostSession, SearchPlace } from '../queue/index.ts';
import { readPrompt } from '../session/prompt.ts';
import type { Outbound } from '../slack/edge/outbound.ts';
import type { People } from '../slack/edge/people.ts';
import { readPermalink, type MetadataReader } from '../slack/edge/posted-messages.ts';

type PlacesDeps = {
  listMessages: (sessionId: string, query: { first: number }) => Promise<{ items: SessionMessage[] }>;
  findRequester: FindRequester;
  outbound: Pick<Outbound, 'directChannel'>;
  metadata: Pick<MetadataReader, 'conversations'>;
  log: Log;
};

/** At most this many conversations are searched. */
const MAX_CONVERSATIONS = 200;

/**
 * Where the cards of lost sessions may be, likeliest first: the threads they were asked about, the requesters' direct
 * messages, and all other conversations the app is in.
 */
export function createFindPlaces(deps: PlacesDeps) {
  const { listMessages, findRequester, outbound, metadata, log } = deps;

  /** The prompt of a session about a message has a link to the message. */
  async function thread({ sessionId, requestId }: LostSession): Promise<SearchPlace[]> {
    const first = await unlessDevinFails(async () => (await listMessages(sessionId, { first: 1 })).items[0]);
    if (first?.source !== 'user') return [];
    const { permalink } = readPrompt(first.message, requestId);
    const place = permalink === null ? null : readPermalink(permalink);
    return place === null ? [] : [{ ...place, beforeS: null }];
  }

  async function direct(devinUserId: string): Promise<SearchPlace[]> {
    const userId = await findRequester(devinUserId);
    const channelId = userId === null ? null : await outbound.directChannel(userId);
    return channelId === null ? [] : [{ channelId, threadTs: null, beforeS: null }];
  }

  return async (lost: readonly LostSession[], signal: AbortSignal): Promise<SearchPlace[]> => {
    const places: SearchPlace[] = [];
    for (const one of lost) {
      signal.throwIfAborted();
      places.push(...(await thread(one)));
    }
    const members = new Set(lost.flatMap(({ devinUserId: id }) => (id === null ? [] : [id])));
    for (const id of members) {
      signal.throwIfAborted();
      places.push(...(await direct(id)));
    }
    const { channelIds, missingScopes } = await metadata.conversations(MAX_CONVERSATIONS);
    if (missingScopes.length > 0)
      log.warn({ missingScopes }, 'lost cards are not searched for in all conversations');
    places.push(...channelIds.map((channelId) => ({ channelId, threadTs: null, beforeS: null })));
    return [...new Map(places.map((place) => [`${place.channelId} ${place.threadTs}`, place])).values()];
  };
}

/** The Slack user id of a member of the Devin organization; null: nobody in the workspace has their address. */
export type FindRequester = (devinUserId: string) => Promise<string | null>;

type RequesterDeps = { findMember: FindMember; people: Pick<People, 'findByEmail'> };

export function createFindRequester({ findMember, people }: RequesterDeps): FindRequester {
  return async (devinUserId) => {
    const email = (await unlessDevinFails(async () => findMember(devinUserId)))?.email ?? null;
    const person = email === null ? null : await people.findByEmail(email);
    return person?.kind === 'member' && person.email !== null ? person.userId : null;
  };
}

/** null if Devin refuses or fails; throws while it is busy, so that the job waits. */
export async function unlessDevinFails<T>(ask: () => Promise<T>): Promise<T | null> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof DevinError && error.code !== 'rate-limited') return null;
    throw error;
  }
}
