import type { Log } from '../log.ts';
import {
  HELD_WAIT_MS,
  retrySlack,
  soonIfBusy,
  type Jobs,
  type Lease,
  type PostOnce,
  type WithLease,
} from '../queue/index.ts';
import { isOpen } from '../session/request.ts';
import type { Called } from '../slack/blocks/devin-message.ts';
import { renderOutcome, renderPastOutcome } from '../slack/blocks/notices.ts';
import type { Rendered } from '../slack/blocks/objects.ts';
import { doubtOf } from '../slack/card-notes.ts';
import { cardView } from '../slack/card-view.ts';
import { outcomeMetadata } from '../slack/metadata.ts';
import { directPlace, type CardPlace, type Outbound } from '../slack/outbound.ts';
import type { FindLeaver, IsOutside } from '../slack/people.ts';
import { cardMessage, threadOfCard } from '../slack/posted-messages.ts';
import type { TextFor } from '../slack/text-for.ts';
import { askedAt, type SessionRequest } from '../store/request-row.ts';
import { outcomePosts, type PostedRow } from '../store/shown.ts';
import type { StoreParts } from '../store/store.ts';
import type { Text } from '../text/index.ts';

type OutcomeDeps = {
  store: StoreParts<{
    requests: 'find';
    shown: 'outcomesOf' | 'forget';
    sessions: 'ofRequest';
    settings: 'preferencesFor';
  }>;
  findLeaver: FindLeaver;
  isOutside: IsOutside;
  outbound: Pick<Outbound, 'directChannel' | 'edit' | 'permalink'>;
  withLease: WithLease;
  postOnce: PostOnce;
  /** Under the card. */
  text: Text;
  /** In a direct message. */
  textFor: TextFor;
  now: () => number;
  log: Log;
};

/** How long the message waits for the card, whose buttons it mentions. */
const CARD_WAIT_MS = 60_000;

/**
 * Notifies the person once, under the card or in a direct message, if a request has no session or may have none. What it
 * said of earlier attempts no longer holds, so those messages say what became of them.
 */
export function createOutcomeNotifier(deps: OutcomeDeps) {
  const { requests, settings } = deps.store;
  const { withLease, now } = deps;

  return async ({ requestId }: Jobs['tell-outcome']): Promise<number | null> => {
    const leasing = withLease(`outcome:${requestId}`, async (lease) => {
      const request = await requests.find(requestId);
      if (request === null || isOpen(request.state)) return null;
      const pauseMs = await settleEarlier(deps, request);
      if (pauseMs > 0) return pauseMs;
      if (!isOutcome(request)) return null;
      if (waitsForCard(request, now())) return HELD_WAIT_MS;
      const { notify } = await settings.preferencesFor(request);
      if (notify === 'card') return null;
      // Nobody reads direct messages of a person who left.
      const left = await deps.findLeaver(request);
      const called: Called =
        left === null ? { kind: 'people', userIds: [request.userId] } : { kind: 'nobody', ...left };
      const thread = threadOfCard(request);
      // The person left the conversation with the card.
      const outside = left === null && thread !== null && (await deps.isOutside(thread.channelId, request));
      const direct = outside || (notify === 'dm' && left === null);
      return notifyOnce(deps, { request, lease, direct, outside, called });
    });
    return soonIfBusy(leasing);
  };
}

/** A refusal is private; a person who canceled it knows. */
function isOutcome({ state, failure, userId }: SessionRequest): boolean {
  const canceledBy = failure?.kind === 'cancelled' ? failure.userId : null;
  return state === 'unknown' || (state === 'failed' && canceledBy !== userId);
}

function waitsForCard({ cardTs, updatedAt }: SessionRequest, nowMs: number): boolean {
  return cardTs === null && nowMs - updatedAt.getTime() < CARD_WAIT_MS;
}

type Outcome = { request: SessionRequest; lease: Lease; direct: boolean; outside: boolean; called: Called };

/** How long to wait before a retry, in ms; null: it's done. */
async function notifyOnce(deps: OutcomeDeps, outcome: Outcome): Promise<number | null> {
  const { request, lease } = outcome;
  const thread = outcome.direct ? null : threadOfCard(request);
  const place = thread ?? (await directPlace(deps.outbound, request.userId));
  const at = attemptOf(request);
  const posted = await deps.postOnce({
    key: `${outcomePosts(request.id)}${at}${thread === null ? DIRECT : ''}`,
    place,
    metadata: outcomeMetadata(request.id, at),
    since: askedAt(request),
    lease,
    turnClass: 'url',
    render: async () => compose(deps, outcome, place),
  });
  if (posted.kind === 'posted') return null;
  const retry = retrySlack(posted, deps.now() - request.updatedAt.getTime());
  if (retry.kind === 'wait') return retry.afterMs;
  if (thread !== null) return notifyOnce(deps, { ...outcome, direct: true });
  deps.log.warn({ requestId: request.id, code: retry.code }, 'Slack refused the notice of an outcome');
  return null;
}

const DIRECT = ':direct';

/** Which of its attempts, as part of a key. One that wasn't sent keeps the time at which an earlier one was. */
function attemptOf(request: SessionRequest): string {
  const asked = askedAt(request).getTime();
  return String(Math.max(asked, request.sentAt?.getTime() ?? asked));
}

/** Edits each once. Returns how long Slack wants a pause, in ms. */
async function settleEarlier(deps: OutcomeDeps, request: SessionRequest): Promise<number> {
  const { shown } = deps.store;
  const { outbound } = deps;
  for (const post of await shown.outcomesOf(request.id)) {
    const [at = ''] = post.key.slice(outcomePosts(request.id).length).split(':');
    if (isOutcome(request) && at === attemptOf(request)) continue;
    const place = { channelId: post.channelId, ts: post.ts };
    const edited = await outbound.edit(
      place,
      outcomeMetadata(request.id, at),
      await composePast(deps, request, post),
    );
    if (edited.kind === 'rate-limited') return edited.retryAfterMs;
    // One that can't be edited stays as it is.
    await shown.forget(post.key);
  }
  return 0;
}

async function composePast(
  { store: { sessions }, now, ...words }: OutcomeDeps,
  request: SessionRequest,
  { key }: PostedRow,
): Promise<Rendered> {
  const text = key.endsWith(DIRECT) ? await words.textFor(request.userId) : words.text;
  const session = await sessions.ofRequest(request.id);
  return renderPastOutcome(cardView({ request, session, nowMs: now() }, text), text);
}

async function compose(
  { outbound, now, ...words }: OutcomeDeps,
  { request, called, outside }: Outcome,
  { threadTs }: CardPlace,
): Promise<Rendered> {
  const text = threadTs === null ? await words.textFor(request.userId) : words.text;
  const cardUrl = threadTs === null ? outbound.permalink(cardMessage(request)) : null;
  const card = cardView({ request, session: null, nowMs: now() }, text);
  const reason = card.problem ?? doubtOf(request, text);
  return renderOutcome({ card, called, reason, outside, cardUrl }, text);
}
