import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { isOnlyDelay, statusOf, waitFirst, createFaults, type Fault } from '../faults.ts';
import { describeBody, readBody, type RequestBody } from './body.ts';
import type { Journal } from './journal.ts';
import type { Permission } from './members.ts';
import { ApiProblem, missingPermission, notFound, problemBody } from './problem.ts';
import { type Answer, createRouter, type Route } from './routes/route.ts';
import { type Query, readQuery } from './validation.ts';

type ServerDeps = {
  faults: Faults;
  journal: Journal;
  now: () => number;
  report: (problem: string) => void;
  answer: (arrival: Arrival) => Answer;
};

export function serve(server: Server, deps: ServerDeps): void {
  server.on('request', (req, res) => {
    // A connection that breaks while its body is read is the caller's business.
    handle(req, res, deps).catch(() => res.destroy());
  });
}

async function handle(req: IncomingMessage, res: ServerResponse, deps: ServerDeps): Promise<void> {
  const { pathname: path, searchParams } = new URL(req.url ?? '/', 'http://devin');
  const { method = 'GET', headers } = req;
  const query = readQuery(searchParams);
  const body = await readBody(req);
  const answered = deps.journal.record({ method, path, query, body: describeBody(body), headers });
  const fault = deps.faults.take(method, { path, query: searchParams.toString() });
  const isLate = fault?.afterEffect === true;
  if (fault !== null && !isLate) await waitFirst(fault);
  const failing = fault === null || isOnlyDelay(fault) ? null : fault;
  const arrival = { method, path, query, body, authorization: headers.authorization };
  const effect = failing === null || failing.afterEffect === true ? safely(arrival, deps) : null;
  if (isLate) await waitFirst(fault);
  if (failing?.hang === true) return;
  const outcome = failing === null ? effect : faultAnswer(failing, path);
  if (outcome === null) {
    req.socket.destroy();
    return;
  }
  // This Devin's clock, which can differ from the machine's.
  res.setHeader('date', new Date(deps.now()).toUTCString());
  send(res, outcome);
  answered(outcome.status);
}

function safely(arrival: Arrival, { answer, report }: ServerDeps): Answer {
  try {
    return answer(arrival);
  } catch (error) {
    if (error instanceof ApiProblem) return problemAnswer(error, arrival.path);
    report(`the local Devin itself failed: ${error instanceof Error ? error.stack : String(error)}`);
    return problemAnswer(new ApiProblem(500, 'Internal Server Error'), arrival.path);
  }
}

function problemAnswer(problem: ApiProblem, path: string): Answer {
  const headers = { 'content-type': 'application/problem+json' };
  return { status: problem.status, headers, body: problemBody(problem, path) };
}

/** null: the connection is cut. */
function faultAnswer(fault: RequestFault, path: string): Answer | null {
  const { problem = {}, retryAfter } = fault;
  const status = statusOf(fault);
  if (status === null) return null;
  const { headers, body } = problemAnswer(new ApiProblem(status, 'Simulated failure'), path);
  return {
    status,
    headers: { ...headers, ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }) },
    body: Object.assign({}, body, problem),
  };
}

function send(res: ServerResponse, { status, headers, body }: Answer): void {
  res.writeHead(status, { 'content-type': 'application/json', ...headers });
  if (body === undefined) res.end();
  else res.end(body instanceof Uint8Array ? body : JSON.stringify(body));
}

type Arrival = {
  method: string;
  path: string;
  query: Query;
  body: RequestBody;
  authorization: string | undefined;
};

type GateDeps = {
  routes: readonly Route[];
  orgId: string;
  apiKey: string;
  permissions: ReadonlySet<Permission>;
  report: (problem: string) => void;
};

/** The real API answers 403 without a key, and 401 to a wrong one. */
function authenticate(authorization: string | undefined, apiKey: string): void {
  if (authorization === undefined) throw new ApiProblem(403, 'Not authenticated');
  if (authorization !== `Bearer ${apiKey}`) throw new ApiProblem(401, 'Unauthorized');
}

/** Checks the caller, the path and the permission, in this order, before an endpoint looks at anything. */
export function createGate({
  routes,
  orgId,
  apiKey,
  permissions,
  report,
}: GateDeps): (arrival: Arrival) => Answer {
  const routesOf = createRouter(routes);
  return (arrival) => {
    const { method, path, query, body, authorization } = arrival;
    const here = routesOf(path);
    const match = here.find(({ route }) => route.method === method);
    if (match === undefined) {
      report(`nothing answers ${method} ${path}`);
      throw here.length > 0 ? new ApiProblem(405, 'Method Not Allowed') : new ApiProblem(404, 'Not Found');
    }
    const { route, params } = match;
    if (route.access !== 'presigned') {
      authenticate(authorization, apiKey);
      if ((params['org_id'] ?? orgId) !== orgId) throw notFound('Organization');
      if (!permissions.has(route.access)) throw missingPermission(route.access);
    }
    return route.answer({ path, params, query, body, authorization });
  };
}

export type FaultMatch = {
  method: string;
  /** A string is the end of the path (`/sessions`); a pattern is tried on the whole path. */
  path: string | RegExp;
  /** Part of the query. */
  query?: string;
};

/** `problem` replaces members of the problem details in the answer. */
export type RequestFault = Fault & { problem?: Record<string, unknown> };

type Faults = ReturnType<typeof createRequestFaults>;

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
