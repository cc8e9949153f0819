import type { IncomingMessage, ServerResponse, Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { isOnlyDelay, waitFirst, createFaults, statusOf, type Fault } from '../../faults.ts';
import { parseJson } from '../../json.ts';
import { sendJson } from '../../loopback.ts';
import { receiveUpload, serveFile } from '../files.ts';
import { receiveResponse } from '../responses.ts';
import { addProblem, type State } from '../state.ts';
import { chat } from './chat.ts';
import { conversations } from './conversations.ts';
import { files } from './files.ts';
import { ApiError, method, type ApiMethod, type Reply } from './method.ts';
import { RATES, type RateLimiter } from './rate-limiter.ts';
import { views } from './views.ts';
import { workspace } from './workspace.ts';

/** Codes that a well-tested app never gets. */
const SLOPPY = new Set([
  'unknown_method',
  'invalid_blocks',
  'invalid_arguments',
  'invalid_metadata_format',
  'msg_too_long',
  'no_text',
  'not_authed',
  'view_too_large',
]);

type Deps = { state: State; faults: Faults; limiter: RateLimiter; openTicket: () => string };

/** Answers POST /api/<method>. */
export function createWebApi({ state, faults, limiter, openTicket }: Deps) {
  const methods = new Map<string, ApiMethod>(
    Object.entries({
      ...chat,
      ...views,
      ...conversations,
      ...workspace,
      ...files,
      /** The one method of the app-level token. */
      'apps.connections.open': method({
        token: 'app',
        args: z.object({}),
        run: () => ({ url: openTicket() }),
      }),
    }),
  );
  for (const name of methods.keys()) {
    if (RATES[name] === undefined)
      throw new Error(`rate-limiter.ts does not say how often ${name} may be called.`);
  }

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const name = (request.url ?? '').slice('/api/'.length);
    const args = argumentsIn(await text(request));
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? null;
    const fault = faults.take(name, args);
    if (fault !== null) await waitFirst(fault);
    const isFailing = fault !== null && !isOnlyDelay(fault);
    const refusal = isFailing && fault.afterEffect !== true ? fault : limitOn(name, args);
    if (refusal !== null) {
      record(name, args, faultName(refusal));
      breakDown(response, refusal);
      return;
    }
    const reply = answer(name, token, args);
    record(name, args, isFailing ? faultName(fault) : reply.error);
    if (isFailing) breakDown(response, fault);
    else
      sendJson(response, reply.body, {
        headers: { 'x-oauth-scopes': [...state.workspace.scopes].join(',') },
      });
  };

  function limitOn(name: string, args: Record<string, unknown>): MethodFault | null {
    const retryAfter = limiter.take(name, args);
    return retryAfter === null ? null : { retryAfter };
  }

  function answer(name: string, token: string | null, args: Record<string, unknown>): Answer {
    try {
      const found = methods.get(name);
      if (found === undefined) throw new ApiError('unknown_method', { req_method: name });
      checkToken(state, found, token);
      return { error: null, body: { ok: true, ...found.run(args, state) } };
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (SLOPPY.has(error.code)) addProblem(state, `${name}: ${error.code} ${JSON.stringify(error.extra)}`);
      return { error: error.code, body: { ok: false, error: error.code, ...error.extra } };
    }
  }

  function record(method: string, args: Record<string, unknown>, error: string | null): void {
    const call = { method, args, error, atMs: state.now() };
    state.calls.push(call);
    state.changes.emit({ kind: 'call', call });
  }
}

type Answer = { error: string | null; body: Reply };

function checkToken(
  { workspace: { botToken, appToken, scopes } }: State,
  wanted: ApiMethod,
  token: string | null,
): void {
  if (token === null) throw new ApiError('not_authed');
  if (token !== botToken && token !== appToken) throw new ApiError('invalid_auth');
  const isRightKind = token === (wanted.token === 'app' ? appToken : botToken);
  if (!isRightKind) throw new ApiError('not_allowed_token_type');
  const needed = wanted.scopes.find((scope) => !scopes.has(scope));
  if (needed !== undefined) throw new ApiError('missing_scope', { needed, provided: [...scopes].join(',') });
}

/** Arguments that travel as JSON text inside a form. */
const NESTED = new Set(['blocks', 'metadata', 'view', 'files']);

/** Forms, as @slack/web-api sends them. Text that is not JSON stays text, and fails where an object is needed. */
function argumentsIn(form: string): Record<string, unknown> {
  return Object.fromEntries(
    [...new URLSearchParams(form)].map(([key, value]) => [
      key,
      NESTED.has(key) ? parseJson(value, value) : value,
    ]),
  );
}

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

type Routes = { state: State; server: Server; webApi: Handler; faults: Faults };

export function serve({ state, server, webApi, faults }: Routes): void {
  server.on('request', (request, response) => {
    route(request, response).catch((error: unknown) => {
      state.problems.push(`the local Slack itself failed: ${String(error)}`);
      response.writeHead(500).end();
    });
  });

  async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '/';
    // This Slack's clock, which can differ from the machine's.
    response.setHeader('date', new Date(state.now()).toUTCString());
    if (path.startsWith('/api/')) return webApi(request, response);
    const area = AREAS.find(({ prefix }) => path.startsWith(prefix));
    if (area === undefined) {
      response.writeHead(404).end();
      return undefined;
    }
    const fault = faults.take(area.fault);
    if (fault === null) return area.handle(state, request, response);
    await waitFirst(fault);
    if (isOnlyDelay(fault)) return area.handle(state, request, response);
    return breakDown(response, fault);
  }
}

/** URLs other than the Web API's, with the names under which faults are planned for them. */
const AREAS = [
  { prefix: '/actions/', fault: 'response_url', handle: receiveResponse },
  { prefix: '/upload/', fault: 'upload', handle: receiveUpload },
  { prefix: '/files-pri/', fault: 'files', handle: serveFile },
];

/** What goes wrong with the next calls of one method. */
export type MethodFault = Fault & {
  error?: string;
  /** Meets only calls with these arguments, such as `{ user_id }`; in a shared world, others call, too. */
  args?: Record<string, unknown>;
};

type Faults = ReturnType<typeof createMethodFaults>;

export function createMethodFaults() {
  const faults = createFaults<string, MethodFault>();
  return {
    ...faults,
    take: (method: string, args: Record<string, unknown> = {}): MethodFault | null =>
      faults.take(({ match, fault }) => match === method && isMet(fault, args)),
  };
}

function isMet({ args: wanted = {} }: MethodFault, args: Record<string, unknown>): boolean {
  return Object.entries(wanted).every(([name, value]) => args[name] === value);
}

/** Answers as a failing Slack does. */
function breakDown(response: ServerResponse, fault: MethodFault): void {
  if (fault.hang === true) return;
  const status = statusOf(fault);
  if (status === 429) {
    const headers = { 'retry-after': String(fault.retryAfter ?? 1) };
    sendJson(response, { ok: false, error: 'ratelimited' }, { status, headers });
  } else if (status !== null) {
    response.writeHead(status, { 'content-type': 'text/html' }).end('<html>Slack is down</html>');
  } else if (fault.error === undefined) {
    response.socket?.destroy();
  } else {
    sendJson(response, { ok: false, error: fault.error });
  }
}

/** What `calls` say about it. */
function faultName(fault: MethodFault): string {
  if (fault.hang === true) return 'hung';
  const status = statusOf(fault);
  if (status === 429) return 'ratelimited';
  return fault.error ?? (status === null ? 'connection cut' : `http ${status}`);
}
