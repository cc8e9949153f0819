import { setTimeout as delay } from 'node:timers/promises';
import type { Log } from './log.ts';

export const MS_PER_S = 1000;

export type Interval = {
  /** Ends it, and waits for the run in progress, whose signal aborts. */
  stop(): Promise<void>;
};

/** Runs a task, which never rejects, every `everyMs` without overlap. Doesn't keep the process alive. */
export function repeat(
  task: (signal: AbortSignal) => Promise<void>,
  everyMs: number,
  { atOnce }: { atOnce: boolean } = { atOnce: false },
): Interval {
  const stopping = new AbortController();
  let running: Promise<void> | null = null;
  const run = (): void => void (running ??= task(stopping.signal).finally(() => (running = null)));
  const timer = setInterval(run, everyMs).unref();
  if (atOnce) run();
  return {
    async stop() {
      clearInterval(timer);
      stopping.abort();
      await running;
    },
  };
}

/** Runs it with the first call; all calls have its result. */
export function once<T>(run: () => Promise<T>): () => Promise<T> {
  let done: Promise<T> | null = null;
  return async () => (done ??= run());
}

/** While a person waits, one late or failed answer holds up nothing. `otherwise`: the result then. */
export async function inTime<T>(
  asking: Promise<T>,
  { withinMs, otherwise, what, log }: { withinMs: number; otherwise: T; what: string; log: Log },
): Promise<T> {
  const answered = asking.catch((error: unknown) => {
    log.warn({ err: error }, `${what} could not be looked up`);
    return otherwise;
  });
  return within(withinMs, answered, otherwise);
}

/** The answer; `otherwise` if it is late or fails. */
export async function within<T>(ms: number, asking: Promise<T>, otherwise: T): Promise<T> {
  return Promise.race([asking.catch(() => otherwise), delay(ms, otherwise, { ref: false })]);
}

/** How long the health pages wait for a database that hangs. */
export const DATABASE_MS = 900;

const A_MINUTE_MS = 60_000;
/** With more answers than this, all are forgotten. */
const MOST_REMEMBERED = 10_000;

/** Asks once for each key, even by several callers at once. An answer is kept for a while, a failure isn't. */
export function remembered<Question, Answer>(
  ask: (question: Question) => Promise<Answer>,
  {
    keyOf,
    forMs = A_MINUTE_MS,
    now,
  }: {
    keyOf: (question: Question) => string;
    /** How long an answer is kept; left out: a minute. */
    forMs?: number;
    now: () => number;
  },
): (question: Question) => Promise<Answer> {
  const known = new Map<string, { answer: Promise<Answer>; atMs: number }>();
  return async (question) => {
    const key = keyOf(question);
    const before = known.get(key);
    if (before !== undefined && isWithin(forMs, now() - before.atMs)) return before.answer;
    if (known.size >= MOST_REMEMBERED) known.clear();
    const asking = { answer: ask(question), atMs: now() };
    known.set(key, asking);
    try {
      return await asking.answer;
    } catch (error) {
      if (known.get(key) === asking) known.delete(key);
      throw error;
    }
  };
}

/** Runs tasks with the same key one after another, as they come. One that fails doesn't stop the next. */
export function createInOrder() {
  const last = new Map<string, Promise<void>>();
  return async (key: string, task: () => Promise<void>): Promise<void> => {
    const before = last.get(key);
    const done = before === undefined ? task() : before.then(task, task);
    last.set(key, done);
    try {
      await done;
    } finally {
      if (last.get(key) === done) last.delete(key);
    }
  };
}

/** Not if it is ahead of now: the clock was set back since. */
export function isWithin(forMs: number, ageMs: number): boolean {
  return ageMs >= 0 && ageMs < forMs;
}

/** Resolves false if the signal ended it. */
export async function sleep(ms: number, signal: AbortSignal): Promise<boolean> {
  if (ms <= 0) return !signal.aborted;
  return delay(ms, true, { signal }).catch(() => false);
}

export type RemoteClock = ReturnType<typeof createRemoteClock>;

/** Another system's time, by the `Date` of its answers and what this machine measured since the last one. */
export function createRemoteClock() {
  let seen: { theirMs: number; atMs: number } | null = null;

  return {
    /** The same `fetch`, which also reads the `Date` of each answer. */
    observe(fetch: typeof globalThis.fetch): typeof globalThis.fetch {
      return async (input, init) => {
        const response = await fetch(input, init);
        const theirMs = Date.parse(response.headers.get('date') ?? '');
        if (!Number.isNaN(theirMs)) seen = { theirMs, atMs: performance.now() };
        return response;
      };
    },

    /** null before the first answer. */
    nowMs(): number | null {
      return seen === null ? null : seen.theirMs + performance.now() - seen.atMs;
    },
  };
}
