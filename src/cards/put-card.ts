import type { Transaction } from 'kysely';
import type { Log } from '../log.ts';
import { retrySlack, type Enqueue, type Lease, type PostOnce } from '../queue/index.ts';
import { refusalKind, slackFailure, type SlackFailure } from '../slack/errors.ts';
import { fullCardMetadata } from '../slack/metadata.ts';
import type { CardPlace, Outbound } from '../slack/outbound.ts';
import { cardMessage } from '../slack/posted-messages.ts';
import { shownUnknown, stageShown } from '../store/cards.ts';
import { cardPost } from '../store/posts.ts';
import type { SessionRequest } from '../store/request-row.ts';
import type { Store } from '../store/store.ts';
import type { Tables } from '../store/tables.ts';
import type { Turn } from '../store/turns.ts';
import { isNeeded, placeOf, turnClassOf, wasDeleted, type DrawCard, type DrawnCard } from './draw-card.ts';

export type PutDeps = {
  store: Pick<Store, 'cards' | 'posts' | 'turns' | 'sessions'>;
  outbound: Pick<Outbound, 'updateCard' | 'directChannel'>;
  /** A reposted card shows less. */
  drawCard: DrawCard;
  postOnce: PostOnce;
  enqueue: Enqueue;
  now: () => number;
  log: Log;
};

/** For a card that was found by a search. */
const UNKNOWN = shownUnknown(null);

/** `isNew`: no attempt to post it is known. `isAsked`: a person asks for it, even if one deleted it. */
type CardPost = {
  request: SessionRequest;
  drawn: DrawnCard;
  lease: Lease;
  isNew?: boolean;
  isAsked?: boolean;
};

/** Posts the card once, or edits it, when its turn comes. When to try again, in ms; null: there is no more to show. */
export async function putCard(deps: PutDeps, post: CardPost): Promise<number | null> {
  const { cards, turns } = deps.store;
  const { request, drawn } = post;
  const { id, cardChannelId: channelId, cardTs: ts } = request;
  if (channelId === null || ts === null) return postCard(deps, post);
  const turn = editTurn(post);
  const waitMs = await turns.take(turn);
  if (waitMs > 0) return waitMs;
  await cards.drawing(id);
  const result = await deps.outbound.updateCard(channelId, ts, drawn.render());
  if (result.kind === 'updated') return shows(deps, request, drawn.shown);
  if (result.kind === 'rate-limited') return turns.refused(turn, result.retryAfterMs);
  if (result.kind !== 'refused' || !isLost(result.code, post)) return failed(deps, post, result);
  await cards.lost(id);
  const gone = { ...request, cardTs: null };
  return postCard(deps, { ...post, request: gone, drawn: await deps.drawCard(gone) });
}

function editTurn({ request, drawn }: CardPost): Turn {
  const turnClass = turnClassOf(request, drawn);
  return { key: cardPost(request.id), of: 'edits', place: request.teamId, turnClass };
}

/**
 * It was deleted, or an earlier app posted it, which its buttons belong to. A session keeps such a card: the thread under
 * it would move.
 */
function isLost(code: string, { request, drawn }: CardPost): boolean {
  if (code === 'message_not_found') return true;
  return code === 'cant_update_message' && request.sessionId === null && isNeeded(drawn.phase);
}

async function postCard(deps: PutDeps, post: CardPost): Promise<number | null> {
  const { posts } = deps.store;
  const { request, drawn, lease, isNew = false, isAsked = false } = post;
  const key = cardPost(request.id);
  if (wasDeleted(request) && !isAsked && !isNeeded(drawn.phase)) return shows(deps, request, drawn.shown);
  // A refusal must leave no card behind.
  if (request.state === 'refused' && (await posts.find(key)) === null) return shows(deps, request, null);
  const place = await placeOf(request, deps.outbound).catch(slackFailure);
  if (place === null) return nowhere(deps, post, 'no_direct_message');
  if ('kind' in place) return failed(deps, post, place);
  const posted = await deps.postOnce({
    key,
    place,
    metadata: fullCardMetadata(request),
    // One that was deleted is posted again, and isn't searched for.
    ...(!wasDeleted(request) && { since: request.createdAt }),
    lease,
    isNew,
    // Somebody waits for it.
    turnClass: 'url',
    render: async () => drawn.render(),
    onPosted: async ({ ts, earlier }, trx) =>
      placed(deps, { request, place: { ...place, ts, shown: earlier ? UNKNOWN : drawn.shown } }, trx),
  });
  return posted.kind === 'posted' ? null : notPosted(deps, post, posted);
}

