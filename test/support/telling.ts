import { createMilestoneNotifier, type MilestoneNotice } from '../../src/follow/notify-milestones.ts';
import { createOutbox } from '../../src/follow/post-pending.ts';
import { createRecorder } from '../../src/follow/record.ts';
import { createLog } from '../../src/log.ts';
import { createPostOnce, createWithLease } from '../../src/queue/index.ts';
import type { Rendered } from '../../src/slack/blocks/objects.ts';
import type { MessageMetadata } from '../../src/slack/metadata.ts';
import type { CardPlace, Posted } from '../../src/slack/outbound.ts';
import { createCalls } from '../../src/store/calls.ts';
import { createLeases } from '../../src/store/leases.ts';
import { createLedger } from '../../src/store/ledger.ts';
import { createMilestones } from '../../src/store/milestones.ts';
import { createRequests } from '../../src/store/requests.ts';
import { createSessionMessages } from '../../src/store/session-messages.ts';
import { createSessions } from '../../src/store/sessions.ts';
import { createSetAside } from '../../src/store/set-aside.ts';
import { createShown } from '../../src/store/shown.ts';
import { databaseClock } from '../../src/store/sql.ts';
import { createTurns } from '../../src/store/turns.ts';
import { createBudget } from '../../src/trust/budget.ts';
import type { useEmbedded } from './databases.ts';
import { newRequest } from './request-row.ts';
import { sessionSnapshot } from './session-snapshot.ts';

export const ID = 'a'.repeat(32);
const answer = (changes: object) => sessionSnapshot(ID, changes);

type Open = ReturnType<typeof useEmbedded>;

type Deps = Parameters<typeof createMilestoneNotifier>[0] & Parameters<typeof createOutbox>[0];

/** Announces what a session came to, after what waits for its thread. */
export function notifier(deps: Omit<Deps, 'notify'>) {
  const post = createOutbox({ ...deps, notify: createMilestoneNotifier(deps) });
  return async (sessionId: string): Promise<number | null> => post(sessionId, new AbortController().signal);
}

/** A session in progress, with its recorder and what a notifier needs. */
export async function startTelling(open: Open, { tellAfterMs = 0 } = {}) {
  const { db } = await open();
  const [sessions, milestones, requests] = [createSessions(db), createMilestones(db), createRequests(db)];
  const recorder = createRecorder({
    store: { db, sessions, milestones },
    budget: createBudget({ policy: () => null, ledger: createLedger(db, databaseClock) }),
    enqueue: async () => Promise.resolve(),
    times: { fastestMs: 10_000, tellAfterMs, lastReadMs: 30_000 },
    now: Date.now,
    random: () => 0.5,
  });
  const place = { teamId: 'T1', channelId: 'C1', threadTs: '1.1' };
  await requests.insert([newRequest('r1', place)]);
  const snapshot = answer({});
  await sessions.bind({ sessionId: ID, requestId: 'r1', url: snapshot.url, snapshot, ...place }, db);
  const told: string[] = [];
  const deps = {
    store: {
      sessions,
      requests,
      milestones,
      messages: createSessionMessages(db),
      calls: createCalls(db),
      setAside: createSetAside(db),
    },
    postPending: async () => Promise.resolve({ isBusy: false, againMs: null }),
    markAnsweredCalls: async () => Promise.resolve(0),

    notified: { where: async () => Promise.resolve('thread' as const) },
    withLease: createWithLease(createLeases(db)),
    postOnce: createPostOnce({
      db,
      shown: createShown(db),
      turns: createTurns(db, { burst: 1, perMinute: 1 }, databaseClock),
      outbound: {
        post: async (_place: CardPlace, _mark: MessageMetadata, { text }: Rendered): Promise<Posted> => {
          told.push(text);
          return Promise.resolve({ kind: 'posted', ts: '2.2' });
        },
        find: async () => Promise.resolve(null),
        slackTs: () => null,
      },
      knownSince: () => new Date(0),
      inFlightMs: 0,
    }),
    compose: async ({ milestone, session }: MilestoneNotice) => {
      const text = milestone.kind === 'pr' ? `pr:${milestone.url}` : session.phase;
      return Promise.resolve({ text, blocks: [] });
    },
    shareResult: async () => Promise.resolve(false),
    outbound: { directChannel: async () => Promise.resolve(null) },
    now: Date.now,
    log: createLog('silent'),
  };
  const look = async (changes: object): Promise<boolean> => {
    const row = await sessions.find(ID);
    return row !== null && recorder.recordPoll(row, answer(changes));
  };
  return { deps, db, told, look };
}
