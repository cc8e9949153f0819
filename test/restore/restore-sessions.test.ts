import { describe, expect, test } from 'vitest';
import { createLog } from '../../src/log.ts';
import type { LostSession, SearchPlace, CardSearch } from '../../src/queue/index.ts';
import { payloads } from '../../src/queue/payloads.ts';
import { createSessionsRestorer } from '../../src/restore/restore-sessions.ts';
import type { FoundMessage } from '../../src/slack/edge/posted-messages.ts';
import { requestRow } from '../support/request-row.ts';

const NEVER = new AbortController().signal;
const HOUR_S = 3600;
const at = (...createdAt: number[]): LostSession[] =>
  createdAt.map((createdAtS) => ({
    sessionId: `s${createdAtS}`,
    requestId: 'r',
    createdAtS,
    devinUserId: null,
  }));
const CHANNEL: SearchPlace = { channelId: 'C1', threadTs: null, beforeS: null };

/** All spans of a place, in the order they are read. */
async function spans(lost: LostSession[], place = CHANNEL) {
  const found: { fromS: number; toS: number | null }[] = [];
  let next: CardSearch | null = { lost, places: [place] };
  const search = createSessionsRestorer({
    store: {
      requests: { find: async () => Promise.resolve(null) },
      sessions: { bound: async () => Promise.resolve(new Set()) },
    },
    findPlaces: async () => Promise.resolve([]),
    metadata: {
      read: async (_place, span) => {
        found.push(span);
        return Promise.resolve({ messages: [], threads: [] });
      },
    },
    restore: async () => Promise.resolve(false),
    enqueue: async (_name, left) => {
      next = payloads['restore-sessions'].parse(left);
      return Promise.resolve();
    },
    pauseMs: 0,
    command: '/devin',
    log: createLog('silent'),
  });
  while (next !== null) {
    const step: CardSearch = next;
    next = null;
    await search(step, NEVER);
  }
  return found;
}

describe('the search for cards in a conversation', () => {
  test('looks around each session, latest first, and once for sessions close together', async () => {
    const read = await spans(at(100 * HOUR_S, 101 * HOUR_S, 10 * HOUR_S));
    expect(read).toHaveLength(2);
    expect(read[0]?.fromS).toBeLessThan(99 * HOUR_S);
    expect(read[0]?.toS).toBeGreaterThan(101 * HOUR_S);
    expect(read[1]?.toS).toBeLessThan(11 * HOUR_S);
  });

  test('takes at most twenty spans, and leaves no session out', async () => {
    const lost = at(...Array.from({ length: 200 }, (_, index) => index * 7 * HOUR_S));
    const read = await spans(lost);
    expect(read.length).toBeLessThanOrEqual(20);
    for (const { createdAtS } of lost)
      expect(read.some(({ fromS, toS }) => fromS < createdAtS && (toS ?? 0) > createdAtS)).toBe(true);
  });

  test('takes one span in a thread, since the first session', async () => {
    const read = await spans(at(100 * HOUR_S, 50 * HOUR_S), { ...CHANNEL, threadTs: '1.0' });
    expect(read).toHaveLength(1);
    expect(read[0]?.toS).toBeNull();
    expect(read[0]?.fromS).toBeLessThan(50 * HOUR_S);
  });
});

/** To which lost sessions a card of request r with this text is offered, in order. None is taken for it. */
async function offered(text: string, known: readonly string[] = []): Promise<string[]> {
  const tried: string[] = [];
  const metadata: FoundMessage['metadata'] = {
    kind: 'card',
    requestId: 'r',
    requester: 'U1',
    repos: [],
    acuLimit: null,
  };
  const search = createSessionsRestorer({
    store: {
      requests: { find: async (id) => Promise.resolve(known.includes(id) ? requestRow({ id }) : null) },
      sessions: { bound: async () => Promise.resolve(new Set()) },
    },
    findPlaces: async () => Promise.resolve([]),
    metadata: {
      read: async () =>
        Promise.resolve({ messages: [{ ts: '1.0', threadTs: null, text, metadata }], threads: [] }),
    },
    restore: async ({ sessionId }) => (tried.push(sessionId), Promise.resolve(false)),
    enqueue: async () => Promise.resolve(),
    pauseMs: 0,
    command: '/devin',
    log: createLog('silent'),
  });
  const ofOther = at(40).map((one) => ({ ...one, requestId: 'other' }));
  await search({ lost: [...ofOther, ...at(10, 20, 30)], places: [CHANNEL] }, NEVER);
  return tried;
}

describe('a card that may be of several sessions', () => {
  test('is first taken for the one it names: others may have copied its tag', async () => {
    expect(await offered('Working s20')).toEqual(['s20', 's10', 's30']);
  });

  test('is left alone if its request is known by now', async () => {
    expect(await offered('Working s20', ['r'])).toEqual([]);
  });
});
