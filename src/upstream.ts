type Fetch = typeof fetch;

/** After so many failures in a row, the other side is taken for down. */
const FAILURES = 5;
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;
const MS_PER_S = 1000;
const MINUTE_MS = 60_000;

type Rate = { perMinute: number; burst: number };

type UpstreamOptions = {
  /** Its own address; calls of other hosts, such as those of files, pass. */
  origin: string;
  fetch: Fetch;
  /** Only the time since matters: this machine's clock may be set. */
  passedMs?: () => number;
  /** By the last part of the path: how often it may be called. */
  rates?: Readonly<Record<string, Rate>>;
  /** What a call gets that is not made. */
  refuse: (retryAfterMs: number) => Response;
};

export type Upstream = {
  /** For work that can wait: while the other side is down, or a method is called too often, it is not called. */
  guarded: Fetch;
  /** For what a person waits for: always called. */
  observed: Fetch;
};

/**
 * A circuit breaker for one side that the app calls. An outage makes fewer calls, not more: after some failures in a row
 * none is made for a while, then one, which tells whether the others may go on.
 */
export function createUpstream({
  origin,
  fetch,
  passedMs: now = () => performance.now(),
  rates = {},
  refuse,
}: UpstreamOptions): Upstream {
  const circuit = createCircuit(now);
  const budgets = new Map(Object.entries(rates).map(([name, rate]) => [name, createBudget(rate, now)]));

  const observed: Fetch = async (input, init) => {
    if (urlOf(input).origin !== origin) return fetch(input, init);
    try {
      const response = await fetch(input, init);
      circuit.report(response.status < 500);
      return response;
    } catch (error) {
      circuit.report(false);
      throw error;
    }
  };

  return {
    observed,
    guarded: async (input, init) => {
      const url = urlOf(input);
      if (url.origin !== origin) return fetch(input, init);
      const waitMs = circuit.admit() ?? budgets.get(url.pathname.split('/').at(-1) ?? '')?.take() ?? null;
      return waitMs === null ? observed(input, init) : refuse(waitMs);
    },
  };
}

function createCircuit(now: () => number) {
  let failures = 0;
  /** null: calls are made. */
  let open: { pauseMs: number; untilMs: number } | null = null;

  function pause(pauseMs: number): void {
    open = { pauseMs, untilMs: now() + pauseMs };
  }

  return {
    /** null: the call may be made; else how long to wait. */
    admit(): number | null {
      if (open === null) return null;
      const leftMs = open.untilMs - now();
      if (leftMs > 0) return leftMs;
      // This one call tells. If it does not end, the next one does.
      pause(Math.min(LONGEST_PAUSE_MS, open.pauseMs * 2));
      return null;
    },
    report(isUp: boolean): void {
      failures = isUp ? 0 : failures + 1;
      if (isUp) open = null;
      // Those that were on their way tell nothing new.
      else if (open === null && failures >= FAILURES) pause(FIRST_PAUSE_MS);
    },
  };
}

/** A bucket that fills up steadily. */
function createBudget({ perMinute, burst }: Rate, now: () => number) {
  let left = burst;
  let atMs = now();
  return {
    /** null: taken; else how long to wait for the next. */
    take(): number | null {
      const gained = (Math.max(0, now() - atMs) / MINUTE_MS) * perMinute;
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

/** As Slack and Devin say that it was too much: nothing was done, and when to come again. */
export function tooMany(retryAfterMs: number): Response {
  return new Response(null, {
    status: 429,
    headers: { 'retry-after': String(Math.ceil(retryAfterMs / MS_PER_S)) },
  });
}

/** As a server that is down says it, before it does anything. */
export function isDown(): Response {
  throw Object.assign(new Error('The other side is down: it is not called for now.'), {
    syscall: 'connect',
    code: 'ECONNREFUSED',
  });
}
