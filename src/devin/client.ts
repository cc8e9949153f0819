import ky, { HTTPError, NetworkError, TimeoutError, type RetryOptions } from 'ky';
import { z } from 'zod';
import { bounded, cleanJson, pages, type Fetch } from '../bounds.ts';
import { fromWire, readableOnly, toSnake } from '../session/snapshot.ts';
import { bareFailure, DevinError, neverConnected, nullIf, parseProblem, readRetryAfter } from './errors.ts';

/** Cursor pagination. `endCursor` is null on the last page. https://docs.devin.ai/api-reference/concepts/pagination */
export const pageOf = <T extends z.ZodType>(item: T) =>
  fromWire(
    z.object({
      items: readableOnly(item),
      endCursor: z.string().nullable().default(null),
      hasNextPage: z.boolean().catch(false),
    }),
  );
export type Page<T> = { items: T[]; endCursor: string | null; hasNextPage: boolean };

/** One HTTP request, for logs and metrics: no address, which may have names in it, and no body. */
export type DevinRequestFacts = {
  operation: string;
  requestId: string | null;
  /** null: no answer. */
  status: number | null;
  durationMs: number;
};

export type DevinClientOptions = {
  apiUrl: string;
  apiKey: string;
  orgId: string;
  fetch?: Fetch;
  log?: Record<'debug' | 'error', (facts: object, message: string) => void>;
  /** Called for each HTTP request, retries included. */
  onRequest?: (facts: DevinRequestFacts) => void;
};

export type CallOptions = { signal?: AbortSignal | undefined };

type Operation = CallOptions & {
  /** Its name in logs and metrics, for example `sessions.create`. */
  operation: string;
  /** Values that must not appear in an error, even if Devin echoes them. */
  sensitive?: readonly string[];
};

type DevinCall<Answer> = Operation & {
  /** Left out: GET. */
  method?: 'get' | 'post' | 'put' | 'delete';
  /** After the version. */
  path: string;
  /** It is still under v3beta1, or by now under v3. https://docs.devin.ai/api-reference/release-notes */
  isBeta?: boolean | undefined;
  json?: object;
  /** A success with an invalid body becomes `no-answer`. */
  answer: z.ZodType<Answer>;
  query?: URLSearchParams;
  upload?: { body: ReadableStream<Uint8Array>; contentType: string };
  /** 0: one attempt. Left out: `SAFE_RETRY` for GET, else one attempt. */
  retry?: RetryOptions | 0;
  timeoutMs?: number;
};

export type DevinClient = ReturnType<typeof createDevinClient>;

const TIMEOUT_MS = 30_000;
const MAX_RETRY_AFTER_MS = 20_000;
const RETRIED_STATUSES = [429, 500, 502, 503, 504, 520, 521, 522, 523, 524, 529];

/** For what can be repeated without harm: after broken connections, 429 and 5xx, unless Devin asks for a long wait. */
export const SAFE_RETRY: RetryOptions = {
  limit: 3,
  methods: ['get', 'post'],
  statusCodes: RETRIED_STATUSES,
  afterStatusCodes: RETRIED_STATUSES,
  // ky also reads headers that Devin doesn't document, and dates by this machine's clock.
  maxRetryAfter: MAX_RETRY_AFTER_MS,
  backoffLimit: 5000,
  jitter: (delayMs) => delayMs * (0.5 + Math.random() / 2),
  shouldRetry: ({ error }) =>
    error instanceof HTTPError && (readRetryAfter(error.response.headers) ?? 0) > MAX_RETRY_AFTER_MS
      ? false
      : undefined,
};

/** Redirects aren't followed, and answers are parsed here. */
const PLAIN = { redirect: 'manual', parseJson: (text: string) => text } as const;

const UNAUTHORIZED = 401;

