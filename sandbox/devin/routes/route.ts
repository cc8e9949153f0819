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

export type Method = 'GET' | 'POST' | 'DELETE';

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

type Match = { route: Route; params: Record<string, string> };

/** Finds all routes of a path, whatever their method. */
export function createRouter(routes: readonly Route[]): (pathname: string) => Match[] {
  const patterns = routes.map((route) => ({
    route,
    pattern: new URLPattern({ pathname: route.path.replaceAll(/\{(\w+)\}/g, ':$1') }),
  }));
  return (pathname) =>
    patterns.flatMap(({ route, pattern }) => {
      const groups = pattern.exec({ pathname })?.pathname.groups;
      if (groups === undefined) return [];
      const params: Record<string, string> = {};
      for (const [name, value = ''] of Object.entries(groups)) params[name] = decodeURIComponent(value);
      return [{ route, params }];
    });
}
