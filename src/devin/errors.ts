import { z } from 'zod';
import { cleanJson, cleanText } from '../bounds.ts';
import { isUntrusted } from '../network.ts';
import type { DevinFailure } from '../session/failure.ts';
import { readableOnly } from '../session/snapshot.ts';

export type DevinErrorCode = DevinFailure['code'];

/** Any failure of an operation on Devin. Its message contains nothing of the request or the answer. */
export class DevinError extends Error {
  override readonly name = 'DevinError';
  readonly code: DevinErrorCode;
  /** What it means for a write. `busy` and `down`: nothing happened; `unclear`: it may have, so search before repeating it. */
  readonly meaning: 'refused' | 'busy' | 'down' | 'unclear';
  readonly failure: DevinFailure;
  /** How long Devin asks to wait; null: it doesn't say. */
  readonly retryAfterMs: number | null;
  /** Devin's id of the request, for its support. */
  readonly requestId: string | null;

  /** `operation`: its name in logs, for example `sessions.create`. */
  constructor({
    operation,
    failure,
    retryAfterMs = null,
    requestId = null,
    cause,
  }: {
    operation: string;
    failure: DevinFailure;
    retryAfterMs?: number | null;
    requestId?: string | null;
    cause?: unknown;
  }) {
    const status = failure.status === null ? '' : ` (${failure.status})`;
    super(`${operation}: ${failure.code}${status}`, cause === undefined ? undefined : { cause });
    this.code = failure.code;
    this.meaning = MEANINGS[failure.code];
    this.failure = failure;
    this.retryAfterMs = retryAfterMs;
    this.requestId = requestId;
  }
}

/** If only the code, and perhaps the status, is known. */
export function bareFailure(code: DevinErrorCode, status: number | null = null): DevinFailure {
  return { kind: 'devin', code, status, detail: null, fieldErrors: [] };
}

/** What was asked for, or why Devin didn't give it. Throws what isn't Devin's, and what isn't `expected`. */
export async function orDevinError<T>(
  asking: Promise<T>,
  expected: (error: DevinError) => boolean = () => true,
): Promise<T | DevinError> {
  return asking.catch((error: unknown) => {
    if (error instanceof DevinError && expected(error)) return error;
    throw error;
  });
}

/** null: Devin refused with one of these codes. */
export async function nullIf<T>(codes: readonly DevinErrorCode[], asking: Promise<T>): Promise<T | null> {
  const found = await orDevinError(asking, ({ code }) => codes.includes(code));
  return found instanceof DevinError ? null : found;
}

const MEANINGS: Readonly<Record<DevinErrorCode, DevinError['meaning']>> = {
  'invalid-request': 'refused',
  unauthorized: 'refused',
  'payment-required': 'refused',
  forbidden: 'refused',
  'not-found': 'refused',
  conflict: 'refused',
  'rate-limited': 'busy',
  unavailable: 'unclear',
  'not-sent': 'down',
  'no-answer': 'unclear',
  unexpected: 'refused',
};

/** The connection failed before the request was sent: name lookup, connect, TLS handshake, proxy. */
export function neverConnected(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof AggregateError) return error.errors.length > 0 && error.errors.every(neverConnected);
  return isConnectFailure(error) || neverConnected(error.cause);
}

const CONNECT_SYSCALLS = new Set(['connect', 'getaddrinfo']);
/** Undici's connect timeout, and its proxy's TLS. */
const CONNECT_CODES = new Set(['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_PRX_TLS']);

/** Its code is that of any request that was given up. https://github.com/nodejs/undici/blob/v7.30.2/lib/dispatcher/proxy-agent.js */
const PROXY_REFUSAL = /^Proxy response \(\d+\) !== 200 when HTTP Tunneling$/;

const socketErrorSchema = z.object({ syscall: z.string().catch(''), code: z.string().catch('') });

function isConnectFailure(error: Error): boolean {
  const { syscall, code } = socketErrorSchema.parse(error);
  return (
    CONNECT_SYSCALLS.has(syscall) ||
    CONNECT_CODES.has(code) ||
    isUntrusted(code) ||
    PROXY_REFUSAL.test(error.message)
  );
}

/** Whether Devin doesn't even say whose key it is. */
export function refusesKey(error: unknown): boolean {
  return error instanceof DevinError && (error.code === 'unauthorized' || error.code === 'forbidden');
}