/** Devin's API v3. No write is repeated unless its operation says so. The key goes only to the API. */
export function createDevinClient(options: DevinClientOptions) {
  const { apiUrl, apiKey, orgId, fetch = globalThis.fetch, log, onRequest } = options;
  const { origin, hostname } = new URL(apiUrl);
  const authorization = `Bearer ${apiKey}`;
  const api = ky.create({ ...PLAIN, prefix: apiUrl, headers: { authorization, accept: 'application/json' } });

  function report(input: Parameters<Fetch>[0], facts: DevinRequestFacts): void {
    log?.debug(facts, 'Devin request');
    onRequest?.(facts);
    // What Devin redirects to says nothing about the key.
    const hasKey = input instanceof Request && input.headers.has('authorization');
    if (facts.status === UNAUTHORIZED && hasKey)
      log?.error({ operation: facts.operation }, 'Devin refuses DEVIN_API_KEY; run `npm run doctor`');
  }

  /** Runs an operation with a fetch that reports each request; every failure becomes a DevinError. */
  async function attempt<T>(what: Operation, run: (fetch: Fetch) => Promise<T>): Promise<T> {
    const { operation, signal } = what;
    const attempted: { isSent: boolean; status: number | null } = { isSent: false, status: null };
    const observed: Fetch = async (input, init) => {
      attempted.isSent ||= signal?.aborted !== true;
      attempted.status = null;
      const startedMs = performance.now();
      let headers = new Headers();
      try {
        const response = await fetch(input, init);
        ({ headers } = response);
        attempted.status = response.status;
        return response;
      } finally {
        const durationMs = Math.round(performance.now() - startedMs);
        report(input, {
          operation,
          status: attempted.status,
          requestId: requestIdOf(headers),
          durationMs,
        });
      }
    };
    try {
      return await run(observed);
    } catch (error) {
      throw toDevinError(error, what, attempted);
    }
  }

  async function ask<Answer>(version: string, call: DevinCall<Answer>): Promise<Answer> {
    return attempt(call, async (by) => {
      const { method = 'get', path, answer, query, json, upload, signal } = call;
      const { timeoutMs: timeout = TIMEOUT_MS, retry = method === 'get' ? SAFE_RETRY : 0 } = call;
      const response = api(`/${version}${path}`, {
        method,
        retry,
        timeout,
        fetch: bounded(by),
        ...(query && { searchParams: query }),
        ...(json && { json }),
        ...(upload && { body: upload.body, headers: { 'content-type': upload.contentType } }),
        ...(signal && { signal }),
      });
      return answer.parse(cleanJson(JSON.parse(await response.text())));
    });
  }

  return {
    hostname,
    /** `/organizations/{org}/…`, each segment encoded. Throws not-found for an invalid one. */
    orgPath: (segments: readonly string[]): string => pathOf(['organizations', orgId, ...segments]),
    /** Throws nothing but DevinError. */
    async call<Answer>(call: DevinCall<Answer>): Promise<Answer> {
      const early = call.isBeta === true ? await nullIf(['not-found'], ask('v3beta1', call)) : null;
      return early ?? ask('v3', call);
    },
    /** GET of any URL, once. Resolves with a success or a redirect, else throws DevinError. */
    open: async (url: URL, { withKey, ...what }: Operation & { withKey: boolean }): Promise<Response> =>
      attempt(what, async (by) =>
        ky(url, {
          ...PLAIN,
          retry: 0,
          timeout: TIMEOUT_MS,
          throwHttpErrors: (status) => status >= 400,
          headers: withKey && url.origin === origin ? { authorization } : {},
          fetch: by,
          ...(what.signal && { signal: what.signal }),
        }),
      ),
  };
}

/** A segment of dots would escape from its place, even encoded. */
function pathOf(segments: readonly string[]): string {
  if (segments.some((segment) => /^\.{0,2}$/.test(segment))) {
    throw new DevinError({ operation: 'path', failure: bareFailure('not-found') });
  }
  return `/${segments.map(encodeURIComponent).join('/')}`;
}

function requestIdOf(headers: Headers): string | null {
  return headers.get('x-request-id') ?? headers.get('request-id') ?? headers.get('cf-ray');
}

/** ky's errors have the key, so they're never a cause. `status`: of the last answer; null: none came. */
function toDevinError(
  error: unknown,
  { operation, sensitive }: Operation,
  { isSent, status }: { isSent: boolean; status: number | null },
): DevinError {
  if (error instanceof DevinError) return error;
  if (error instanceof HTTPError) {
    const { headers } = error.response;
    const bodyText = typeof error.data === 'string' ? error.data : '';
    const answered = { status: error.response.status, headers, bodyText };
    const problem = parseProblem(answered, sensitive);
    return new DevinError({ operation, requestId: requestIdOf(headers), ...problem });
  }
  const code = !isSent || neverConnected(error) ? 'not-sent' : 'no-answer';
  return new DevinError({ operation, failure: bareFailure(code, status), cause: causeOf(error, isSent) });
}

/** An error about a header quotes it, and the key is in one; one about JSON quotes the answer. */
function causeOf(error: unknown, isSent: boolean): unknown {
  if (!isSent || error instanceof SyntaxError)
    return new Error(error instanceof Error ? error.name : typeof error);
  if (error instanceof TimeoutError) return new Error('No answer in time.');
  return error instanceof NetworkError ? error.cause : error;
}

/** In Devin's names. Lists are repeated keys (`?tags=a&tags=b`); null and undefined are left out. */
export function toSearchParams(
  query: Record<string, string | number | boolean | readonly string[] | null | undefined>,
): URLSearchParams {
  return new URLSearchParams(
    Object.entries(query).flatMap(([key, value]) =>
      [value ?? []].flat().map((item): [string, string] => [toSnake(key), String(item)]),
    ),
  );
}

/** Devin's largest page. https://docs.devin.ai/api-reference/concepts/pagination */
export const MAX_PAGE = 200;

/** null: it is the last page. */
export const cursorAfter = ({ hasNextPage, endCursor }: Page<unknown>): string | null =>
  hasNextPage ? endCursor : null;

/** What the pages hold, at most `maxItems`. */
export async function collectPages<T>(
  readPage: (after: string | null) => Promise<Page<T>>,
  maxItems: number,
): Promise<T[]> {
  const items: T[] = [];
  for await (const page of pages({ read: readPage, next: cursorAfter })) {
    items.push(...page.items);
    if (items.length >= maxItems) break;
  }
  return items.slice(0, maxItems);
}
