import { DevinError } from '../devin/errors.ts';
import type { Log } from '../log.ts';
import type { Enqueue, LostSession, SearchPlace, CardSearch } from '../queue/index.ts';
import { slackFailure, unlessRefused } from '../slack/edge/errors.ts';
import type { MetadataReader, ReadSpan } from '../slack/edge/posted-messages.ts';
import type { StoreParts } from '../store/store.ts';
import type { FoundCard, RestoreSession } from './restore-session.ts';

type RestoreDeps = {
  store: StoreParts<{ requests: 'find'; sessions: 'bound' }>;
  findPlaces: (lost: readonly LostSession[], signal: AbortSignal) => Promise<SearchPlace[]>;
  metadata: Pick<MetadataReader, 'read'>;
  restore: RestoreSession;
  enqueue: Enqueue;
  /** Between two reads of conversations. */
  pauseMs: number;
  command: string;
  log: Log;
};

/** If Slack or Devin doesn't say how long to wait. */
const WAIT_MS = 30_000;
/** How many threads in a span of a conversation are searched. */
const MAX_THREADS = 20;

/**
 * Finds the cards of sessions that were started with a database that is lost. Each call is one step and enqueues the
 * next, at a pace that Slack allows; nothing else waits.
 */
export function createSessionsRestorer(deps: RestoreDeps) {
  const { requests, sessions } = deps.store;
  const { findPlaces, enqueue, pauseMs, command, log } = deps;

  async function stillLost(lost: readonly LostSession[]): Promise<LostSession[]> {
    const bound = await sessions.bound(lost.map(({ sessionId }) => sessionId));
    const unbound = lost.filter(({ sessionId }) => !bound.has(sessionId));
    const known = await Promise.all(unbound.map(async ({ requestId }) => requests.find(requestId)));
    return unbound.filter((_one, index) => known[index] === null);
  }

  async function next(search: CardSearch, startAfterMs: number): Promise<void> {
    await enqueue('restore-sessions', search, { startAfterMs });
  }

  async function step({ lost, places }: CardSearch, signal: AbortSignal): Promise<void> {
    if (places === null) return next({ lost, places: await findPlaces(lost, signal) }, 0);
    const [place, ...others] = places;
    if (place === undefined) {
      const sessionIds = lost.map(({ sessionId }) => sessionId);
      log.warn(
        { sessionIds },
        `the cards of these sessions were not found; \`${command} follow <id>\` posts a new one`,
      );
      return;
    }
    const span = nextSpan(place, lost);
    if (span === null) return next({ lost, places: others }, 0);
    const { restored, threads } = await searchPlace(deps, { lost, place, span });
    const left = lost.filter((one) => !restored.has(one));
    const rest = { ...place, beforeS: span.fromS };
    await next({ lost: left, places: [...threads, rest, ...others] }, pauseMs);
  }

  return async (search: CardSearch, signal: AbortSignal): Promise<void> => {
    const lost = await stillLost(search.lost);
    if (lost.length === 0) return;
    try {
      await step({ ...search, lost }, signal);
    } catch (error) {
      await next({ ...search, lost }, waitMs(error));
    }
  };
}

type PlaceSearch = { lost: readonly LostSession[]; place: SearchPlace; span: Span };

async function searchPlace(deps: RestoreDeps, { lost, place, span }: PlaceSearch) {
  // If the app can't read there, it can't have posted there.
  const read = (await unlessRefused(deps.metadata.read(place, span))) ?? { messages: [], threads: [] };
  const restored = new Set<LostSession>();
  for (const { metadata: found, ts, threadTs, text } of read.messages) {
    if (found.kind !== 'card') continue;
    const card: FoundCard = { channelId: place.channelId, ts, threadTs, text, metadata: found };
    const one = await firstOf(candidates(lost, card), async (session) => deps.restore(session, card));
    if (one !== null) restored.add(one);
  }
  const isThread = place.threadTs !== null;
  return { restored, threads: isThread ? [] : threadsOf(place, read, span) };
}

/** A tag can be copied, so the session that the card names comes first. */
function candidates(lost: readonly LostSession[], { metadata: card, text }: FoundCard): LostSession[] {
  return lost
    .filter(({ requestId }) => requestId === card.requestId)
    .toSorted((a, b) => Number(text.includes(b.sessionId)) - Number(text.includes(a.sessionId)));
}

async function firstOf<T>(items: readonly T[], isRight: (item: T) => Promise<boolean>): Promise<T | null> {
  for (const item of items) if (await isRight(item)) return item;
  return null;
}

/** A card may also be in a thread. The conversation shows only a thread's first message. */
function threadsOf({ channelId }: SearchPlace, { threads }: ReadSpan, { fromS }: Span): SearchPlace[] {
  return threads
    .filter(({ latestReplyS }) => latestReplyS >= fromS)
    .slice(0, MAX_THREADS)
    .map(({ ts }) => ({ channelId, threadTs: ts, beforeS: null }));
}

/** Rethrows errors that waiting doesn't cure. */
function waitMs(error: unknown): number {
  if (error instanceof DevinError) return error.retryAfterMs ?? WAIT_MS;
  const failure = slackFailure(error);
  if (failure.kind === 'refused') throw error;
  return failure.kind === 'rate-limited' ? failure.retryAfterMs : WAIT_MS;
}

/** A card can be this much older than its session: a request waits that long for a busy Devin. */
const BEFORE_S = 70 * 60;
/** Devin's and Slack's clocks may differ, and a card may have been reposted. */
const AFTER_S = 10 * 60;
/** At most this many spans of a conversation are read; neighboring ones are merged. */
const MAX_SPANS = 20;

/** Epoch seconds. `toS` null: until now. */
type Span = { fromS: number; toS: number | null };

type ClosedSpan = { fromS: number; toS: number };

/** When the cards of these sessions may have been posted, latest first; spans that are close are merged. */
function spansOf(lost: readonly LostSession[], gapS = 0): ClosedSpan[] {
  const spans: ClosedSpan[] = [];
  for (const { createdAtS } of lost.toSorted((a, b) => b.createdAtS - a.createdAtS)) {
    const span = { fromS: createdAtS - BEFORE_S, toS: createdAtS + AFTER_S };
    const later = spans.at(-1);
    if (later !== undefined && span.toS + gapS >= later.fromS) later.fromS = span.fromS;
    else spans.push(span);
  }
  return spans.length > MAX_SPANS ? spansOf(lost, Math.max(gapS * 2, BEFORE_S)) : spans;
}

/** What to read next of a place; null: nothing is left. A thread is read at once. */
function nextSpan({ beforeS, threadTs }: SearchPlace, lost: readonly LostSession[]): Span | null {
  if (threadTs !== null) {
    const fromS = Math.min(...lost.map(({ createdAtS }) => createdAtS)) - BEFORE_S;
    return beforeS === null ? { fromS, toS: null } : null;
  }
  const before = beforeS ?? Number.POSITIVE_INFINITY;
  const span = spansOf(lost).find(({ fromS }) => fromS < before);
  return span === undefined ? null : { fromS: span.fromS, toS: Math.min(span.toS, before) };
}
