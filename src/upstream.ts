import type { Fetch } from './bounds.ts';
import { MS_PER_S } from './time.ts';

/** After this many failures in a row, the other side counts as down. */
const FAILURES = 5;
const SHORTEST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;

/** Spares a system that is down: what can wait makes one call after each pause, and pauses grow. */
export function createUpstream({
  origin,
  fetch,
  passedMs: now = () => performance.now(),
  perMinute = {},
  refuse,
  onDown = () => undefined,
}: {
  /** Its address. Calls to other hosts, such as file servers, pass. */
  origin: string;
  fetch: Fetch;
  /** A monotonic clock: the machine's clock may be set. */
  passedMs?: () => number;
  /** How often a method may be called, by the last part of its path. */
  perMinute?: Readonly<Record<string, number>>;
  /** The answer to a call that isn't made. */
  refuse: (retryAfterMs: number) => Response;
  /** Told once each time it goes down. */
  onDown?: () => void;
}) {
  const budgets = new Map(Object.entries(perMinute).map(([name, most]) => [name, createBudget(most, now)]));
  let failures = 0;
  let failingSinceMs = 0;
  let triedAtMs = 0;
  const isUp = (): boolean => failures < FAILURES;

  function report(hasAnswered: boolean): void {
    triedAtMs = now();
    if (failures === 0) failingSinceMs = triedAtMs;
    failures = hasAnswered ? 0 : failures + 1;
    if (failures === FAILURES) onDown();
  }

  function pauseLeftMs(): number {
    if (isUp()) return 0;
    return (
      triedAtMs + Math.min(LONGEST_PAUSE_MS, Math.max(SHORTEST_PAUSE_MS, triedAtMs - failingSinceMs)) - now()
    );
  }

  const observed: Fetch = async (input, init) => {
    if (urlOf(input).origin !== origin) return fetch(input, init);
    try {
      const response = await fetch(input, init);
      report(response.status < 500);
      return response;
    } catch (error) {
      if (!isAborted(input, init)) report(false);
      throw error;
    }
  };

  return {
    /** For what a person waits for: always makes the call. */
    observed,
    /** False from some failures in a row until it answers again. */
    isUp,
    /** Whether its last call failed. */
    hasFailed: (): boolean => failures > 0,
    /** For work that can wait. */
    guarded: async (...[input, init]: Parameters<Fetch>): Promise<Response> => {
      const { origin: to, pathname } = urlOf(input);
      if (to !== origin) return fetch(input, init);
      // First, since a call that isn't made should take nothing from its method's budget.
      const pausedMs = pauseLeftMs();
      const waitMs = pausedMs > 0 ? pausedMs : (budgets.get(pathname.replace(/.*\//, ''))?.() ?? 0);
      if (waitMs > 0) return refuse(waitMs);
      // If this call never ends, the next one decides.
      triedAtMs = now();
      return observed(input, init);
    },
  };
}

function urlOf(input: Parameters<Fetch>[0]): URL {
  return new URL(input instanceof Request ? input.url : input);
}

/** Takes one of `most` calls a minute, or says how long to wait for the next, in ms: far less than a limit that was met asks. */
function createBudget(most: number, now: () => number): () => number {
  const everyMs = 60_000 / most;
  let freeAtMs = -Infinity;
  return () => {
    const atMs = Math.max(freeAtMs, now() - everyMs * (most - 1));
    if (atMs > now()) return atMs - now();
    freeAtMs = atMs + everyMs;
    return 0;
  };
}

/** Whether its caller ended the call, which says nothing about the other side. The reason of a timeout is a DOMException. */
function isAborted(...[input, init]: Parameters<Fetch>): boolean {
  const signal = init?.signal ?? (input instanceof Request ? input.signal : null);
  return signal?.aborted === true && !(signal.reason instanceof DOMException);
}

const HOUR_MS = 3_600_000;

/** How long to wait if the other side asks for `ms`. More than an hour counts as a mistake. */
export function askedWait(ms: number): number {
  return Math.min(HOUR_MS, Math.max(0, ms));
}

/** The same answer as Slack's and Devin's rate limits. */
export function tooMany(retryAfterMs: number): Response {
  return new Response(null, {
    status: 429,
    headers: { 'retry-after': String(Math.ceil(retryAfterMs / MS_PER_S)) },
  });
}

/** If nobody says how long, as in a proxy's answer. */
const UNSAID_WAIT_MS = 30_000;

/** The same `fetch`, whose rate limits always say how long to wait: Slack's client reads no other. */
export function sayingHowLong(fetch: Fetch): Fetch {
  return async (input, init) => {
    const response = await fetch(input, init);
    const seconds = Number.parseInt(response.headers.get('retry-after') ?? '', 10);
    if (response.status !== 429 || !Number.isNaN(seconds)) return response;
    await response.body?.cancel();
    return tooMany(UNSAID_WAIT_MS);
  };
}

/** The same error as a refused connection: nothing was sent. */
export function refuseConnection(): Response {
  throw Object.assign(new Error('The other side is down: no call was made.'), {
    syscall: 'connect',
    code: 'ECONNREFUSED',
  });
}
