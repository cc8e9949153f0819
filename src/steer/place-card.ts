import type { Kysely } from 'kysely';
import { fullCardMetadata } from '../slack/metadata.ts';
import type { CardPlace, Outbound } from '../slack/outbound.ts';
import { cardPost } from '../store/posts.ts';
import type { RequestChanges, SessionRequest } from '../store/request-row.ts';
import type { Requests } from '../store/requests.ts';
import type { Sessions } from '../store/sessions.ts';
import type { Tables } from '../store/tables.ts';
import { backOffMs } from '../queue/index.ts';
import type { Enqueue, Lease, PostOnce, WithLease } from '../queue/index.ts';
import { cardLease, placeOf } from '../cards/index.ts';
import type { DrawCard } from '../cards/index.ts';

type PlaceDeps = {
  db: Kysely<Tables>;
  requests: Pick<Requests, 'find' | 'advance'>;
  sessions: Pick<Sessions, 'change' | 'place'>;
  outbound: Pick<Outbound, 'directChannel'>;
  drawCard: DrawCard;
  withLease: WithLease;
  postOnce: PostOnce;
  enqueue: Enqueue;
  now: () => number;
};

type PlacedCard =
  | { kind: 'placed'; request: SessionRequest }
  /** It can't be posted in the channel, nor to the person directly. */
  | { kind: 'no-place' }
  /** Another process is posting it, or Slack's answer was unclear: the next run searches for it. */
  | { kind: 'later'; afterMs: number };

/** Posts the card of a request that is already `created`, once. */
export type PlaceCard = (request: SessionRequest) => Promise<PlacedCard>;

export function createPlaceCard(deps: PlaceDeps): PlaceCard {
  const { requests, outbound, drawCard, withLease, postOnce, now } = deps;

  async function changed(request: SessionRequest, changes: RequestChanges): Promise<SessionRequest> {
    const { id } = request;
    return (await requests.advance({ id, from: 'created', to: 'created', changes })) ?? request;
  }

  async function post(request: SessionRequest, lease: Lease): Promise<PlacedCard> {
    if (request.cardTs !== null) return { kind: 'placed', request };
    const place = await placeOf(request, outbound);
    if (place === null) return { kind: 'no-place' };
    const result = await postOnce({
      key: cardPost(request.id),
      place,
      metadata: fullCardMetadata(request),
      lease,
      render: async () => (await drawCard(request)).render(),
    });
    switch (result.kind) {
      case 'posted':
        return placed(deps, request, { ...place, ts: result.ts });
      case 'rate-limited':
        return { kind: 'later', afterMs: result.retryAfterMs };
      case 'unclear':
        return { kind: 'later', afterMs: backOffMs(now() - request.createdAt.getTime()) };
      case 'refused':
        if (request.cardElsewhere !== null) return { kind: 'no-place' };
        return post(await changed(request, { cardElsewhere: result.code }), lease);
    }
  }

  return async ({ id, createdAt }) => {
    const leased = await withLease(cardLease(id), async (lease) => {
      const request = await requests.find(id);
      return request === null ? null : post(request, lease);
    });
    const placed = leased.kind === 'done' ? leased.result : null;
    return placed ?? { kind: 'later', afterMs: backOffMs(now() - createdAt.getTime()) };
  };
}

async function placed(
  { db, requests, sessions, enqueue }: PlaceDeps,
  { id, sessionId }: SessionRequest,
  { channelId, threadTs, ts }: CardPlace & { ts: string },
): Promise<PlacedCard> {
  const request = await db.transaction().execute(async (trx) => {
    const changes = { cardChannelId: channelId, cardTs: ts, cardStale: true };
    // The session first, as everywhere: locking in different orders could deadlock.
    if (sessionId !== null) {
      await sessions.place(sessionId, { channelId, threadTs: threadTs ?? ts }, trx);
      await sessions.change(sessionId, { nextPoll: { inMs: 0, first: true } }, trx);
      await enqueue('relay-from-devin', { sessionId }, { trx });
    }
    const carded = await requests.advance({ id, from: 'created', to: 'created', changes }, trx);
    await enqueue('update-card', { requestId: id }, { trx });
    return carded;
  });
  return request === null ? { kind: 'no-place' } : { kind: 'placed', request };
}
