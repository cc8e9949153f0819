type FaultMode =
  /** Answers `status`, after `until`, and does nothing else. */
  | 'status'
  /** Does what was asked, but answers `status`. */
  | 'status-after-effect'
  /** Never answers. */
  | 'hang'
  /** Does what was asked and never answers. */
  | 'hang-after-effect'
  /** Breaks the connection. */
  | 'cut'
  /** Does what was asked and breaks the connection: the answer is lost. */
  | 'cut-after-effect'
  /** Answers properly, `delayMs` later or after `until`. */
  | 'delay';

export type FaultMatch = {
  method: string;
  /** A string is the end of the path (`/sessions`); a pattern is tried on the whole path. */
  path: string | RegExp;
};

export type Fault = {
  /** How many requests it hits; Infinity until cleared. Default 1. */
  times?: number;
  /** Default `status`. */
  mode?: FaultMode;
  /** Default 500. */
  status?: number;
  /** Replaces members of the problem details in the answer. */
  problem?: Record<string, unknown>;
  /** The Retry-After header: seconds, or an HTTP date. */
  retryAfter?: number | string;
  delayMs?: number;
  until?: Promise<void>;
};

export type FaultHandle = { remaining(): number; clear(): void };

export type Faults = ReturnType<typeof createFaults>;

function fits(match: FaultMatch, method: string, path: string): boolean {
  if (match.method !== method) return false;
  // `search` leaves the state of a global pattern alone.
  return typeof match.path === 'string' ? path.endsWith(match.path) : path.search(match.path) !== -1;
}

export function createFaults() {
  const planned: { match: FaultMatch; fault: Fault; left: number }[] = [];
  return {
    fail(match: FaultMatch, fault: Fault): FaultHandle {
      const plan = { match, fault, left: fault.times ?? 1 };
      planned.push(plan);
      return { remaining: () => plan.left, clear: () => (plan.left = 0) };
    },
    /** The oldest matching fault; counts as one of its times. */
    take(method: string, path: string): Fault | null {
      const plan = planned.find(({ match, left }) => left > 0 && fits(match, method, path));
      if (plan === undefined) return null;
      plan.left -= 1;
      return plan.fault;
    },
  };
}
