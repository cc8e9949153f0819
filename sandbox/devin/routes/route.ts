import type { RequestBody } from '../body.ts';
import type { Permission } from '../members.ts';
import type { Query } from '../validation.ts';

export type Call = {
  /** The path, still encoded, as problem details name it. */
  path: string;
  params: Record<string, string>;
  query: Query;
  body: RequestBody;
  authorization: string | undefined;
};

export type Answer = {
  status: number;
  headers?: Record<string, string>;
  /** Sent as JSON, bytes as they are. */
  body?: unknown;
};

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

export type Route = {
  method: Method;
  /** With `{names}`; `{org_id}` must be this organization. */
  path: string;
  /** `presigned`: its address is the right to it, and it wants no key. */
  access: Permission | 'presigned';
  answer(call: Call): Answer;
};

export const ok = (body: unknown): Answer => ({ status: 200, body });

export const jsonOf = ({ body }: Call): unknown => {
  if (body.kind === 'unreadable') throw body.problem;
  return body.kind === 'json' ? body.value : undefined;
};

export const param = ({ params }: Call, name: string): string => {
  const value = params[name];
  if (value === undefined) throw new Error(`The route has no parameter ${name}`);
  return value;
};

export type Match = { route: Route; params: Record<string, string> };

/** Names each segment of a path that the pattern has in braces; null when the path is another one. */
function matchPath(pattern: string, path: string): Record<string, string> | null {
  const wanted = pattern.split('/');
  const found = path.split('/');
  if (wanted.length !== found.length) return null;
  const params: Record<string, string> = {};
  for (const [index, segment] of wanted.entries()) {
    const value = found[index] ?? '';
    const name = /^\{(\w+)\}$/.exec(segment)?.[1];
    if (name === undefined && segment !== value) return null;
    if (name !== undefined && value === '') return null;
    if (name !== undefined) params[name] = decodeSegment(value);
  }
  return params;
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** All routes of a path, whatever their method. */
export function routesAt(routes: readonly Route[], path: string): Match[] {
  return routes.flatMap((route) => {
    const params = matchPath(route.path, path);
    return params === null ? [] : [{ route, params }];
  });
}
