import { batchesOf } from '../bounds.ts';
import { goesFirst, HOT_MS, jittered, longestInterval, pollInterval } from '../session/lifecycle.ts';
import type { Reschedule } from '../store/polls.ts';
import type { SessionRow } from '../store/sessions.ts';
import type { StoreParts } from '../store/store.ts';
import { BATCH } from './poll.ts';

type ScheduleDeps = {
  store: StoreParts<{ polls: 'bringForward' | 'due' | 'dueCount' }>;
  /** `goneAfterMs`: when to look again for a session that is missing. */
  times: { fastestMs: number; goneAfterMs: number };
  now: () => number;
  random: () => number;
};

const MOST_BATCHES = 20;
const CORRECT_EVERY_ROUNDS = 60;

/** Which sessions are due for a poll, and when each is due again. */
export function createSchedule({ store: { polls }, times, now, random }: ScheduleDeps) {
  let rounds = 0;

  /** If the clock was set back, polls that were planned before would come too late. */
  async function correct(): Promise<void> {
    if (rounds++ % CORRECT_EVERY_ROUNDS !== 0) return;
    for (const first of [true, false]) {
      const latest = new Date(now() + 2 * longestInterval(first, times.fastestMs));
      await polls.bringForward(first, { now: new Date(now()), latest });
    }
  }

  return {
    /**
     * For the next round. Batches are filled up with those due soon, so that the number of requests depends on the number
     * of sessions, not on when each is due.
     */
    async dueBatches(): Promise<SessionRow[][]> {
      await correct();
      const due = await polls.dueCount(new Date(now()), MOST_BATCHES * BATCH);
      if (due === 0) return [];
      const rows = await polls.due({
        until: new Date(now() + times.fastestMs / 2),
        hotSince: new Date(now() - HOT_MS),
        limit: Math.ceil(due / BATCH) * BATCH,
      });
      return batchesOf(rows, BATCH);
    },

    next(row: SessionRow, { isMissing }: { isMissing: boolean }): Reschedule {
      const { sessionId: id, phase, snapshot, nextLookAt: was } = row;
      const watched = { phase, status: snapshot.status, quietMs: quietFor(row, now()) };
      const intervalMs = pollInterval(watched, times.fastestMs);
      const first = goesFirst(watched);
      const at = (inMs: number): Date => new Date(now() + inMs);
      if (isMissing) return { id, was, first, at: at(Math.min(intervalMs ?? Infinity, times.goneAfterMs)) };
      return { id, was, first, at: intervalMs === null ? null : at(jittered(intervalMs, random())) };
    },
  };
}

/** How long ago it changed, or someone acted on it. */
function quietFor({ changedAt, touchedAt }: SessionRow, nowMs: number): number {
  return nowMs - Math.max(changedAt.getTime(), touchedAt?.getTime() ?? 0);
}
