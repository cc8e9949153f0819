import type { Kysely } from 'kysely';
import type { RedrawHome } from '../home/index.ts';
import {
  backOffMs,
  HELD_WAIT_MS,
  soonIfBusy,
  type Lease,
  type PostOnce,
  type Queue,
  type WithLease,
} from '../queue/index.ts';
import { createListenHere } from '../slack/places.ts';
import type { SessionRequest } from '../store/request-row.ts';
import type { Requests } from '../store/requests.ts';
import type { SessionRow } from '../store/sessions.ts';
import type { Store } from '../store/store.ts';
import type { Tables } from '../store/tables.ts';
import type { Text } from '../text/index.ts';
import type { Tuning } from '../tuning.ts';
import { createDrawCard, editClass, hasCard, placeOf, type DrawnCard } from './draw-card.ts';
import { postAt, putCard, threadOfCard, type PutDeps } from './put-card.ts';

export { hasCard } from './draw-card.ts';
export { threadOfCard } from './put-card.ts';

type UpdaterDeps = PutDeps & {
  db: Kysely<Tables>;
  requests: Pick<Requests, 'find'>;
  withLease: WithLease;
  redrawHome: RedrawHome;
};

/** The lease under which a request's card is edited or posted, by one at a time. */
const cardLease = (requestId: string): string => `card:${requestId}`;

const SOME = { concurrency: 8 };
/** After these, another job continues, so that none takes long. */
const MOST_CARDS = 50;
/** When a setting of a channel or workspace changes, or a channel is restored, only the newest cards are redrawn. */
const MOST_REDRAWN = 200;

/** `session`: if it was read just now. */
export type PostNewCard = (request: SessionRequest, session: SessionRow | null) => Promise<void>;

type CardsDeps = {
  queue: Pick<Queue, 'enqueue' | 'work'>;
  store: Pick<Store, 'db' | 'requests' | 'cards' | 'posts' | 'sessions' | 'listing' | 'settings'>;
  outbound: PutDeps['outbound'];
  redrawHome: RedrawHome;
  withLease: WithLease;
  postOnce: PostOnce;
  tuning: Pick<Tuning, 'now' | 'log'>;
  text: Text;
};

/**
 * Posts the card of a session that is followed from now on, once. When to try again, in ms; null: it's posted, or can't be:
 * neither in the channel nor to the person directly.
 */
export type PlaceCard = (requestId: string) => Promise<number | null>;

type CardMakers = { postNewCard: PostNewCard; placeCard: PlaceCard };

/** Draws cards in jobs, and at once for a session that has just been created or is followed from now on. */
export function createCards(deps: CardsDeps): CardMakers {
  const { queue, store, outbound, redrawHome, withLease, postOnce, tuning, text } = deps;
  const { db, requests, cards, posts, sessions, listing } = store;
  const { enqueue, work } = queue;
  const { now, log } = tuning;
  const drawCard = createDrawCard({ sessions, listenHere: createListenHere(store), text, now });
  const rows = { db, requests, cards, posts, sessions };
  const doing = { outbound, withLease, postOnce, enqueue, drawCard, redrawHome, now, log };
  const updater = createCardUpdater({ ...rows, ...doing });
  work(
    'redraw-cards',
    async (where) => {
      for (const id of await listing.openIn({ ...where, limit: MOST_REDRAWN }))
        await enqueue('update-card', { requestId: id });
    },
    { concurrency: 1 },
  );
  work(
    'reopen-channel',
    async ({ channelId }) => {
      for (const { id, sessionId } of await listing.refusedIn(channelId, MOST_REDRAWN)) {
        await enqueue('update-card', { requestId: id });
        if (sessionId !== null) await enqueue('post-waiting', { sessionId });
      }
    },
    { concurrency: 1 },
  );
  work('update-card', async ({ requestId }, { signal }) => updater.update(requestId, signal), SOME);
  work('serve-cards', async ({ teamId }, { signal }) => updater.serve(teamId, signal), SOME);
  return { postNewCard: updater.postNew, placeCard: updater.place };
}

