import { z } from 'zod';
import { cleanJson, cleanText, TooLargeError } from '../bounds.ts';
import { isUntrusted } from '../network.ts';

export type DevinErrorCode =
  /** 400, 422. */
  | 'invalid-request'
  | 'unauthorized'
  /** 402: no credit, or a payment that failed. */
  | 'payment-required'
  | 'forbidden'
  | 'not-found'
  | 'conflict'
  /** 429: Devin did nothing; the request may be repeated after `retryAfterMs`. */
  | 'rate-limited'
  /** 5xx. */
  | 'unavailable'
  /** No connection was made, so nothing happened. */
  | 'not-sent'
  /** The request may have arrived; the answer didn't, or was unreadable. */
  | 'no-answer'
  | 'unexpected';

/** `field`: Devin's name of a member of the body; `message`: Devin's. */
type FieldError = { field: string; message: string };

/** What is known about a failure, serializable: no request, body or key. */
export type DevinErrorFacts = {
  code: DevinErrorCode;
  /** HTTP status; null: no answer. */
  status: number | null;
  /** Devin's reason, short. */
  detail: string | null;
  /** The permission that the service user lacks, if Devin names it. */
  permission: string | null;
  fieldErrors: FieldError[];
};

/** Any failure of an operation on Devin. Its message contains nothing of the request or the answer. */
export class DevinError extends Error {
  override readonly name = 'DevinError';
  readonly code: DevinErrorCode;
  readonly facts: DevinErrorFacts;
  /** How long Devin asks to wait; null: it doesn't say. */
  readonly retryAfterMs: number | null;
  /** Devin's id of the request, for its support. */
  readonly requestId: string | null;

  /** `operation`: its name in logs, for example `sessions.create`. */
  constructor({
    operation,
    facts,
    retryAfterMs = null,
    requestId = null,
    cause,
  }: {
    operation: string;
    facts: DevinErrorFacts;
    retryAfterMs?: number | null;
    requestId?: string | null;
    cause?: unknown;
  }) {
    const status = facts.status === null ? '' : ` (${facts.status})`;
    super(`${operation}: ${facts.code}${status}`, cause === undefined ? undefined : { cause });
    this.code = facts.code;
    this.facts = facts;
    this.retryAfterMs = retryAfterMs;
    this.requestId = requestId;
  }

  get status(): number | null {
    return this.facts.status;
  }
}

