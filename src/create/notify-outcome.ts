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
import { whereCalled, type CalledIn } from '../slack/called.ts';
import { doubtOf } from '../slack/card-notes.ts';
import { cardView } from '../slack/card-view.ts';
import { outcomeMetadata } from '../slack/edge/metadata.ts';
import { directPlace, type CardPlace, type Outbound } from '../slack/edge/outbound.ts';
import type { FindLeaver, IsOutside } from '../slack/edge/people.ts';
import { cardMessage, threadOfCard } from '../slack/edge/posted-messages.ts';
import type { TextFor } from '../slack/edge/text-for.ts';
import type { Called } from '../slack/views/milestone.ts';
import { renderOutcome } from '../slack/views/notices.ts';
import type { Rendered } from '../slack/views/objects.ts';
import { askedAt, type SessionRequest } from '../store/request-row.ts';
import type { StoreParts } from '../store/store.ts';
import type { Text } from '../text/index.ts';

type OutcomeDeps = {
  store: StoreParts<{
    requests: 'find';
    settings: 'preferencesFor';
  }>;
  findLeaver: FindLeaver;
  isOutside: IsOutside;
  outbound: Pick<Outbound, 'directChannel' | 'permalink'>;
  withLease: WithLease;
  postOnce: PostOnce;
  /** Under the card. */
  text: Text;
  /** In a direct message. */
  textFor: TextFor;
  now: () => number;
  log: Log;
};

/** How long the message waits for the card, whose buttons say what to do. */
const CARD_WAIT_MS = 60_000;

/** Notifies the person once, under the card or in a direct message, if a request has no session or may have none. */
export function createOutcomeNotifier(deps: OutcomeDeps) {
  const { requests, settings } = deps.store;
  const { withLease, now } = deps;

  return async ({ requestId }: Jobs['tell-outcome']): Promise<number | null> => {
    const leasing = withLease(`outcome:${requestId}`, async (lease) => {
      const request = await requests.find(requestId);
      if (request === null || !isOutcome(request)) return null;
      if (waitsForCard(request, now())) return HELD_WAIT_MS;
      const { notify } = await settings.preferencesFor(request);
      const threadIn = threadOfCard(request)?.channelId ?? null;
      const calledIn = await whereCalled(deps, { request, notify, threadIn });
      return calledIn === null ? null : notifyOnce(deps, { request, lease, calledIn });
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

type Outcome = { request: SessionRequest; lease: Lease; calledIn: CalledIn };

/** How long to wait before a retry, in ms; null: it's done. */
async function notifyOnce(deps: OutcomeDeps, outcome: Outcome): Promise<number | null> {
  const { request, lease, calledIn } = outcome;
  const thread = calledIn === 'thread' ? threadOfCard(request) : null;
  const place = thread ?? (await directPlace(deps.outbound, request.userId));
  const at = attemptOf(request);
  const posted = await deps.postOnce({
    key: `outcome:${request.id}:${at}${thread === null ? ':direct' : ''}`,
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
  if (thread !== null) return notifyOnce(deps, { ...outcome, calledIn: 'direct' });
  deps.log.warn({ requestId: request.id, code: retry.code }, 'Slack refused the notice of an outcome');
  return null;
}

/** Which of its attempts, as part of a key. One that wasn't sent keeps the time at which an earlier one was. */
function attemptOf(request: SessionRequest): string {
  const asked = askedAt(request).getTime();
  return String(Math.max(asked, request.sentAt?.getTime() ?? asked));
}

async function compose(
  { outbound, now, ...deps }: OutcomeDeps,
  { request, calledIn }: Outcome,
  { threadTs }: CardPlace,
): Promise<Rendered> {
  const text = threadTs === null ? await deps.textFor(request.userId) : deps.text;
  const cardUrl = threadTs === null ? outbound.permalink(cardMessage(request)) : null;
  const card = cardView({ request, session: null, nowMs: now() }, text);
  const reason = card.problem ?? doubtOf(request, text);
  const left = await deps.findLeaver(request);
  const called: Called =
    left === null ? { kind: 'people', userIds: [request.userId] } : { kind: 'nobody', ...left };
  return renderOutcome({ card, called, reason, outside: calledIn === 'outside', cardUrl }, text);
}
