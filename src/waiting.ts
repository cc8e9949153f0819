import type { Log } from './log.ts';
import { OperatorError } from './operator-error.ts';
import type { Text } from './text/index.ts';
import { sleep } from './time.ts';

/** After each attempt, in order; then the last one every time. */
const PAUSES_MS: readonly number[] = [1000, 2000, 5000, 10_000];

const PASSING: ReadonlySet<string> = new Set([
  'slack-unreachable',
  'slack-busy',
  'database-unreachable',
  'database-full',
  'database-readonly',
]);

type WaitDeps = {
  /** In the language of the log. */
  text: Text;
  log: Log;
  /** For tests. */
  pausesMs?: readonly number[];
};

export type Waiting = ReturnType<typeof createWaiting>;

/** Waits for what the start needs. The app doesn't end meanwhile: a supervisor would pause longer after each attempt. */
export function createWaiting({ text, log, pausesMs = PAUSES_MS }: WaitDeps) {
  const reasons = new Map<string, string>();

  return {
    /** Why the app isn't ready yet. */
    warnings: (): string[] => [...reasons.values()],

    /** Rejects if the system refuses, and with the last failure if the signal ends the wait. */
    async until<Found>(
      system: 'Slack' | 'Postgres',
      ask: () => Promise<Found>,
      signal: AbortSignal,
    ): Promise<Found> {
      for (let tries = 1; ; tries += 1) {
        try {
          const found = await ask();
          reasons.delete(system);
          return found;
        } catch (error) {
          if (!isPassing(error)) throw error;
          const reason = text.joins.sentences([error.say(text), text.start.waits(system)]);
          reasons.set(system, reason);
          // At growing distances: it may be down for hours.
          if (Number.isInteger(Math.log2(tries))) log.warn({ tries, err: error.cause }, reason);
          const pauseMs = pausesMs[tries - 1] ?? pausesMs.at(-1) ?? 0;
          if (!(await sleep(Math.max(pauseMs, error.retryAfterMs), signal))) throw error;
        }
      }
    },
  };
}

/** The system didn't refuse: it is down, busy, or out of reach. */
function isPassing(error: unknown): error is OperatorError {
  return error instanceof OperatorError && PASSING.has(error.code);
}
