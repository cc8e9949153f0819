import type { SessionMessage } from '../devin/schemas.ts';
import type { Log } from '../log.ts';
import { readPrompt } from '../session/prompt.ts';
import { readPermalink } from '../slack/permalink.ts';
import type { MarkReader } from '../slack/marks.ts';
import type { Outbound } from '../slack/outbound.ts';
import type { Lost, Place } from '../queue/index.ts';
import type { FindRequester } from './find-requester.ts';
import { orNull } from './or-null.ts';

type PlacesDeps = {
  listMessages: (sessionId: string, query: { first: number }) => Promise<{ items: SessionMessage[] }>;
  findRequester: FindRequester;
  outbound: Pick<Outbound, 'directChannel'>;
  marks: Pick<MarkReader, 'conversations'>;
  log: Log;
};

/** More conversations than this are not looked through. */
const MAX_CONVERSATIONS = 200;

/**
 * Where the cards of lost sessions may be, the likeliest first: the threads they were asked about, the requesters'
 * direct messages, and all other conversations the app is in.
 */
export function createFindPlaces(deps: PlacesDeps) {
  const { listMessages, findRequester, outbound, marks, log } = deps;

  /** A session that was asked for about a message has its address in the prompt. */
  async function thread({ sessionId, requestId }: Lost): Promise<Place[]> {
    const first = await orNull(async () => (await listMessages(sessionId, { first: 1 })).items[0]);
    if (first?.source !== 'user') return [];
    const { permalink } = readPrompt(first.message, requestId);
    const place = permalink === null ? null : readPermalink(permalink);
    return place === null ? [] : [{ ...place, beforeS: null }];
  }

  async function direct(devinUserId: string): Promise<Place[]> {
    const userId = await findRequester(devinUserId);
    const channelId = userId === null ? null : await outbound.directChannel(userId);
    return channelId === null ? [] : [{ channelId, threadTs: null, beforeS: null }];
  }

  return async (lost: readonly Lost[], signal: AbortSignal): Promise<Place[]> => {
    const places: Place[] = [];
    for (const one of lost) {
      signal.throwIfAborted();
      places.push(...(await thread(one)));
    }
    const members = new Set(lost.flatMap(({ devinUserId: id }) => (id === null ? [] : [id])));
    for (const id of members) {
      signal.throwIfAborted();
      places.push(...(await direct(id)));
    }
    const { channelIds, missingScopes } = await marks.conversations(MAX_CONVERSATIONS);
    if (missingScopes.length > 0)
      log.warn({ missingScopes }, 'cards of lost sessions are not looked for in all conversations');
    places.push(...channelIds.map((channelId) => ({ channelId, threadTs: null, beforeS: null })));
    return distinct(places);
  };
}

function distinct(places: readonly Place[]): Place[] {
  return [...new Map(places.map((place) => [`${place.channelId} ${place.threadTs}`, place])).values()];
}