/** Cards show the rows: a change gets in line, and the line is served at a pace that Slack accepts. */
function createCardUpdater(deps: UpdaterDeps) {
  const { requests, cards, drawCard, withLease, enqueue, redrawHome, log } = deps;

  /** False: there is nothing new. */
  async function lineUp(request: SessionRequest): Promise<boolean> {
    if (!hasCard(request)) {
      if (request.cardStale) await cards.leaveLine(request);
      return false;
    }
    const drawn = await drawCard(request);
    await placeSession(deps, request, drawn);
    const { againInMs } = drawn;
    if (againInMs !== null)
      await enqueue('update-card', { requestId: request.id }, { startAfterMs: againInMs });
    if (drawn.shown === request.cardShown) {
      await cards.drawn(request, drawn.shown);
      return false;
    }
    await cards.lineUp(request, editClass(request, drawn));
    return true;
  }

  async function show(requestId: string, lease: Lease): Promise<void> {
    const request = await requests.find(requestId);
    if (request === null) return;
    if (!hasCard(request)) return cards.leaveLine(request);
    const drawn = await drawCard(request);
    if (await putCard(deps, { request, drawn, lease })) await redrawHome(request);
  }

  /** A card that fails affects only itself. */
  async function showOne(requestId: string): Promise<void> {
    try {
      const leased = await withLease(cardLease(requestId), async (lease) => show(requestId, lease));
      if (leased.kind === 'busy') await cards.putOff(requestId, HELD_WAIT_MS);
    } catch (error) {
      log.warn({ err: error, requestId }, 'a card could not be shown');
    }
  }

  async function serve(teamId: string, signal: AbortSignal): Promise<void> {
    for (let served = 0; served < MOST_CARDS; served += 1) {
      if (signal.aborted) return;
      const turn = await cards.takeTurn(teamId);
      if (turn.kind === 'none') return;
      if (turn.kind === 'wait') return later(teamId, turn.ms);
      await showOne(turn.requestId);
    }
    await later(teamId, 0);
  }

  async function later(teamId: string, startAfterMs: number): Promise<void> {
    await enqueue('serve-cards', { teamId }, { startAfterMs });
  }

  /** False: not now. */
  async function post(request: SessionRequest, session: SessionRow | null): Promise<boolean> {
    if (request.cardTs !== null || request.cardElsewhere !== null || !hasCard(request)) return false;
    const drawn = await drawCard(request, session);
    const newIf = cards.mayPost(request.channelId);
    const put = async (lease: Lease) => putCard(deps, { request, drawn, lease, newIf });
    const leased = await withLease(cardLease(request.id), put, { late: true });
    return leased.kind === 'done' && leased.result;
  }

  async function place(request: SessionRequest, lease: Lease): Promise<number | null> {
    const at = request.cardTs === null ? await placeOf(request, deps.outbound) : null;
    if (at === null) return null;
    const posted = await postAt(deps, { request, drawn: await drawCard(request), lease }, at);
    switch (posted.kind) {
      case 'posted':
        return null;
      case 'rate-limited':
        return posted.retryAfterMs;
      case 'unclear':
        return backOffMs(deps.now() - request.createdAt.getTime());
      case 'refused':
        if (request.cardElsewhere !== null) return null;
        await cards.moveElsewhere(request.id, posted.code);
        return place({ ...request, cardElsewhere: posted.code }, lease);
    }
  }

  return {
    async place(requestId: string): Promise<number | null> {
      const placing = withLease(cardLease(requestId), async (lease) => {
        const request = await requests.find(requestId);
        return request === null ? null : place(request, lease);
      });
      return soonIfBusy(placing);
    },
    /** The URL first: a new card needs no edit, so it doesn't get in line. If it can't be posted, the line takes over. */
    async postNew(request: SessionRequest, session: SessionRow | null): Promise<void> {
      const { id } = request;
      const isPosted = await post(request, session).catch((error: unknown) => {
        log.warn({ err: error, requestId: id }, 'a card could not be posted');
        return false;
      });
      if (isPosted) await redrawHome(request);
      else await enqueue('update-card', { requestId: id }, { interactive: true });
    },
    async update(requestId: string, signal: AbortSignal): Promise<void> {
      const request = await requests.find(requestId);
      if (request !== null && (await lineUp(request))) await serve(request.teamId, signal);
    },
    serve,
  };
}

/** If the card was posted before its session existed, the session has no thread yet. */
async function placeSession(
  { db, sessions, enqueue }: UpdaterDeps,
  request: SessionRequest,
  { session }: DrawnCard,
): Promise<void> {
  const thread = threadOfCard(request);
  if (session === null || session.threadTs !== '' || thread === null) return;
  const { sessionId } = session;
  await db.transaction().execute(async (trx) => {
    await sessions.place(sessionId, thread, trx);
    await enqueue('relay-from-devin', { sessionId }, { trx });
  });
}
