import { createFaults, type Timing } from '../faults.ts';

type FaultMode =
  /** Answers `status`, and does nothing else. */
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
  /** Only waits. */
  | 'delay';

export type FaultMatch = {
  method: string;
  /** A string is the end of the path (`/sessions`); a pattern is tried on the whole path. */
  path: string | RegExp;
};

export type Fault = Timing & {
  /** Default `status`. */
  mode?: FaultMode;
  /** Default 500. */
  status?: number;
  /** Replaces members of the problem details in the answer. */
  problem?: Record<string, unknown>;
  /** The Retry-After header: seconds, or an HTTP date. */
  retryAfter?: number | string;
};

export type Faults = ReturnType<typeof createRequestFaults>;

export function createRequestFaults() {
  const faults = createFaults<FaultMatch, Fault>();
  return {
    ...faults,
    take: (method: string, path: string): Fault | null =>
      faults.take(({ match }) => match.method === method && isAt(match.path, path)),
  };
}

/** `search` leaves the state of a global pattern alone. */
function isAt(wanted: FaultMatch['path'], path: string): boolean {
  return typeof wanted === 'string' ? path.endsWith(wanted) : path.search(wanted) !== -1;
}
