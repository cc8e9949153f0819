import type { RawBuilder, Transaction } from 'kysely';
import type { Log } from '../log.ts';
import { retrySlack, type Enqueue, type Lease, type PostedOnce, type PostOnce } from '../queue/index.ts';
import { refusalKind, slackFailure, type SlackFailure } from '../slack/errors.ts';
import { fullCardMetadata } from '../slack/metadata.ts';
import type { CardPlace, Outbound } from '../slack/outbound.ts';
import { cardMessage } from '../slack/posted-messages.ts';
import { shownUnknown, stageShown, type Cards } from '../store/cards.ts';
import { cardPost, type Posts } from '../store/posts.ts';
import type { SessionRequest } from '../store/request-row.ts';
import type { Sessions } from '../store/sessions.ts';
import type { Tables } from '../store/tables.ts';
import { editClass, isNeeded, placeOf, wasDeleted, type DrawCard, type DrawnCard } from './draw-card.ts';

export type PutDeps = {
  cards: Cards;
  posts: Pick<Posts, 'find'>;
  sessions: Pick<Sessions, 'place' | 'change'>;
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

/** `newIf`: no attempt to post it is known, and none is made if this is false. */
type CardPost = { request: SessionRequest; drawn: DrawnCard; lease: Lease; newIf?: RawBuilder<boolean> };

/** Posts the card once, or edits it; false: it's postponed. */
export async function putCard(deps: PutDeps, post: CardPost): Promise<boolean> {
  const { cards, outbound } = deps;
  const { request, drawn } = post;
  const { id, teamId, cardChannelId: channelId, cardTs: ts } = request;
  if (channelId === null || ts === null) return postCard(deps, post);
  const result = await outbound.updateCard(channelId, ts, drawn.render());
  if (result.kind === 'updated') return drawnNow(deps, request, drawn.shown);
  if (result.kind === 'rate-limited') await cards.pauseEdits(teamId, result.retryAfterMs);
  if (result.kind !== 'refused' || !isLost(result.code, post)) return failed(deps, post, result);
  await cards.lost(id);
  const gone = { ...request, cardTs: null };
  return postCard(deps, { ...post, request: gone, drawn: await deps.drawCard(gone) });
}

/**
 * It was deleted, or an earlier app posted it, which its buttons belong to. A session keeps such a card: the thread under
 * it would move.
 */
function isLost(code: string, { request, drawn }: CardPost): boolean {
  if (code === 'message_not_found') return true;
  return code === 'cant_update_message' && request.sessionId === null && isNeeded(drawn.phase);
}

async function postCard(deps: PutDeps, post: CardPost): Promise<boolean> {
  const { request, drawn } = post;
  if (wasDeleted(request) && !isNeeded(drawn.phase)) return drawnNow(deps, request, drawn.shown);
  // A refusal must leave no card behind.
  if (request.state === 'refused' && (await deps.posts.find(cardPost(request.id))) === null) {
    await deps.cards.leaveLine(request);
    return true;
  }
  const place = await placeOf(request, deps.outbound).catch(slackFailure);
  if (place === null) return nowhere(deps, post, 'no_direct_message');
  if ('kind' in place) return failed(deps, post, place);
  const posted = await postAt(deps, post, place);
  return posted.kind === 'posted' ? true : notPosted(deps, post, posted, place);
}

/** Posts the card once, and records what follows from that. */
export async function postAt(
  deps: PutDeps,
  { request, drawn, lease, newIf }: CardPost,
  place: CardPlace,
): Promise<PostedOnce> {
  return deps.postOnce({
    key: cardPost(request.id),
    place,
    metadata: fullCardMetadata(request),
    // One that was deleted is posted again, and isn't searched for.
    ...(!wasDeleted(request) && { since: request.createdAt }),
    lease,
    ...(newIf !== undefined && { newIf }),
    render: async () => drawn.render(),
    onPosted: async ({ ts, earlier }, trx) =>
      placed(deps, { request, place: { ...place, ts, shown: earlier ? UNKNOWN : drawn.shown } }, trx),
  });
}

async function notPosted(
  deps: PutDeps,
  post: CardPost,
  failure: SlackFailure,
  { channelId }: CardPlace,
): Promise<boolean> {
  const { request } = post;
  if (failure.kind === 'unclear') return failed(deps, post, failure);
  if (failure.kind === 'refused') {
    if (refusalKind(failure.code) === 'token') return withoutToken(deps, post, failure);
    if (request.cardElsewhere !== null || wasDeleted(request)) return nowhere(deps, post, failure.code);
    await deps.cards.moveElsewhere(request.id, failure.code);
    return putOff(deps, request, 0);
  }
  await deps.cards.pausePosts(channelId, failure.retryAfterMs);
  // A direct message's channel is known only now, so the line can't wait for it.
  return putOff(deps, request, request.cardElsewhere === null ? 0 : failure.retryAfterMs);
}

/** It's posted once an app admin has replaced the token; until then, its requester has the link. */
async function withoutToken(deps: PutDeps, post: CardPost, failure: SlackFailure): Promise<boolean> {
  const { id: requestId, state } = post.request;
  const isFirstTry = post.newIf !== undefined;
  if (isFirstTry && state === 'created') await deps.enqueue('tell-person', { requestId, notice: 'no-card' });
  return failed(deps, post, failure);
}

type Placed = CardPlace & { ts: string; shown: string };

async function placed(
  { cards, sessions, enqueue }: PutDeps,
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

async function drawnNow(
  { cards, enqueue }: PutDeps,
  request: SessionRequest,
  shown: string,
): Promise<boolean> {
  const { id } = request;
  // If the row has changed since, it's drawn again.
  if (!(await cards.drawn(request, shown))) await enqueue('update-card', { requestId: id });
  return true;
}

/** Slack accepts it nowhere. */
async function nowhere(deps: PutDeps, post: CardPost, code: string): Promise<boolean> {
  deps.log.warn({ requestId: post.request.id, code }, 'Slack refused to take a card');
  return giveUp(deps, post);
}

async function failed(deps: PutDeps, post: CardPost, failure: SlackFailure): Promise<boolean> {
  const { request } = post;
  const retry = retrySlack(failure, deps.now() - request.updatedAt.getTime());
  if (retry.kind === 'wait') return putOff(deps, request, retry.afterMs);
  deps.log.warn({ requestId: request.id, code: retry.code }, 'Slack refused to edit a card');
  return giveUp(deps, post);
}

/** Until there is something new to show. If the card was to get the URL, its requester is told it privately, once. */
async function giveUp(deps: PutDeps, { request, drawn }: CardPost): Promise<boolean> {
  const { id: requestId, state } = request;
  const lacksUrl = state === 'created' && editClass(request, drawn) === 'url';
  if (lacksUrl && !wasDeleted(request)) await deps.enqueue('tell-person', { requestId, notice: 'no-card' });
  // Once the channel takes changes again, it's drawn again.
  return drawnNow(deps, request, shownUnknown(stageShown(drawn.shown)));
}

async function putOff({ cards }: PutDeps, { id }: SessionRequest, ms: number): Promise<boolean> {
  await cards.putOff(id, ms);
  return false;
}

/** The thread in which a request's session is followed: its card's, or the one under the card; null: no card yet. */
export function threadOfCard(request: SessionRequest): { channelId: string; threadTs: string } | null {
  const card = cardMessage(request);
  return card === null ? null : { channelId: card.channelId, threadTs: card.threadTs ?? card.ts };
}
