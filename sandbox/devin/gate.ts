import { timingSafeEqual } from 'node:crypto';
import type { RequestBody } from './body.ts';
import type { Permission } from './permissions.ts';
import { ApiProblem, missingPermission, notFound } from './problem.ts';
import { type Answer, type Route, routesAt } from './routes/route.ts';
import type { Query } from './validation.ts';

export type Arrival = {
  method: string;
  path: string;
  query: Query;
  body: RequestBody;
  authorization: string | undefined;
};

export type GateDeps = {
  routes: readonly Route[];
  orgId: string;
  apiKey: string;
  permissions: ReadonlySet<Permission>;
  report: (problem: string) => void;
};

const same = (a: string, b: string): boolean =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));

/** The real API answers 403 without a key, and 401 to a wrong one. */
function authenticate(authorization: string | undefined, apiKey: string): void {
  if (authorization === undefined) throw new ApiProblem(403, 'Not authenticated');
  if (!same(authorization, `Bearer ${apiKey}`)) throw new ApiProblem(401, 'Unauthorized');
}

/** Checks the caller, the path and the permission, in this order, before an endpoint looks at anything. */
export function createGate({
  routes,
  orgId,
  apiKey,
  permissions,
  report,
}: GateDeps): (arrival: Arrival) => Answer {
  return (arrival) => {
    const { method, path, query, body, authorization } = arrival;
    const here = routesAt(routes, path);
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
