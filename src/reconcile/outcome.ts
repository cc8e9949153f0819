import { HELD_WAIT_MS } from '../queue/index.ts';
import { findLeaver, whereCalled, type CalledIn } from '../slack/called.ts';
import { doubtOf, problemOf } from '../slack/card-notes.ts';
import { cardView } from '../slack/card-view.ts';
import { outcomeMetadata } from '../slack/edge/metadata.ts';
import { cardMessage, threadOfCard } from '../slack/edge/places.ts';
import type { Called } from '../slack/views/milestone.ts';
import { renderOutcome } from '../slack/views/notices.ts';
import { askedAt, type SessionRequest } from '../store/request-row.ts';
import { shownKey, type ShownMessage } from '../store/shown.ts';
import type { Text } from '../text/index.ts';
import type { Desired, Kind } from './context.ts';

type OutcomeRows = {
  request: SessionRequest;
  /** The attempt that it is about. */
  at: string;
  calledIn: CalledIn;
  called: Called;
  /** null: the card isn't posted. */
  cardUrl: string | null;
  nowMs: number;
  /** Of what everyone sees. */
  text: Text;
  /** In a direct message. */
  ownText: Text;
};

/** How long the message waits for the card, whose buttons say what to do. */
const CARD_WAIT_MS = 60_000;

/** The message of this attempt of a request. */
export const outcomeKey = (request: SessionRequest): string =>
  shownKey('outcome', request.id, attemptOf(request));

/** The person is notified, under the card or in a direct message, that a request has no session or may have none. */
export const OUTCOME: Kind<OutcomeRows> = {
  async read({ store, slack, text, now }, subject) {
    const [requestId = '', at = ''] = subject.split(':');
    const request = await store.requests.find(requestId);
    if (request === null) return null;
    const { notify } = await store.settings.preferencesFor(request);
    const threadIn = threadOfCard(request)?.channelId ?? null;
    const calledIn = await whereCalled(slack, { request, notify, threadIn });
    const left = await findLeaver(slack, request);
    return {
      request,
      at,
      calledIn,
      called: left === null ? { kind: 'people', userIds: [request.userId] } : { kind: 'nobody', ...left },
      cardUrl: slack.outbound.permalink(cardMessage(request)),
      nowMs: now(),
      text,
      ownText: await slack.textFor(request.userId),
    };
  },

  desired: desiredOutcome,
};

function desiredOutcome(rows: OutcomeRows, before: ShownMessage | null): Desired | number | null {
  const { request, at, calledIn, called, nowMs } = rows;
  const isPosted = before !== null && before.ts !== null;
  const isOver = attemptOf(request) !== at || !isOutcome(request);
  // Its buttons are gone; a failure stays true.
  if (isOver ? !isPosted || before.stage !== 'unknown' : !isPosted && calledIn === null) return null;
  if (!isPosted && waitsForCard(request, nowMs)) return HELD_WAIT_MS;
  const thread =
    calledIn === 'thread' && (before === null || before.refused === null) ? threadOfCard(request) : null;
  const isDirect = isPosted ? before.threadTs === null : thread === null;
  const text = isDirect ? rows.ownText : rows.text;
  const card = cardView({ request, session: null, nowMs }, text);
  const reason = problemOf(request, text) ?? doubtOf(request, text);
  const cardUrl = isDirect ? rows.cardUrl : null;
  return {
    place: thread ?? 'direct',
    teamId: request.teamId,
    userId: request.userId,
    turnClass: isOver ? 'rest' : 'url',
    metadata: outcomeMetadata(request.id, at),
    since: askedAt(request),
    stage: request.state,
    // It may be over by then.
    againInMs: isPosted ? null : 0,
    render: () =>
      renderOutcome({ card, called, reason, isOver, outside: calledIn === 'outside', cardUrl }, text),
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

/** Which of its attempts, as part of a key. One that wasn't sent keeps the time at which an earlier one was. */
function attemptOf(request: SessionRequest): string {
  const asked = askedAt(request).getTime();
  return String(Math.max(asked, request.sentAt?.getTime() ?? asked));
}
