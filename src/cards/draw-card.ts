import { elapsedStep, untilNextStep, waitedStep, type SessionPhase } from '../session/lifecycle.ts';
import { isOpen, isPending } from '../session/request.ts';
import type { Rendered } from '../slack/blocks/objects.ts';
import { renderCard, type SessionCard } from '../slack/blocks/session-card.ts';
import { cardView } from '../slack/card-view.ts';
import type { CardPlace, Outbound } from '../slack/outbound.ts';
import type { ListenHere } from '../slack/places.ts';
import { shownAs, stageShown } from '../store/cards.ts';
import { askedAt, cardThread, type SessionRequest } from '../store/request-row.ts';
import type { SessionRow, Sessions } from '../store/sessions.ts';
import { fingerprintOf } from '../store/sql.ts';
import type { TurnClass } from '../store/turns.ts';
import { rounded } from '../text/amounts.ts';
import type { Text } from '../text/index.ts';

export type DrawnCard = {
  render: () => Rendered;
  /** Its stage, and a fingerprint of what it shows; a little more time doesn't change it. */
  shown: string;
  phase: SessionPhase;
  /** null: it has none, or has not been read. */
  session: SessionRow | null;
  /** When to draw it again, to update how long the request has waited; null: nothing waits. */
  againInMs: number | null;
};
/** `session`: if it was read just now. */
export type DrawCard = (request: SessionRequest, session?: SessionRow | null) => Promise<DrawnCard>;

type DrawDeps = {
  sessions: Pick<Sessions, 'ofRequest'>;
  listenHere: ListenHere;
  text: Text;
  now: () => number;
};

export function createDrawCard({ sessions, listenHere, text, now }: DrawDeps): DrawCard {
  return async (request, known = null) => {
    const session = known ?? (request.state === 'created' ? await sessions.ofRequest(request.id) : null);
    const here = session === null ? null : await listenHere(session, request);
    const card = cardView({ request, session, here, nowMs: now() }, text);
    const { phase } = card;
    const shown = shownAs(isPending(request.state) ? null : phase, fingerprint(card));
    const render = (): Rendered => renderCard(card, text);
    return { render, shown, phase, session, againInMs: againIn(request, now()) };
  };
}

/** The same for two cards that read the same, except for a little more time. */
function fingerprint(card: SessionCard): string {
  const { elapsedMs, waitedMs, acusUsed } = card;
  const read: SessionCard = {
    ...card,
    elapsedMs: elapsedMs === null ? null : elapsedStep(elapsedMs),
    waitedMs: waitedMs === null ? null : waitedStep(waitedMs),
    acusUsed: acusUsed === null ? null : rounded(acusUsed),
  };
  return fingerprintOf(read);
}

function againIn(request: SessionRequest, nowMs: number): number | null {
  return isOpen(request.state) ? untilNextStep(Math.max(0, nowMs - askedAt(request).getTime())) : null;
}

/** Phases in which a person has something to do or to know: a deleted card is reposted. */
const NEEDED: ReadonlySet<SessionPhase> = new Set([
  'needs-you',
  'needs-approval',
  'finished',
  'failed',
  'capped',
  'unknown',
]);
const OVER: ReadonlySet<SessionPhase> = new Set(['ended', 'gone']);

export const isNeeded = (phase: SessionPhase): boolean => NEEDED.has(phase);

/** How soon a change of the card must be visible. */
export function turnClassOf(
  { cardShown: before, state }: SessionRequest,
  { shown, phase }: Pick<DrawnCard, 'shown' | 'phase'>,
): TurnClass {
  // A person must find it.
  if (state === 'awaiting-approval') return 'needed';
  const [was, is] = [before === null ? null : stageShown(before), stageShown(shown)];
  if (is === null || was === is) return 'rest';
  const hadUrl = was !== null && was !== 'unknown';
  if (!hadUrl && state !== 'unknown') return 'url';
  return NEEDED.has(phase) || OVER.has(phase) ? 'needed' : 'rest';
}

/** A person deleted it. */
export function wasDeleted({ cardChannelId: channelId, cardTs: ts }: SessionRequest): boolean {
  return channelId !== null && ts === null;
}

/** Where the card belongs: where the person asked, or their direct messages; null: there is no such place. */
export async function placeOf(
  request: SessionRequest,
  { directChannel }: Pick<Outbound, 'directChannel'>,
): Promise<CardPlace | null> {
  const { cardChannelId: before, cardElsewhere: elsewhere, channelId: asked, userId } = request;
  const threadTs = cardThread(request);
  if (elsewhere === null) return { channelId: before ?? asked, threadTs };
  const direct = await directChannel(userId);
  return direct === null ? null : { channelId: direct, threadTs };
}

/**
 * Whether there is a card, or may be one: not before it's known who asks, since a refusal must leave none behind; and
 * imported sessions post their own.
 */
export function hasCard(request: SessionRequest): boolean {
  const { source, identity, cardChannelId: channelId } = request;
  if (channelId !== null) return true;
  if (source === 'follow' || source === 'restored') return false;
  return identity !== null;
}
