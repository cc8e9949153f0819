import { devinTrouble } from '../create/index.ts';
import { retryWindow, type Enqueue, type Jobs } from '../queue/index.ts';
import { isClosed, type SessionSnapshot } from '../session/snapshot.ts';
import type { Followed } from '../store/requests.ts';
import type { Sessions } from '../store/sessions.ts';

export type RecordStop = (stop: {
  followed: Followed;
  userId: string;
  snapshot: SessionSnapshot;
}) => Promise<void>;

type LostStopDeps = {
  sessions: Pick<Sessions, 'change'>;
  devin: { get: (sessionId: string, options: { signal: AbortSignal }) => Promise<SessionSnapshot> };
  recordStop: RecordStop;
  enqueue: Enqueue;
  now: () => number;
};

/** By then, a Stop has taken effect, or won't. */
const LOOK_AGAIN_MS = 60_000;

type LostStop = { userId: string; lostAtMs: number; signal: AbortSignal };

/** For a Stop whose answer was lost while Devin couldn't be asked what became of it. */
export function createLostStop({ sessions, devin, recordStop, enqueue, now }: LostStopDeps) {
  return {
    async lookLater({ sessionId, what, userId }: Jobs['steer']): Promise<void> {
      await enqueue('steer', { sessionId, what, userId, lostAtMs: now() }, { startAfterMs: LOOK_AGAIN_MS });
    },

    /**
     * If the session wasn't stopped, or Devin can't say for long, its end isn't the person's. Resolves with when to look
     * again, in ms; null: it's settled.
     */
    async settle(followed: Followed, { userId, lostAtMs, signal }: LostStop): Promise<number | null> {
      const { sessionId, stoppedBy } = followed.session;
      // By now, another person's counts.
      if (stoppedBy !== userId) return null;
      try {
        const snapshot = await devin.get(sessionId, { signal });
        if (isClosed(snapshot)) {
          await recordStop({ followed, userId, snapshot });
          return null;
        }
      } catch (error) {
        signal.throwIfAborted();
        const retry = retryWindow('devin', { triedForMs: now() - lostAtMs });
        if (devinTrouble(error).kind !== 'final' && retry.kind === 'wait') return retry.afterMs;
      }
      await sessions.change(sessionId, { stoppedBy: null });
      return null;
    },
  };
}