/**
 * Reads a failed answer: RFC 9457 problem details, FastAPI's `{detail}` of older endpoints, or plain text. Leaves out
 * `sensitive` values, which Devin might echo and nobody may read.
 * https://docs.devin.ai/api-reference/v3/sessions/post-organizations-sessions
 */
export function parseProblem(
  { status, headers, bodyText }: { status: number; headers: Headers; bodyText: string },
  sensitive: readonly string[] = [],
): { failure: DevinFailure; retryAfterMs: number | null } {
  const code = codeOf(status);
  const conceal = (words: string) => tidy(withoutValues(words, sensitive));
  const { reason, issues, title } = readBody(bodyText);
  const fieldErrors = issues.map(({ field, message }) => ({ field, message: conceal(message) }));
  // One line for all fields.
  const summary = fieldErrors.map(({ field, message }) => labeled(field, message)).join('; ');
  const detail = conceal(reason || summary || title);
  return {
    failure: { kind: 'devin', code, status, detail: detail || null, fieldErrors },
    retryAfterMs: readRetryAfter(headers),
  };
}

const labeled = (...parts: string[]) => parts.filter((part) => part !== '').join(': ');

const CODES: Record<number, DevinErrorCode> = {
  400: 'invalid-request',
  401: 'unauthorized',
  402: 'payment-required',
  403: 'forbidden',
  404: 'not-found',
  /** A proxy before Devin timed out. */
  408: 'no-answer',
  409: 'conflict',
  422: 'invalid-request',
  429: 'rate-limited',
  /** A proxy before Devin gave up. */
  499: 'no-answer',
};

function codeOf(status: number): DevinErrorCode {
  // Devin doesn't redirect: a proxy does, such as for a sign-in, perhaps after Devin did what it was asked.
  if (status < 400) return 'no-answer';
  return CODES[status] ?? (status >= 500 ? 'unavailable' : 'unexpected');
}

/** Longer than anything waits, so that people read how long Devin asks for; but not forever. */
const LONGEST_ASKED_MS = 24 * 60 * 60_000;

/** Retry-After, in seconds, within a day; null: there is none, and callers wait longer each time. */
export function readRetryAfter(headers: Headers): number | null {
  const waitMs = Number(headers.get('retry-after')) * 1000;
  return waitMs > 0 ? Math.min(LONGEST_ASKED_MS, waitMs) : null;
}

const LOCATIONS = new Set(['body', 'query', 'path']);

/** Errors of fields, as FastAPI writes them. */
const issues = readableOnly(
  z
    .object({ loc: z.array(z.union([z.string(), z.number()])).catch([]), msg: z.string() })
    .transform(({ loc, msg }) => {
      const names = loc.map(String).filter((segment, at) => at > 0 || !LOCATIONS.has(segment));
      const [field = '', ...rest] = names;
      return { field, message: labeled(rest.join('.'), msg) };
    }),
).catch([]);

const text = z.string().trim().catch('');

const problemSchema = z
  .object({ title: text, detail: z.unknown(), errors: issues })
  .transform(({ title, detail, errors }) => ({
    reason: text.parse(detail),
    issues: [...errors, ...issues.parse(detail)],
    title,
  }));

function readBody(bodyText: string): z.output<typeof problemSchema> {
  try {
    return problemSchema.parse(cleanJson(JSON.parse(bodyText)));
  } catch {
    const plain = cleanText(bodyText).trim();
    // A proxy's HTML page or unexpected JSON is no use to people.
    return { reason: /^[<[{"]/.test(plain) ? '' : plain, issues: [], title: '' };
  }
}

const MAX_DETAIL_CHARS = 1500;

function tidy(value: string): string {
  const line = value.replace(/\s+/g, ' ').trim();
  return line.length <= MAX_DETAIL_CHARS ? line : `${line.slice(0, MAX_DETAIL_CHARS - 1)}…`;
}

/** A reason may contain shorter values by chance. */
const MIN_CONCEALED_CHARS = 6;
/** How much of a value identifies an echo that Devin cut short. */
const ECHO_CHARS = 24;

function withoutValues(value: string, sensitive: readonly string[]): string {
  let result = value;
  for (const secret of sensitive.filter(({ length }) => length >= MIN_CONCEALED_CHARS)) {
    result = result.replaceAll(secret, '…');
    const echo = result.indexOf(secret.slice(0, ECHO_CHARS));
    if (echo !== -1) result = `${result.slice(0, echo)}…`;
  }
  return result;
}