/** The facts if only the code, and perhaps the status, is known. */
export function bareFacts(code: DevinErrorCode, status: number | null = null): DevinErrorFacts {
  return { code, status, detail: null, permission: null, fieldErrors: [] };
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

/** What it means for a write. `busy` and `down`: nothing happened; `unclear`: it may have, so search before repeating it. */
export const MEANING: Readonly<Record<DevinErrorCode, 'refused' | 'busy' | 'down' | 'unclear'>> = {
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

export function isOutcomeUnknown(error: unknown): boolean {
  return error instanceof DevinError && MEANING[error.code] === 'unclear';
}

/** The answer is larger than the app reads. */
export function isTooLarge(error: unknown): boolean {
  return error instanceof DevinError && error.cause instanceof TooLargeError;
}

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

function isConnectFailure(error: Error): boolean {
  const syscall = 'syscall' in error ? error.syscall : undefined;
  const code = 'code' in error ? error.code : undefined;
  return (
    (typeof syscall === 'string' && CONNECT_SYSCALLS.has(syscall)) ||
    (typeof code === 'string' && (CONNECT_CODES.has(code) || isUntrusted(code))) ||
    PROXY_REFUSAL.test(error.message)
  );
}

/** Whether Devin doesn't even say whose key it is. */
export function refusesKey(error: unknown): boolean {
  return error instanceof DevinError && (error.code === 'unauthorized' || error.status === 403);
}

/**
 * Reads a failed answer: RFC 9457 problem details, FastAPI's `{detail}` of older endpoints, or plain text. Leaves out
 * `sensitive` values, which Devin might echo and nobody may read.
 * https://docs.devin.ai/api-reference/v3/sessions/post-organizations-sessions
 */
export function parseProblem(
  { status, headers, bodyText }: { status: number; headers: Headers; bodyText: string },
  sensitive: readonly string[] = [],
): { facts: DevinErrorFacts; retryAfterMs: number | null } {
  const code = codeOf(status);
  const conceal = (text: string) => tidy(withoutValues(text, sensitive));
  const body = readBody(bodyText);
  const fieldErrors = body.issues.map(({ field, message }) => ({ field, message: conceal(message) }));
  const detail = body.reason === null ? summary(fieldErrors) : conceal(body.reason);
  return {
    facts: {
      code,
      status,
      detail,
      permission: code === 'forbidden' ? namedPermission(detail) : null,
      fieldErrors,
    },
    retryAfterMs: readRetryAfter(headers),
  };
}

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
  const value = headers.get('retry-after')?.trim() ?? '';
  const waitMs = /^\d+$/.test(value) ? Number(value) * 1000 : 0;
  return waitMs > 0 ? Math.min(LONGEST_ASKED_MS, waitMs) : null;
}

const text = z.string().optional().catch(undefined);

const problemSchema = z.object({
  title: text,
  detail: z
    .union([z.string(), z.array(z.unknown())])
    .nullish()
    .catch(null),
  errors: z.array(z.unknown()).catch([]),
});

/** A field's error, as FastAPI writes it. */
const issueSchema = z.object({ loc: z.array(z.union([z.string(), z.number()])).catch([]), msg: z.string() });

function readBody(bodyText: string): { reason: string | null; issues: FieldError[] } {
  const parsed = problemSchema.safeParse(parseJson(bodyText));
  if (!parsed.success) return { reason: plainText(cleanText(bodyText)), issues: [] };
  const { title, detail, errors } = parsed.data;
  const issues = [...errors, ...(Array.isArray(detail) ? detail : [])].flatMap(readIssue);
  if (typeof detail === 'string' && detail.trim() !== '') return { reason: detail, issues };
  if (issues.length > 0) return { reason: null, issues };
  return { reason: title ?? null, issues };
}

function parseJson(bodyText: string): unknown {
  try {
    return cleanJson(JSON.parse(bodyText));
  } catch {
    return undefined;
  }
}

/** A proxy's HTML page or unexpected JSON is no use to people. */
function plainText(bodyText: string): string | null {
  const start = bodyText.trim();
  return start === '' || /^[<[{"]/.test(start) ? null : start;
}

const LOCATIONS = new Set(['body', 'query', 'path']);

function readIssue(value: unknown): FieldError[] {
  const parsed = issueSchema.safeParse(value);
  if (!parsed.success) return [];
  const { loc, msg } = parsed.data;
  const [name = '', ...rest] = loc.map(String).filter((segment, at) => at > 0 || !LOCATIONS.has(segment));
  return [{ field: name, message: [...(rest.length === 0 ? [] : [rest.join('.')]), msg].join(': ') }];
}

/** One line for all fields. */
function summary(issues: FieldError[]): string | null {
  if (issues.length === 0) return null;
  return tidy(
    issues.map(({ field, message }) => (field === '' ? message : `${field}: ${message}`)).join('; '),
  );
}

/** `ManageOrgSessions`, or the internal form `org.devins.use`. https://docs.devin.ai/api-reference/v3/overview */
const PERMISSION =
  /\b(?:(?:Manage|View|Use|Impersonate|Read)(?:[A-Z][a-z]+)+|(?:org|account)\.[a-z_]+\.[a-z_]+)\b/;

function namedPermission(detail: string | null): string | null {
  return detail === null ? null : (PERMISSION.exec(detail)?.[0] ?? null);
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
