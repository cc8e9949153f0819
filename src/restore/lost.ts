import type { Lost, Place } from '../queue/index.ts';

/** A card comes before its session: at once, or after as long as a request waits for a busy Devin. */
const BEFORE_S = 70 * 60;
/** Devin's clock and Slack's may differ, and a card may have been posted anew. */
const AFTER_S = 10 * 60;
/** At most this many spans of a conversation are read; those that are near each other are read as one. */
const MAX_SPANS = 20;

/** Epoch seconds; `toS` null: up to now. */
export type Span = { fromS: number; toS: number | null };

type ClosedSpan = { fromS: number; toS: number };

/** When the cards of these sessions were posted, latest first, with what lies close together in one. */
function spansOf(lost: readonly Lost[], gapS = 0): ClosedSpan[] {
  const spans: ClosedSpan[] = [];
  for (const { createdAtS } of lost.toSorted((a, b) => b.createdAtS - a.createdAtS)) {
    const span = { fromS: createdAtS - BEFORE_S, toS: createdAtS + AFTER_S };
    const later = spans.at(-1);
    if (later !== undefined && span.toS + gapS >= later.fromS) later.fromS = span.fromS;
    else spans.push(span);
  }
  return spans.length > MAX_SPANS ? spansOf(lost, Math.max(gapS * 2, BEFORE_S)) : spans;
}

/** What is to be read of a place next; null: all of it is. A thread is read in one go. */
export function nextSpan({ beforeS, threadTs }: Place, lost: readonly Lost[]): Span | null {
  if (threadTs !== null) {
    const fromS = Math.min(...lost.map(({ createdAtS }) => createdAtS)) - BEFORE_S;
    return beforeS === null ? { fromS, toS: null } : null;
  }
  const before = beforeS ?? Number.POSITIVE_INFINITY;
  const span = spansOf(lost).find(({ fromS }) => fromS < before);
  return span === undefined ? null : { fromS: span.fromS, toS: Math.min(span.toS, before) };
}
