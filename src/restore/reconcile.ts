import { isTaggedFor, type Adopt } from '../create/index.ts';
import type { SessionQuery } from '../devin/sessions.ts';
import type { Log } from '../log.ts';
import type { Enqueue, LostSession } from '../queue/index.ts';
import { isPending, requestIdOf } from '../session/request.ts';
import type { SessionSnapshot } from '../session/snapshot.ts';
import type { StoreParts } from '../store/store.ts';
import { spentOn } from './import-session.ts';

/** How old a lost session may be. */
const LOOK_BACK_MS = 7 * 24 * 60 * 60 * 1000;

/** If there are more lost sessions, the oldest stay lost. */
const MAX_LOST = 200;
/** What a thousand people may start in a month. */
const MOST_LISTED = 20_000;

type Options = { signal: AbortSignal };
type ReconcileDeps = {
  /** Who this app is at Devin; null: unknown. */
  serviceUserId: (options: Options) => Promise<string | null>;
  listSessions: (query: SessionQuery, options: Options & { maxItems: number }) => Promise<SessionSnapshot[]>;
  /** Devin's time; null: unknown. */
  devinTime: (options: Options) => Promise<Date | null>;
  store: StoreParts<{ sessions: 'bound'; requests: 'find'; ledger: 'add' | 'isEmpty' }>;
  teamId: () => string;
  adopt: Adopt;
  enqueue: Enqueue;
  log: Log;
};

/**
 * Finds sessions with our tag that belong to no request here. If the request waits for Devin's answer, the session is
 * bound to it. The others were started with a database that is lost: their cards are searched for in Slack.
 */
export function createReconciler(deps: ReconcileDeps) {
  const { sessions, requests, ledger } = deps.store;
  const { adopt, enqueue, log } = deps;

  async function match(requestId: string, session: SessionSnapshot): Promise<'adopted' | 'known' | 'lost'> {
    const request = await requests.find(requestId);
    if (request === null) return 'lost';
    if (!isTaggedFor(session, request) || request.state === 'created') return 'known';
    // Whatever its row says, it was sent: a backup was restored.
    await adopt(request, session, { asked: isPending(request.state) });
    return 'adopted';
  }

  /** A job, so that neither the start nor polling waits. */
  async function restore(lost: LostSession[]): Promise<void> {
    const newest = lost.toSorted((a, b) => b.createdAtS - a.createdAtS).slice(0, MAX_LOST);
    log.warn(
      { lost: lost.length, leftOut: lost.length - newest.length },
      'Devin has sessions of this app that the database does not know; searching Slack for their cards',
    );
    await enqueue('restore-sessions', { lost: newest, places: null });
  }

  return async (signal: AbortSignal): Promise<void> => {
    const { items, lostSinceS } = await listOwn(deps, { signal });
    const bound = await sessions.bound(items.map(({ sessionId }) => sessionId));
    const found = { adopted: 0, known: 0, lost: 0 };
    const lost: LostSession[] = [];
    for (const session of items) {
      const requestId = requestIdOf(session.tags);
      if (requestId === null || bound.has(session.sessionId)) continue;
      const matched = await match(requestId, session);
      found[matched] += 1;
      if (matched !== 'lost') continue;
      await ledger.add(spentOn(session, { requestId, teamId: deps.teamId(), ...UNKNOWN }));
      if (session.createdAt >= lostSinceS) lost.push(toLost(requestId, session));
    }
    if (found.adopted > 0) log.info(found, 'sessions found whose answers were lost');
    if (lost.length > 0) await restore(lost);
  };
}

/** Their cards say who asked, where, and for how much. */
const UNKNOWN = { userId: null, channelId: null, cap: null };

type Own = {
  items: SessionSnapshot[];
  /** Older sessions are counted, but their cards aren't searched for. */
  lostSinceS: number;
};

/** Devin doesn't document whether a session that runs as a member names the service user that created it. */
async function listOwn(deps: ReconcileDeps, options: Options): Promise<Own> {
  const ownId = await deps.serviceUserId(options);
  const time = await deps.devinTime(options);
  const lostSinceS = time === null ? 0 : Math.floor((time.getTime() - LOOK_BACK_MS) / 1000);
  // An empty ledger is rebuilt from the whole month.
  const monthS = time === null ? 0 : Math.floor(Date.UTC(time.getUTCFullYear(), time.getUTCMonth()) / 1000);
  const sinceS = (await deps.store.ledger.isEmpty()) ? Math.min(monthS, lostSinceS) : lostSinceS;
  const since = time !== null && { createdAfter: sinceS };
  const listing = { ...options, maxItems: MOST_LISTED };
  const items = await deps.listSessions({ origins: ['api'], ...since }, listing);
  if (items.length === MOST_LISTED)
    deps.log.warn(
      { listed: MOST_LISTED },
      'Devin has more sessions than are read; the others are neither restored nor counted in budgets',
    );
  const own = items.filter(({ serviceUserId, parentSessionId }) => {
    const isOwn = serviceUserId === null || ownId === null || serviceUserId === ownId;
    return parentSessionId === null && isOwn;
  });
  return { items: own, lostSinceS };
}

function toLost(requestId: string, session: SessionSnapshot): LostSession {
  const { sessionId, createdAt: createdAtS, userId: devinUserId } = session;
  return { sessionId, requestId, createdAtS, devinUserId };
}
