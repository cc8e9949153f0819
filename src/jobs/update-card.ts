import { createHash } from 'node:crypto';
import type { Log } from '../log.ts';
import { elapsedStep } from '../session/elapsed.ts';
import type { SessionPhase } from '../session/lifecycle.ts';
import { renderCard } from '../slack/blocks/session-card.ts';
import { cardView } from '../slack/card-view.ts';
import { slackFailure } from '../slack/errors.ts';
import type { SlackFailure } from '../slack/errors.ts';
import type { Outbound, Rendered } from '../slack/outbound.ts';
import type { Cards } from '../store/cards.ts';
import { cardThread } from '../store/request-row.ts';
import type { SessionRequest } from '../store/request-row.ts';
import type { Requests } from '../store/requests.ts';
import type { Sessions } from '../store/sessions.ts';
import type { Text } from '../text/index.ts';
import { backOffMs } from '../queue/index.ts';
import type { Enqueue } from './queue.ts';
import type { RedrawHome } from './redraw-home.ts';
import type { OneAtATime } from './one-at-a-time.ts';
import { mayPass } from './relay/place-trouble.ts';

type DrawnCard = {
  rendered: Rendered;
  /** A fingerprint of all it shows; a few minutes more make no other card. */
  shown: string;
  phase: SessionPhase;
};
export type DrawCard = (request: SessionRequest) => Promise<DrawnCard>;

type DrawDeps = { sessions: Pick<Sessions, 'ofRequest'>; text: Text; now: () => number };

export function createDrawCard({ sessions, text, now }: DrawDeps): DrawCard {
  return async (request) => {
    const session = request.state === 'created' ? await sessions.ofRequest(request.id) : null;
    const card = cardView({ request, session, nowMs: now() }, text);
    const { elapsedMs } = card;
    const step = renderCard({ ...card, elapsedMs: elapsedMs === null ? null : elapsedStep(elapsedMs) }, text);
    const shown = createHash('sha256').update(JSON.stringify(step)).digest('base64url');
    return { rendered: renderCard(card, text), shown, phase: card.phase };
  };
}

type UpdateDeps = {
  requests: Pick<Requests, 'find'>;
  cards: Cards;
  drawCard: DrawCard;
  outbound: Pick<Outbound, 'updateCard' | 'postCard' | 'findCard'>;
  oneAtATime: OneAtATime;
  enqueue: Enqueue;
  redrawHome: RedrawHome;
  now: () => number;
  log: Log;
};

/** Whoever edits or posts the card of a request does it under this name, one at a time. */
export const cardLease = (requestId: string): string => `card:${requestId}`;

const HELD_WAIT_MS = 1000;

/** Phases in which somebody has something to do, or to know: a card that was deleted by hand comes again. */
const NEEDED: ReadonlySet<SessionPhase> = new Set([
  'needs-you',
  'needs-approval',
  'finished',
  'failed',
  'capped',
  'unknown',
]);

