import { elapsedStep, untilNextStep, waitedStep, type SessionPhase } from '../session/lifecycle.ts';
import type { ThreadShare } from '../session/preferences.ts';
import { isOpen, isPending } from '../session/request.ts';
import { cardView } from '../slack/card-view.ts';
import { fullCardMark } from '../slack/edge/metadata.ts';
import { listenHere, type ThreadHere } from '../slack/edge/places.ts';
import { renderCard, type SessionCard } from '../slack/views/session-card.ts';
import { askedAt, type SessionRequest } from '../store/requests.ts';
import type { SessionRow } from '../store/sessions.ts';
import type { ShownMessage } from '../store/shown.ts';
import { fingerprintOf } from '../store/sql.ts';
import type { TurnClass } from '../store/turns.ts';
import type { Text } from '../text/index.ts';
import type { Desired, Kind, ReconcileContext } from './show.ts';

type RowsOfCard = {
  request: SessionRequest;
  session: SessionRow | null;
  here: ThreadHere | null;
  share: ThreadShare;
  nowMs: number;
  text: Text;
};

/** The card of a request. */
export const CARD: Kind = async (c, requestId, before) => {
  const rows = await rowsOf(c, requestId);
  const desired = rows === null ? null : desiredCard(rows, before);
  if (rows === null || desired === null) return null;
  const { store, enqueue } = c;
  const { request } = rows;
  const isFollowed = request.source === 'follow';
  return {
    ...desired,
    async posted({ channelId, threadTs, ts }, trx) {
      const elsewhere = elsewhereOf(request, before);
      const sessionId = await store.requests.cardPosted(requestId, { channelId, ts, elsewhere }, trx);
      if (sessionId !== null) {
        const thread = { channelId, threadTs: threadTs ?? ts };
        const { hasActed } = await store.sessions.place(sessionId, thread, trx);
        // What has done nothing yet has said nothing; the watcher hears of what it says.
        if (hasActed) await enqueue('relay-from-devin', { sessionId }, { trx });
      }
      // Who follows a session is told where its card is.
      if (elsewhere !== null && !isFollowed)
        await enqueue('tell-person', { requestId, notice: 'card-elsewhere' }, { trx });
    },
    /** If the card was to show the URL, its requester is told it privately. */
    async refused() {
      const lacksUrl = request.state === 'created' && !hadUrl(before?.stage ?? null);
      if (lacksUrl && !isFollowed) await enqueue('tell-person', { requestId, notice: 'no-card' });
    },
  };
};

async function rowsOf({ store, text, now }: ReconcileContext, requestId: string): Promise<RowsOfCard | null> {
  const request = await store.requests.find(requestId);
  if (request === null) return null;
  const session = request.state === 'created' ? await store.sessions.ofRequest(requestId) : null;
  const rows = { request, session, nowMs: now(), text };
  if (session === null) return { ...rows, here: null, share: 'alone' };
  const here = await listenHere(store, session, request);
  return { ...rows, here, share: (await store.sessions.sharing(session)).share };
}

/** In the others, a person has something to do or to know: a card that was deleted is posted again. */
const UNEVENTFUL: ReadonlySet<SessionPhase> = new Set(['queued', 'starting', 'working', 'asleep']);

/** Where the card is, and what it says; null: there is none. */
export function desiredCard({ text, ...rows }: RowsOfCard, before: ShownMessage | null): Desired | null {
  const { request, nowMs } = rows;
  const { state, teamId, userId, createdAt } = request;
  // A refusal leaves no card behind.
  if (!hasCard(request) || (state === 'refused' && before === null)) return null;
  const card = cardView(rows, text);
  const { phase } = card;
  const elsewhere = elsewhereOf(request, before);
  const { channelId } = request;
  // A card that was deleted comes back in its own thread, if that is still there.
  const threadTs = request.threadTs ?? (before === null ? request.cardTs : null);
  const stage = isPending(state) ? null : phase;
  return {
    place: elsewhere === null ? { channelId: request.cardChannelId ?? channelId, threadTs } : 'direct',
    teamId,
    userId,
    // Somebody waits for a new one.
    turnClass: before === null ? 'url' : turnClassOf(request, { before: before.stage, stage, phase }),
    // Its URL. Until then, its person gets a word.
    editFollows: isOpen(state),
    mark: fullCardMark(request),
    since: createdAt,
    stage,
    isNeeded: !UNEVENTFUL.has(phase),
    fingerprint: fingerprint(card, text),
    render: () => renderCard(card, text),
    againInMs: isOpen(state) ? untilNextStep(Math.max(0, nowMs - askedAt(request).getTime())) : null,
  };
}

/** The same for two cards that read the same, except for a little more time. */
function fingerprint(card: SessionCard, text: Text): string {
  const { lastedMs, url } = card;
  const step = url === null ? waitedStep : elapsedStep;
  return fingerprintOf(renderCard({ ...card, lastedMs: lastedMs && step(lastedMs) }, text));
}

/** How soon a change of the card must be visible. */
function turnClassOf(
  { state }: Pick<SessionRequest, 'state'>,
  { before, stage, phase }: { before: string | null; stage: string | null; phase: SessionPhase },
): TurnClass {
  // A person must find it.
  if (state === 'awaiting-approval') return 'needed';
  if (stage === null || before === stage) return 'rest';
  if (!hadUrl(before) && state !== 'unknown') return 'url';
  return UNEVENTFUL.has(phase) ? 'rest' : 'needed';
}

const hadUrl = (stage: string | null): boolean => stage !== null && stage !== 'unknown';

/** Why it isn't where the person asked; null: it is. Once it was posted, it stays where it was. */
function elsewhereOf(request: SessionRequest, before: ShownMessage | null): string | null {
  return request.cardElsewhere ?? (request.cardChannelId === null ? (before?.refused ?? null) : null);
}

/** Whether there is a card, or may be one: not before it's known who asks, since a refusal must leave none behind. */
export function hasCard({ source, identity, cardChannelId: channelId }: SessionRequest): boolean {
  return channelId !== null || identity !== null || source === 'follow';
}