async function notPosted(deps: PutDeps, post: CardPost, failure: SlackFailure): Promise<number | null> {
  const { request, isNew } = post;
  const { id: requestId, state } = request;
  if (failure.kind !== 'refused') return failed(deps, post, failure);
  if (refusalKind(failure.code) === 'token') {
    // It's posted once an app admin has replaced the token; until then, its requester has the link.
    if (isNew === true && state === 'created')
      await deps.enqueue('tell-person', { requestId, notice: 'no-card' });
    return failed(deps, post, failure);
  }
  if (request.cardElsewhere !== null || wasDeleted(request)) return nowhere(deps, post, failure.code);
  await deps.store.cards.moveElsewhere(requestId, failure.code);
  return 0;
}

type Placed = CardPlace & { ts: string; shown: string };

async function placed(
  { store: { cards, sessions }, enqueue }: PutDeps,
  { request, place: { channelId, threadTs, ts, shown } }: { request: SessionRequest; place: Placed },
  trx: Transaction<Tables>,
): Promise<void> {
  const { id, sessionId, cardElsewhere: elsewhere } = request;
  const isFollowed = request.source === 'follow';
  // The session first, as everywhere: locking in different orders would deadlock.
  if (sessionId !== null) {
    const { hasActed } = await sessions.place(sessionId, { channelId, threadTs: threadTs ?? ts }, trx);
    // What has done nothing yet has said nothing; the watcher hears of what it says.
    if (hasActed) await enqueue('relay-from-devin', { sessionId }, { trx });
    // Polling of a followed session begins now.
    if (isFollowed) await sessions.change(sessionId, { nextPoll: { inMs: 0, first: true } }, trx);
  }
  const isLast = await cards.placed(request, { channelId, ts, shown }, trx);
  if (!isLast || shown === UNKNOWN)
    await enqueue('update-card', { requestId: id }, { trx, interactive: true });
  // Who follows a session is told where its card is.
  if (elsewhere !== null && !isFollowed && !wasDeleted(request))
    await enqueue('tell-person', { requestId: id, notice: 'card-elsewhere' }, { trx });
}

/** If the row has changed since, it's drawn again. */
async function shows({ store }: PutDeps, request: SessionRequest, shown: string | null) {
  return (await store.cards.drawn(request, shown)) ? null : 0;
}

/** Slack accepts it nowhere. */
async function nowhere(deps: PutDeps, post: CardPost, code: string): Promise<number | null> {
  deps.log.warn({ requestId: post.request.id, code }, 'Slack refused to take a card');
  return giveUp(deps, post);
}

async function failed(deps: PutDeps, post: CardPost, failure: SlackFailure): Promise<number | null> {
  const { request } = post;
  const retry = retrySlack(failure, deps.now() - request.updatedAt.getTime());
  if (retry.kind === 'wait') return retry.afterMs;
  deps.log.warn({ requestId: request.id, code: retry.code }, 'Slack refused to edit a card');
  return giveUp(deps, post);
}

/** Until there is something new to show. If the card was to get the URL, its requester is told it privately, once. */
async function giveUp(deps: PutDeps, { request, drawn }: CardPost): Promise<number | null> {
  const { id: requestId, state, source } = request;
  const lacksUrl = state === 'created' && turnClassOf(request, drawn) === 'url';
  // Who follows a session is told by the job that places its card.
  if (lacksUrl && !wasDeleted(request) && source !== 'follow')
    await deps.enqueue('tell-person', { requestId, notice: 'no-card' });
  // Once the channel takes changes again, it's drawn again.
  return shows(deps, request, shownUnknown(stageShown(drawn.shown)));
}

/** The thread in which a request's session is followed: its card's, or the one under the card; null: no card yet. */
export function threadOfCard(request: SessionRequest): { channelId: string; threadTs: string } | null {
  const card = cardMessage(request);
  return card === null ? null : { channelId: card.channelId, threadTs: card.threadTs ?? card.ts };
}
