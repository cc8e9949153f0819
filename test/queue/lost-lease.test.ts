import { expect, test } from 'vitest';
import { createRelayFromDevin, RELAY_TIMES } from '../../src/follow/from-devin.ts';
import { createLog } from '../../src/log.ts';
import { createWithLease } from '../../src/queue/index.ts';
import type { MessageRow } from '../../src/store/session-messages.ts';
import { en } from '../../src/text/en.ts';
import { requestRow } from '../support/request-row.ts';
import { sessionRow } from '../support/session-row.ts';

test("a renewal in flight at the end doesn't leave the lease taken", async () => {
  const events: string[] = [];
  const renewal = Promise.withResolvers<boolean>();
  const renewed = Promise.withResolvers<boolean>();
  const withLease = createWithLease(
    {
      take: async () => Promise.resolve('1'),
      renew: async () => {
        renewal.resolve(true);
        const taken = await renewed.promise;
        events.push('renewed');
        return taken;
      },
      release: async () => Promise.resolve(events.push('released') > 0),
      releaseAll: async () => Promise.resolve(),
    },
    3,
  );
  const done = withLease('relay', async () => void (await renewal.promise));
  await renewal.promise;
  setImmediate(() => renewed.resolve(true));
  expect(await done).toMatchObject({ kind: 'done' });
  expect(events.slice(-2)).toEqual(['renewed', 'released']);
});

test("a database that doesn't answer gets one renewal at a time", async () => {
  const answer = Promise.withResolvers<boolean>();
  let asked = 0;
  const withLease = createWithLease(
    {
      take: async () => Promise.resolve('1'),
      renew: async () => {
        asked += 1;
        return answer.promise;
      },
      release: async () => Promise.resolve(true),
      releaseAll: async () => Promise.resolve(),
    },
    3,
  );
  const ticks = Array.from({ length: 20 }, (_none, at) => at);
  const done = withLease('relay', async () => {
    for (const _tick of ticks) await new Promise((resolve) => void setTimeout(resolve, 1));
    answer.resolve(true);
  });
  await done;
  expect(asked).toBe(1);
});

test('a process that lost its lease to another posts nothing more', async () => {
  const stolen = Promise.withResolvers<void>();
  const withLease = createWithLease(
    {
      take: async () => Promise.resolve('1'),
      renew: async () => {
        setImmediate(stolen.resolve);
        return Promise.resolve(false);
      },
      release: async () => Promise.resolve(true),
      releaseAll: async () => Promise.resolve(),
    },
    3,
  );
  const posted: string[] = [];
  const relay = createRelayFromDevin({
    sessions: { find: async () => Promise.resolve(session), change: async () => Promise.resolve() },
    requests: { find: async () => Promise.resolve(request) },
    messages: {
      nextPending: async () => Promise.resolve(messages[posted.length] ?? null),
      leaveOutPending: async () => Promise.resolve(),
      skip: async () => Promise.resolve(),
    },
    milestones: { pending: async () => Promise.resolve([]) },
    setAside: { note: async () => Promise.resolve(1), clear: async () => Promise.resolve() },
    calls: { part: async () => Promise.resolve(), answered: async () => Promise.resolve([]) },
    fetchMessages: async () => Promise.resolve(0),
    findAttachments: async () => Promise.resolve(),
    postMessage: async (_session, { text }) => {
      posted.push(text);
      await stolen.promise;
      return { kind: 'posted', ts: '1.1' };
    },
    outbound: { tellPrivately: async () => Promise.resolve('delivered') },
    withLease,
    enqueue: async () => Promise.resolve(),
    times: RELAY_TIMES,
    now: Date.now,
    textFor: async () => Promise.resolve(en),
    log: createLog('silent'),
  });
  await relay(session.sessionId, new AbortController().signal);
  expect(posted).toEqual(['first']);
});

const at = new Date(0);
const session = sessionRow({ sessionId: 's', requestId: 'r', threadTs: '1.0' });
const request = requestRow({ id: 'r' });
const messages: MessageRow[] = ['first', 'second'].map((text) => ({
  sessionId: 's',
  eventId: text,
  source: 'devin',
  text,
  attemptedAt: null,
  slackFileId: null,
  saidAt: at,
}));
