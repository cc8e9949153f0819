import type { Fetch } from './bounds.ts';
import { MS_PER_S } from './time.ts';

/** After this many failures in a row, the other side counts as down. */
const FAILURES = 5;
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;
const MINUTE_MS = 60_000;
/** What was found longer ago says nothing about now. */
const KNOWN_MS = 10 * MINUTE_MS;

type CallRate = { perMinute: number; burst: number };

/**
 * A circuit breaker. After some failures in a row it makes no call for a while, then one, which decides whether the others
 * may continue.
 */
export function createUpstream({
  origin,
  fetch,
  passedMs: now = () => performance.now(),
  rates = {},
  refuse,
  onChange = () => undefined,
}: {
  /** Its address. Calls to other hosts, such as file servers, pass. */
  origin: string;
  fetch: Fetch;
  /** A monotonic clock: the machine's clock may be set. */
  passedMs?: () => number;
  /** How often a method may be called, by the last part of its path. */
  rates?: Readonly<Record<string, CallRate>>;
  /** The answer to a call that isn't made. */
  refuse: (retryAfterMs: number) => Response;
  /** Told once when it goes down, and once when it answers again. */
  onChange?: (isUp: boolean) => void;
}) {
  const circuit = createCircuit(now, onChange);
  const budgets = new Map(Object.entries(rates).map(([name, rate]) => [name, createBudget(rate, now)]));

  const observed: Fetch = async (input, init) => {
    if (urlOf(input).origin !== origin) return fetch(input, init);
    try {
      const response = await fetch(input, init);
      circuit.report(response.status < 500);
      return response;
    } catch (error) {
      if (!isAborted(input, init)) circuit.report(false);
      throw error;
    }
  };

  return {
    /** For what a person waits for: always makes the call. */
    observed,
    /** False from some failures in a row until it answers again, or wasn't called for ten minutes. */
    isUp: circuit.isUp,
    /** Whether its last call failed. */
    hasFailed: circuit.hasFailed,
    /** For work that can wait: makes no call while the other side is down, or beyond a method's rate. */
    guarded: async (...[input, init]: Parameters<Fetch>): Promise<Response> => {
      const url = urlOf(input);
      if (url.origin !== origin) return fetch(input, init);
      const waitMs = circuit.admit() ?? budgets.get(url.pathname.split('/').at(-1) ?? '')?.take() ?? null;
      return waitMs === null ? observed(input, init) : refuse(waitMs);
    },
  };
}

/** Whether its caller ended the call, which says nothing about the other side. The reason of a timeout is a DOMException. */
function isAborted(...[input, init]: Parameters<Fetch>): boolean {
  const signal = init?.signal ?? (input instanceof Request ? input.signal : null);
  return signal?.aborted === true && !(signal.reason instanceof DOMException);
}

function createCircuit(now: () => number, onChange: (isUp: boolean) => void) {
  let failures = 0;
  let failedAtMs = -Infinity;
  /** null: calls are made. */
  let open: { pauseMs: number; untilMs: number } | null = null;

  function pause(pauseMs: number): void {
    open = { pauseMs, untilMs: now() + pauseMs };
  }

  return {
    hasFailed: (): boolean => failures > 0,
    isUp: (): boolean => open === null || now() - failedAtMs > KNOWN_MS,
    /** null: make the call; otherwise how long to wait, in ms. */
    admit(): number | null {
      if (open === null) return null;
      const leftMs = open.untilMs - now();
      if (leftMs > 0) return leftMs;
      // This call decides. If it never ends, the next one does.
      pause(Math.min(LONGEST_PAUSE_MS, open.pauseMs * 2));
      return null;
    },
    report(isUp: boolean): void {
      failures = isUp ? 0 : failures + 1;
      if (!isUp) failedAtMs = now();
      // Calls that were in flight when it opened say nothing new.
      const changes = isUp ? open !== null : open === null && failures >= FAILURES;
      if (!changes) return;
      if (isUp) open = null;
      else pause(FIRST_PAUSE_MS);
      onChange(isUp);
    },
  };
}

/** A token bucket. */
function createBudget({ perMinute, burst }: CallRate, now: () => number) {
  let left = burst;
  let atMs = now();
  return {
    /** null: taken; otherwise how long to wait for the next, in ms. */
    take(): number | null {
      const gained = ((now() - atMs) / MINUTE_MS) * perMinute;
      left = Math.min(burst, left + gained);
      atMs = now();
      if (left < 1) return ((1 - left) / perMinute) * MINUTE_MS;
      left -= 1;
      return null;
    },
  };
}

function urlOf(input: Parameters<Fetch>[0]): URL {
  return new URL(input instanceof Request ? input.url : input);
}

const HOUR_MS = 60 * MINUTE_MS;

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