/** Makes the card say what the rows say: when that is anything new, and when its turn within Slack's budget has come. */
export function createCardUpdater(deps: UpdateDeps) {
  const { requests, cards, drawCard, oneAtATime, enqueue, redrawHome, now } = deps;

  async function again(requestId: string, startAfterMs: number): Promise<void> {
    await enqueue('update-card', { requestId }, { key: requestId, startAfterMs });
  }

  /** 0: it is this card's turn. */
  async function waitMs(request: SessionRequest): Promise<number> {
    const { id, team_id: teamId, card_turn_at: turn } = request;
    if (turn !== null) return turn.getTime() - now();
    const at = await cards.nextTurn(teamId, new Date(now()));
    const ms = at.getTime() - now();
    if (ms > 0) await cards.keepTurn(id, at);
    return ms;
  }

  /** Until then it is not its turn, whoever asks. */
  async function putOff({ id, team_id: teamId }: SessionRequest, ms: number): Promise<void> {
    const turn = await cards.nextTurn(teamId, new Date(now()));
    const at = new Date(Math.max(turn.getTime(), now() + ms));
    await cards.keepTurn(id, at);
    await again(id, at.getTime() - now());
  }

  async function edit(requestId: string, held: AbortSignal): Promise<void> {
    await cards.useTurn(requestId);
    const request = await requests.find(requestId);
    if (request === null) return;
    const drawn = await drawCard(request);
    const failure = await put(deps, { request, drawn, held });
    const triedForMs = now() - request.updated_at.getTime();
    if (failure !== null && isPassing(failure, triedForMs)) {
      if (failure.kind !== 'rate-limited') return putOff(request, backOffMs(triedForMs));
      await cards.pause(request.team_id, new Date(now() + failure.retryAfterMs));
      return again(requestId, failure.retryAfterMs);
    }
    // Whoever drew something that is out of date by then draws again, so the last word is the row's.
    if (!(await cards.drawn(requestId, drawn.shown, request.updated_at))) await again(requestId, 0);
  }

  return async (requestId: string): Promise<void> => {
    const request = await requests.find(requestId);
    if (request === null || request.card_channel_id === null) return;
    const { shown } = await drawCard(request);
    if (shown === request.card_shown) {
      await cards.drawn(requestId, shown, request.updated_at);
      return;
    }
    const ms = await waitMs(request);
    if (ms > 0) return again(requestId, ms);
    const done = await oneAtATime(cardLease(requestId), async (held) => edit(requestId, held));
    if (!done) return again(requestId, HELD_WAIT_MS);
    await redrawHome(request);
  };
}

type PutDeps = Pick<UpdateDeps, 'outbound' | 'cards' | 'now' | 'log'>;

/** `held`: aborts when somebody else has the card. */
type Put = { request: SessionRequest; drawn: DrawnCard; held: AbortSignal };

/** Edits the card; posts it again where it was deleted and somebody needs it. null: done, or not needed. */
async function put(deps: PutDeps, { request, drawn, held }: Put): Promise<SlackFailure | null> {
  const { outbound, cards, log } = deps;
  const { id, card_channel_id: channelId, card_ts: ts } = request;
  if (channelId === null) return null;
  const result = ts === null ? null : await outbound.updateCard(channelId, ts, drawn.rendered);
  if (result?.kind === 'updated') return null;
  if (result !== null && !isDeleted(result)) {
    if (result.kind === 'refused')
      log.warn({ requestId: id, code: result.code }, 'Slack refused to edit a card');
    return result;
  }
  if (result !== null) await cards.lost(id);
  if (!NEEDED.has(drawn.phase)) return null;
  const deleted = { ...request, ...(ts !== null && { card_attempted_at: null }) };
  return postAgain(deps, { request: deleted, drawn, held });
}

function isPassing(failure: SlackFailure, triedForMs: number): boolean {
  return failure.kind !== 'refused' || mayPass(failure.code, triedForMs);
}

const isDeleted = (result: SlackFailure): boolean =>
  result.kind === 'refused' && result.code === 'message_not_found';

async function postAgain(
  { outbound, cards, now, log }: PutDeps,
  { request, drawn, held }: Put,
): Promise<SlackFailure | null> {
  const { id, card_channel_id: channelId } = request;
  const place = { channelId: channelId ?? '', threadTs: cardThread(request) };
  const startsThread = place.threadTs === null;
  const found = await outbound.findCard(place, request).catch(slackFailure);
  if (typeof found === 'string') return cards.placed(id, found, startsThread).then(() => null);
  if (found !== null) return found;
  held.throwIfAborted();
  await cards.attempt(id, new Date(now()));
  const posted = await outbound.postCard(place, request, drawn.rendered);
  if (posted.kind === 'posted') return cards.placed(id, posted.ts, startsThread).then(() => null);
  if (posted.kind !== 'unclear') await cards.attempt(id, null);
  if (posted.kind === 'refused')
    log.warn({ requestId: id, code: posted.code }, 'Slack refused to take a deleted card again');
  return posted;
}
