import { DevinError } from '../devin/errors.ts';
import type { Enqueue, Jobs } from '../queue/index.ts';
import type { SessionRequest } from '../store/request-row.ts';
import type { StoreParts } from '../store/store.ts';
import { sentSince, type SessionSearch } from './find-session.ts';
import type { Adopt } from './run.ts';
import type { Transitions } from './transitions.ts';

type ResumeDeps = {
  store: StoreParts<{ requests: 'find' }>;
  search: Pick<SessionSearch, 'findOne'>;
  adopt: Adopt;
  transitions: Pick<Transitions, 'move' | 'moveLocked'>;
  enqueue: Enqueue;
  now: () => number;
};

/** The buttons on the card of a request that ended or is held. Each moves the request only from the state in which it was shown. */
export function createResumer({ store: { requests }, search, adopt, transitions, enqueue, now }: ResumeDeps) {
  /** Not if it was restarted meanwhile, and ended again: people press twice. */
  async function restart(
    request: SessionRequest,
    { to, sentAt }: { to: 'accepted' | 'attached'; sentAt: Date | null },
  ): Promise<void> {
    const { id, state } = request;
    let isDeleted = false;
    const resumedAt = new Date(now());
    // An approval is for one session; another one needs its own, for what there is by then.
    const changes = { checkedAt: null, failure: null, sentAt, approved: [], material: null, resumedAt };
    const effects = { card: 'now', run: true } as const;
    await transitions.moveLocked(id, (locked) => {
      if (locked.state !== state || attemptOf(locked) !== attemptOf(request)) return null;
      // What retention left of it would be sent without its task.
      isDeleted = locked.draft.values.prompt === undefined;
      return isDeleted ? null : { to, changes, effects };
    });
    if (isDeleted) await enqueue('tell-person', { requestId: id, notice: 'task-deleted' });
  }

  /** Searches once. The person who pressed is the one who asked for it. */
  async function check(request: SessionRequest): Promise<void> {
    try {
      const session = await search.findOne(request);
      if (session !== null) return void (await adopt(request, session, { asked: true }));
      const changes = { checkedAt: new Date(now()) };
      await transitions.move({ request, to: request.state, changes, effects: { card: 'now' } });
    } catch (error) {
      if (!(error instanceof DevinError)) throw error;
      await enqueue('tell-person', { requestId: request.id, notice: 'not-checked' });
    }
  }

  return async ({ requestId, how, resumedAtMs }: Jobs['resume']): Promise<void> => {
    const request = await requests.find(requestId);
    // A job can run twice; another attempt has buttons of its own.
    if (request === null || attemptOf(request) !== resumedAtMs) return;
    const { state } = request;
    if (how === 'try-again' && (state === 'failed' || state === 'refused'))
      await restart(request, { to: 'accepted', sentAt: null });
    if (how === 'start-now')
      await transitions.moveLocked(requestId, (locked) =>
        locked.state === 'held' ? { to: 'identified', effects: { card: 'now', run: true } } : null,
      );
    if (how === 'check-again' && state === 'unknown') await check(request);
    // What was sent before is searched for once more before it is sent.
    if (how === 'start-anyway' && state === 'unknown')
      await restart(request, { to: 'attached', sentAt: sentSince(request) });
  };
}

/** When a person last restarted it, in ms; null: it is the first attempt. */
const attemptOf = ({ resumedAt }: SessionRequest): number | null => resumedAt?.getTime() ?? null;
