import { setTimeout as delay } from 'node:timers/promises';
import type { Log } from './log.ts';
import type { Text } from './text/index.ts';

export type Interval = {
  /** It does not keep the process alive. */
  unref(): void;
  /** Ends it, and waits for the run in progress. */
  stop(): Promise<void>;
};

/** Runs a task, which never rejects, again and again; one that takes longer than the time between two has the next wait. */
export function repeat(task: () => Promise<void>, everyMs: number): Interval {
  let running: Promise<void> | null = null;
  const timer = setInterval(() => {
    running ??= task().finally(() => (running = null));
  }, everyMs);
  return {
    unref() {
      timer.unref();
    },
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}

type InTime<T> = {
  withinMs: number;
  /** What there is if the answer doesn't come in time, or not at all. */
  otherwise: T;
  log: Log;
  /** What failed, for the log. */
  what: string;
};

/** For what a person waits for: an answer that comes late or fails must not hold up the rest. */
export async function inTime<T>(
  asking: Promise<T>,
  { withinMs, otherwise, log, what }: InTime<T>,
): Promise<T> {
  const answered = asking.catch((error: unknown) => {
    log.warn({ err: error }, `${what} could not be looked up`);
    return otherwise;
  });
  return Promise.race([answered, delay(withinMs, otherwise, { ref: false })]);
}

/** Resolves false when the signal ended it. */
export async function sleep(ms: number, signal: AbortSignal): Promise<boolean> {
  if (ms <= 0) return !signal.aborted;
  return delay(ms, true, { signal }).catch(() => false);
}

export type RemoteClock = ReturnType<typeof createRemoteClock>;

/**
 * What time it is at another system, by its own answers: this machine's clock may be wrong, and only the time since
 * the last answer is measured here.
 */
export function createRemoteClock(passedMs: () => number = () => performance.now()) {
  let seen: { theirMs: number; atMs: number } | null = null;

  return {
    /** The same `fetch`, with an eye on when it was answered. */
    observe(fetch: typeof globalThis.fetch): typeof globalThis.fetch {
      return async (input, init) => {
        const response = await fetch(input, init);
        const theirMs = Date.parse(response.headers.get('date') ?? '');
        if (!Number.isNaN(theirMs)) seen = { theirMs, atMs: passedMs() };
        return response;
      };
    },

    /** null before the first answer. */
    nowMs(): number | null {
      return seen === null ? null : seen.theirMs + passedMs() - seen.atMs;
    },
  };
}

/** How far their clock is ahead of ours; null: they have not answered yet. An answer tells the time to the second. */
export type Skews = { slack: () => number | null; devin: () => number | null };

/** Worth a warning; nothing breaks before. */
const WARN_ABOVE_MS = 30_000;
const SYSTEMS = ['slack', 'devin'] as const;

export function skewWarnings(skews: Skews, text: Text): string[] {
  return SYSTEMS.flatMap((system) => {
    const skewMs = skews[system]() ?? 0;
    if (Math.abs(skewMs) <= WARN_ABOVE_MS) return [];
    return [
      text.start.clockSkew({ system, seconds: Math.round(Math.abs(skewMs) / 1000), weAreLate: skewMs > 0 }),
    ];
  });
}
