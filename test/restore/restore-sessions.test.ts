import { describe, expect, test } from 'vitest';
import type { Lost, Place } from '../../src/queue/index.ts';
import { nextSpan } from '../../src/restore/restore-sessions.ts';

const HOUR_S = 3600;
const at = (...createdAt: number[]): Lost[] =>
  createdAt.map((createdAtS) => ({
    sessionId: `s${createdAtS}`,
    requestId: 'r',
    createdAtS,
    devinUserId: null,
  }));
const channel = (beforeS: number | null = null): Place => ({ channelId: 'C1', threadTs: null, beforeS });

/** All spans of a place, in the order they are read. */
function spans(lost: Lost[]) {
  const found = [];
  let span = nextSpan(channel(), lost);
  while (span !== null) {
    found.push(span);
    span = nextSpan(channel(span.fromS), lost);
  }
  return found;
}

describe('the search for cards in a conversation', () => {
  test('looks around each session, latest first, and once for sessions close together', () => {
    const read = spans(at(100 * HOUR_S, 101 * HOUR_S, 10 * HOUR_S));
    expect(read).toHaveLength(2);
    expect(read[0]?.fromS).toBeLessThan(99 * HOUR_S);
    expect(read[0]?.toS).toBeGreaterThan(101 * HOUR_S);
    expect(read[1]?.toS).toBeLessThan(11 * HOUR_S);
  });

  test('takes at most twenty spans, and leaves no session out', () => {
    const lost = at(...Array.from({ length: 200 }, (_, index) => index * 7 * HOUR_S));
    const read = spans(lost);
    expect(read.length).toBeLessThanOrEqual(20);
    for (const { createdAtS } of lost)
      expect(read.some(({ fromS, toS }) => fromS < createdAtS && (toS ?? 0) > createdAtS)).toBe(true);
  });

  test('takes one span in a thread, since the first session', () => {
    const thread = { channelId: 'C1', threadTs: '1.0', beforeS: null };
    const span = nextSpan(thread, at(100 * HOUR_S, 50 * HOUR_S));
    expect(span?.toS).toBeNull();
    expect(span?.fromS).toBeLessThan(50 * HOUR_S);
    expect(nextSpan({ ...thread, beforeS: span?.fromS ?? 0 }, at(50 * HOUR_S))).toBeNull();
  });
});
