import type { Kysely } from 'kysely';
import { devinTrouble } from '../create/index.ts';
import { retryWindow, type Enqueue, type Jobs } from '../queue/index.ts';
import { isClosed, type SessionSnapshot } from '../session/snapshot.ts';
import type { Followed } from '../store/requests.ts';
import type { Sessions } from '../store/sessions.ts';
import type { Tables } from '../store/tables.ts';

export type RecordStop = (stop: {
  followed: Followed;
  userId: string;
  snapshot: SessionSnapshot;
}) => Promise<void>;

type LostStopDeps = {
  db: Kysely<Tables>;
  sessions: Pick<Sessions, 'lock' | 'change'>;
  devin: { get: (sessionId: string, options: { signal: AbortSignal }) => Promise<SessionSnapshot> };
  recordStop: RecordStop;
  enqueue: Enqueue;
  now: () => number;
};

/** By then, a Stop has taken effect, or never will. */
const LOOK_AGAIN_MS = 60_000;

type LostStop = { userId: string; lostAtMs: number; signal: AbortSignal };

/** For a Stop whose answer was lost while Devin couldn't be asked what became of it. */
export function createLostStop({ db, sessions, devin, recordStop, enqueue, now }: LostStopDeps) {
  /** Not if the person has stopped it meanwhile. */
  async function takeBack(sessionId: string, userId: string): Promise<void> {
    await db.transaction().execute(async (trx) => {
      const current = await sessions.lock(sessionId, trx);
      if (current?.stoppedBy === userId && !isClosed(current.snapshot))
        await sessions.change(sessionId, { stoppedBy: null }, trx);
    });
  }

  return {
    async lookLater({ sessionId, what, userId }: Jobs['steer']): Promise<void> {
      await enqueue('steer', { sessionId, what, userId, lostAtMs: now() }, { startAfterMs: LOOK_AGAIN_MS });
    },

    /**
     * If the session wasn't stopped, or Devin doesn't say for too long, the person isn't named for its end. Resolves with
     * when to look again, in ms; null: it's settled.
     */
    async settle(followed: Followed, { userId, lostAtMs, signal }: LostStop): Promise<number | null> {
      const { sessionId, stoppedBy, snapshot: known } = followed.session;
      const retry = retryWindow('devin', { triedForMs: now() - lostAtMs });
      const againMs = retry.kind === 'wait' ? retry.afterMs : null;
      // If another person's Stop isn't done, this one counts again.
      if (stoppedBy !== userId) return stoppedBy === null || isClosed(known) ? null : againMs;
      try {
        const snapshot = isClosed(known) ? known : await devin.get(sessionId, { signal });
        if (isClosed(snapshot)) {
          await recordStop({ followed, userId, snapshot });
          return null;
        }
      } catch (error) {
        signal.throwIfAborted();
        if (devinTrouble(error).kind !== 'final' && againMs !== null) return againMs;
      }
      await takeBack(sessionId, userId);
      return null;
    },
  };
}
