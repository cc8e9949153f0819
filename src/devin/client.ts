import ky, { HTTPError, type RetryOptions } from 'ky';
import type { z } from 'zod';
import { bounded, cleanJson, pages, TooLargeError } from '../bounds.ts';
import { toSnake } from '../session/snapshot.ts';
import { attempt, type AttemptOptions } from './attempt.ts';
import { bareFacts, DevinError } from './errors.ts';
import { readRetryAfter, summary } from './problem.ts';
import type { Page } from './schemas.ts';

export type DevinClientOptions = {
  apiUrl: string;
  apiKey: string;
  orgId: string;
} & AttemptOptions;

type Call<Answer> = Options & {
  /** Its name in logs and metrics, for example `sessions.create`. */
  operation: string;
  /** Left out: GET. */
  method?: 'get' | 'post' | 'put' | 'delete';
  path: string;
  /** A success with an invalid body becomes `no-answer`. */
  answer: z.ZodType<Answer>;
  query?: URLSearchParams;
  json?: object;
  /** What Devin would refuse of it is refused here, with the same error and without a request. */
  jsonSchema?: z.ZodType;
  upload?: { body: ReadableStream<Uint8Array>; contentType: string };
  /** Left out: one attempt. */
  retry?: Retry;
  timeoutMs?: number;
  /** Values that must not appear in an error, even if Devin echoes them. */
  sensitive?: readonly string[];
};

/** 0: one attempt. */
export type Retry = RetryOptions | 0;

export type Options = { signal?: AbortSignal | undefined };

type Opening = Options & { operation: string; url: URL; withKey: boolean };

export type DevinClient = ReturnType<typeof createDevinClient>;

const TIMEOUT_MS = 30_000;
const MAX_RETRY_AFTER_MS = 20_000;
const RETRIED_STATUSES = [429, 500, 502, 503, 504, 520, 521, 522, 523, 524, 529];

/** For reads, which are safe to repeat: after broken connections, 429 and 5xx, unless Devin asks for a long wait. */
export const READ_RETRY: RetryOptions = {
  limit: 3,
  methods: ['get'],
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

/**
 * The connection to Devin's API v3. Nothing is retried unless the operation says so, redirects aren't followed, and the key
 * goes only to the API's own origin.
 */
export function createDevinClient(options: DevinClientOptions) {
  const { apiUrl, apiKey, orgId } = options;
  const { origin, hostname } = new URL(apiUrl);
  const authorization = `Bearer ${apiKey}`;
  const api = ky.create({
    prefix: apiUrl,
    headers: { authorization, accept: 'application/json' },
    redirect: 'manual',
    // Successes and failures are parsed here, not by ky.
    parseJson: asText,
  });

  return {
    hostname,
    /** `/v3/organizations/{org}/…`, each segment encoded. Throws not-found for an invalid one. */
    orgPath: (segments: readonly string[], version: ApiVersion = 'v3'): string =>
      pathOf([version, 'organizations', orgId, ...segments]),
    /** Throws nothing but DevinError. */
    call: async <Answer>(call: Call<Answer>): Promise<Answer> => {
      checkOutgoing(call);
      return attempt({ ...options, ...call }, async (fetch) => {
        const pending = api(call.path, { ...requestOf(call), fetch: bounded(fetch) });
        const body = await pending.text().catch(orTooLarge);
        const { status } = await pending;
        return readAnswer(call, status, body);
      });
    },
    /** GET of any URL; redirects aren't followed. Resolves with a success or a redirect, else throws DevinError. */
    open: async ({ url, withKey, ...opening }: Opening): Promise<Response> =>
      attempt({ ...options, ...opening }, async (fetch) => {
        const headers = withKey && url.origin === origin ? { authorization } : {};
        const signal = opening.signal && { signal: opening.signal };
        return ky(url, { ...OPEN_OPTIONS, ...signal, headers, fetch });
      }),
  };
}

const asText = (text: string) => text;

const OPEN_OPTIONS = {
  redirect: 'manual',
  retry: 0,
  timeout: TIMEOUT_MS,
  throwHttpErrors: (status: number) => status >= 400,
  parseJson: asText,
} as const;

/** A segment of dots would escape from its place, even encoded. */
function pathOf(segments: readonly string[]): string {
  if (segments.some((segment) => /^\.{0,2}$/.test(segment))) {
    throw new DevinError({ operation: 'path', facts: bareFacts('not-found') });
  }
  return `/${segments.map(encodeURIComponent).join('/')}`;
}

function checkOutgoing({
  operation,
  json,
  jsonSchema,
}: Pick<Call<unknown>, 'operation' | 'json' | 'jsonSchema'>) {
  const parsed = jsonSchema?.safeParse(json);
  if (parsed === undefined || parsed.success) return;
  const fieldErrors = parsed.error.issues.map(({ path: [field = '', ...rest], message }) => ({
    field: String(field),
    message: rest.length === 0 ? message : `${rest.join('.')}: ${message}`,
  }));
  const facts = { ...bareFacts('invalid-request'), detail: summary(fieldErrors), fieldErrors };
  throw new DevinError({ operation, facts });
}

function requestOf<Answer>({ method = 'get', query, json, upload, retry, timeoutMs, signal }: Call<Answer>) {
  return {
    method,
    retry: retry ?? 0,
    timeout: timeoutMs ?? TIMEOUT_MS,
    ...(query && { searchParams: query }),
    ...(json && { json }),
    ...(upload && { body: upload.body, headers: { 'content-type': upload.contentType } }),
    ...(signal && { signal }),
  };
}

function orTooLarge(error: unknown): TooLargeError {
  if (error instanceof TooLargeError) return error;
  throw error;
}

type Body = string | TooLargeError;

function readAnswer<Answer>({ operation, answer }: Call<Answer>, status: number, body: Body): Answer {
  try {
    if (typeof body !== 'string') throw body;
    return answer.parse(cleanJson(JSON.parse(body)));
  } catch (cause) {
    throw new DevinError({ operation, facts: bareFacts('no-answer', status), cause: withoutInput(cause) });
  }
}

/** JSON's syntax errors quote the text; a schema's errors don't. */
function withoutInput(cause: unknown): unknown {
  return cause instanceof SyntaxError ? new Error('The answer is not JSON.') : cause;
}

type ApiVersion = 'v3' | 'v3beta1';

/**
 * Members and repositories are still under v3beta1; the rest has moved to v3. On a 404 the other version is tried, and the
 * one that answered is used from then on.
 * https://docs.devin.ai/api-reference/release-notes
 */
export function createVersionFallback() {
  let preferred: ApiVersion = 'v3beta1';

  return async function withVersion<T>(run: (version: ApiVersion) => Promise<T>): Promise<T> {
    const first = preferred;
    const second: ApiVersion = first === 'v3' ? 'v3beta1' : 'v3';
    try {
      return await run(first);
    } catch (error) {
      if (!(error instanceof DevinError) || error.code !== 'not-found') throw error;
    }
    const result = await run(second);
    preferred = second;
    return result;
  };
}

type QueryValue = string | number | boolean | readonly string[] | null | undefined;

/** In Devin's names. Lists are repeated keys (`?tags=a&tags=b`); null and undefined are left out. */
export function toSearchParams(query: Record<string, QueryValue>): URLSearchParams {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value === null || value === undefined) continue;
    for (const item of typeof value === 'object' ? value : [value]) params.append(toSnake(key), String(item));
  }
  return params;
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
