import { createFaults, type Fault } from '../faults.ts';

export type FaultMatch = {
  method: string;
  /** A string is the end of the path (`/sessions`); a pattern is tried on the whole path. */
  path: string | RegExp;
  /** Part of the query. */
  query?: string;
};

/** `problem` replaces members of the problem details in the answer. */
export type RequestFault = Fault & { problem?: Record<string, unknown> };

export type Faults = ReturnType<typeof createRequestFaults>;

export function createRequestFaults() {
  const faults = createFaults<FaultMatch, RequestFault>();
  return {
    ...faults,
    take: (method: string, { path, query }: { path: string; query: string }): RequestFault | null =>
      faults.take(
        ({ match }) => match.method === method && isAt(match.path, path) && query.includes(match.query ?? ''),
      ),
  };
}

/** `search` leaves the state of a global pattern alone. */
function isAt(wanted: FaultMatch['path'], path: string): boolean {
  return typeof wanted === 'string' ? path.endsWith(wanted) : path.search(wanted) !== -1;
}
