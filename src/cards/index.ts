import type { RedrawHome } from '../home/index.ts';
import { soonIfBusy, sooner, type Lease, type PostOnce, type Queue, type WithLease } from '../queue/index.ts';
import { createListenHere } from '../slack/places.ts';
import type { SessionRequest } from '../store/request-row.ts';
import type { SessionRow } from '../store/sessions.ts';
import type { Store } from '../store/store.ts';
import type { Text } from '../text/index.ts';
import type { Tuning } from '../tuning.ts';
import { createDrawCard, hasCard, type DrawnCard } from './draw-card.ts';
import { putCard, threadOfCard, type PutDeps } from './put-card.ts';

export { hasCard } from './draw-card.ts';
export { threadOfCard } from './put-card.ts';

type UpdaterDeps = PutDeps & {
  store: Pick<Store, 'db' | 'requests'>;
  withLease: WithLease;
  redrawHome: RedrawHome;
};

/** The lease under which a request's card is edited or posted, by one at a time. */
const cardLease = (requestId: string): string => `card:${requestId}`;

/** When a setting of a channel or workspace changes, or a channel is restored, only the newest cards are redrawn. */
const MOST_REDRAWN = 200;

/** `session`: if it was read just now. */
export type PostNewCard = (request: SessionRequest, session: SessionRow | null) => Promise<void>;

type CardsDeps = {
  queue: Pick<Queue, 'enqueue' | 'work'>;
  store: Pick<Store, 'db' | 'requests' | 'cards' | 'posts' | 'turns' | 'sessions' | 'listing' | 'settings'>;
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

/** Draws cards in jobs, and at once for a session that has just been created or is followed from now on. */
export function createCards(deps: CardsDeps): { postNewCard: PostNewCard; placeCard: PlaceCard } {
  const { queue, store, outbound, redrawHome, withLease, postOnce, tuning, text } = deps;
  const { sessions, listing } = store;
  const { enqueue, work } = queue;
  const { now, log } = tuning;
  const drawCard = createDrawCard({ sessions, listenHere: createListenHere(store), text, now });
  const updater = createCardUpdater({
    store,
    outbound,
    drawCard,
    withLease,
    postOnce,
    enqueue,
    redrawHome,
    now,
    log,
  });
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
  work('update-card', async ({ requestId }) => updater.update(requestId), { concurrency: 8, most: 100 });
  return { postNewCard: updater.postNew, placeCard: updater.place };
}

/** Cards show the rows: a change is drawn at once, and shown when its turn comes. */
function createCardUpdater(deps: UpdaterDeps) {
  const { drawCard, withLease, enqueue, redrawHome, log } = deps;
  const { requests, cards } = deps.store;

  /** When to draw it again, in ms; null: when it changes. */
  async function show(request: SessionRequest, lease: Lease): Promise<number | null> {
    if (!hasCard(request)) {
      if (request.cardStale) await cards.drawn(request, null);
      return null;
    }
    const drawn = await drawCard(request);
    await placeSession(deps, request, drawn);
    if (drawn.shown === request.cardShown) {
      await cards.drawn(request, drawn.shown);
      return drawn.againInMs;
    }
    const waitMs = await putCard(deps, { request, drawn, lease });
    if (waitMs === null) await redrawHome(request);
    return sooner(waitMs, drawn.againInMs);
  }

  async function withRequest(
    requestId: string,
    act: (request: SessionRequest, lease: Lease) => Promise<number | null>,
  ): Promise<number | null> {
    const acting = withLease(cardLease(requestId), async (lease) => {
      const request = await requests.find(requestId);
      return request === null ? null : act(request, lease);
    });
    return soonIfBusy(acting);
  }

  /** False: not now. */
  async function post(request: SessionRequest, session: SessionRow | null): Promise<boolean> {
    if (request.cardTs !== null || request.cardElsewhere !== null || !hasCard(request)) return false;
    const drawn = await drawCard(request, session);
    const put = async (lease: Lease) => putCard(deps, { request, drawn, lease, isNew: true });
    const leased = await withLease(cardLease(request.id), put, { late: true });
    return leased.kind === 'done' && leased.result === null;
  }

  async function place(request: SessionRequest, lease: Lease): Promise<number | null> {
    if (request.cardTs !== null) return null;
    return putCard(deps, { request, drawn: await drawCard(request), lease, isAsked: true });
  }

  return {
    place: async (requestId: string) => withRequest(requestId, place),
    update: async (requestId: string) => withRequest(requestId, show),
    /** The URL first: if it can't be posted now, a job does it. */
    async postNew(request: SessionRequest, session: SessionRow | null): Promise<void> {
      const { id } = request;
      const isPosted = await post(request, session).catch((error: unknown) => {
        log.warn({ err: error, requestId: id }, 'a card could not be posted');
        return false;
      });
      if (isPosted) await redrawHome(request);
      else await enqueue('update-card', { requestId: id }, { interactive: true });
    },
  };
}

/** If the card was posted before its session existed, the session has no thread yet. */
async function placeSession(
  { store: { db, sessions }, enqueue }: UpdaterDeps,
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
