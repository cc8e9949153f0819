import type { Log } from '../log.ts';
import type { SessionRow, Sessions } from '../store/sessions.ts';
import type { SetAside } from '../store/set-aside.ts';

type FailureDeps = {
  sessions: Pick<Sessions, 'reschedule'>;
  setAside: Pick<SetAside, 'note' | 'clear'>;
  times: { fastestMs: number };
  now: () => number;
  log: Log;
};

const LONGEST_WAIT_MS = 60 * 60_000;

/** Sessions whose looks fail: each is put off for longer and longer, and counted. */
export function createFailures({ sessions, setAside, times, now, log }: FailureDeps) {
  const failing = new Set<string>();
  return {
    /** False: the task failed, which harms this session alone. */
    async survives(row: SessionRow, task: () => Promise<void>): Promise<boolean> {
      const { sessionId: id, nextLookAt: was } = row;
      try {
        await task();
        if (failing.delete(id)) await setAside.clear('session', id);
        return true;
      } catch (error) {
        const count = await setAside.note('session', id, { error });
        failing.add(id);
        log.warn(
          { err: error, sessionId: id, count },
          'what Devin says about a session could not be recorded',
        );
        const at = new Date(now() + Math.min(LONGEST_WAIT_MS, times.fastestMs * 2 ** count));
        await sessions.reschedule([{ id, was, at, first: false }]);
        return false;
      }
    },
  };
}
