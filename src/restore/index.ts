import { isTaggedFor } from '../create/index.ts';
import type { Queue } from '../queue/index.ts';
import { isPending, requestIdOf } from '../session/request.ts';
import type { SessionSnapshot } from '../session/snapshot.ts';
import type { StoreParts } from '../store/store.ts';
import {
  importSession,
  type ExistingSession,
  type RestoreContext,
  restoreSession,
  spentOn,
} from './import-session.ts';

export type ImportSession = (existing: ExistingSession) => ReturnType<typeof importSession>;

type RestoringContext = Omit<RestoreContext, 'enqueue'> & {
  queue: Pick<Queue, 'enqueue' | 'work'>;
  /** Sessions have the tag of their request; without tags, nothing can be found. */
  tagRequests: boolean;
};

/** Imports existing sessions: followed ones, and those whose database was lost. */
export function createRestoring({ queue, tagRequests, ...rest }: RestoringContext) {
  const c: RestoreContext = { ...rest, enqueue: queue.enqueue };
  queue.work('restore-session', async (lost) => restoreSession(c, lost), { concurrency: 1 });
  return {
    reconcile: async (signal: AbortSignal): Promise<void> => {
      if (tagRequests) await reconcile(c, signal);
    },
    importSession: async (existing: ExistingSession) => importSession(c, existing),
  };
}

/** How old a lost session may be. */
const LOOK_BACK_MS = 7 * 24 * 60 * 60 * 1000;

/** What a thousand people may start in a month. */
const MOST_LISTED = 20_000;

type RestoreSearch = Pick<RestoreContext, 'adopt' | 'enqueue'> & {
  store: StoreParts<{ sessions: 'bound'; requests: 'find'; ledger: 'add' | 'isEmpty' }>;
  devin: Pick<RestoreContext['devin'], 'self' | 'time'> & {
    sessions: Pick<RestoreContext['devin']['sessions'], 'listAll'>;
  };
  slack: Pick<RestoreContext['slack'], 'teamId'>;
  tuning: Pick<RestoreContext['tuning'], 'log'>;
};

/**
 * Finds sessions with our tag that belong to no request here. If the request waits for Devin's answer, the session is
 * bound to it. The others were started with a database that is lost: a job looks for their cards.
 */
export async function reconcile(c: RestoreSearch, signal: AbortSignal): Promise<void> {
  const { sessions, ledger } = c.store;
  const { items, lostSinceS } = await listOwn(c, signal);
  const bound = await sessions.bound(items.map(({ sessionId }) => sessionId));
  const found = { adopted: 0, known: 0, lost: 0 };
  for (const session of items) {
    const { sessionId, createdAt: createdAtS } = session;
    const requestId = requestIdOf(session.tags);
    if (requestId === null || bound.has(sessionId)) continue;
    const matched = await match(c, requestId, session);
    found[matched] += 1;
    if (matched !== 'lost') continue;
    await ledger.add(spentOn(session, { requestId, teamId: c.slack.teamId(), ...UNKNOWN }));
    if (createdAtS >= lostSinceS) await c.enqueue('restore-session', { sessionId, requestId, createdAtS });
  }
  if (found.adopted + found.lost > 0)
    c.tuning.log.info(found, 'Devin has sessions of this app that the database did not know');
}

async function match(
  { store: { requests }, adopt }: RestoreSearch,
  requestId: string,
  session: SessionSnapshot,
): Promise<'adopted' | 'known' | 'lost'> {
  const request = await requests.find(requestId);
  if (request === null) return 'lost';
  if (!isTaggedFor(session, request) || request.state === 'created') return 'known';
  // Whatever its row says, it was sent: a backup was restored.
  await adopt(request, { snapshot: session, asked: isPending(request.state) });
  return 'adopted';
}

/** Their cards say who asked, where, and for how much. */
const UNKNOWN = { userId: null, channelId: null, cap: null };

type TaggedSession = {
  items: SessionSnapshot[];
  /** Older sessions are counted, but their cards aren't searched for. */
  lostSinceS: number;
};

/** Devin doesn't document whether a session that runs as a member names the service user that created it. */
async function listOwn(
  { devin, store, tuning: { log } }: RestoreSearch,
  signal: AbortSignal,
): Promise<TaggedSession> {
  const { serviceUserId: ownId } = await devin.self.get({ signal });
  const time = await devin.time({ signal });
  const lostSinceS = time === null ? 0 : Math.floor((time.getTime() - LOOK_BACK_MS) / 1000);
  // An empty ledger is rebuilt from the whole month.
  const monthS = time === null ? 0 : Math.floor(Date.UTC(time.getUTCFullYear(), time.getUTCMonth()) / 1000);
  const sinceS = (await store.ledger.isEmpty()) ? Math.min(monthS, lostSinceS) : lostSinceS;
  const since = time !== null && { createdAfter: sinceS };
  const listing = { signal, maxItems: MOST_LISTED };
  const items = await devin.sessions.listAll({ origins: ['api'], ...since }, listing);
  if (items.length === MOST_LISTED)
    log.warn(
      { listed: MOST_LISTED },
      'Devin has more sessions than are read; the others are neither restored nor counted in budgets',
    );
  const own = items.filter(({ serviceUserId, parentSessionId }) => {
    const isOwn = serviceUserId === null || ownId === null || serviceUserId === ownId;
    return parentSessionId === null && isOwn;
  });
  return { items: own, lostSinceS };
}
