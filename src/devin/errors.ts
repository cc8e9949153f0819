import { TooLargeError } from '../bounds.ts';
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
export type FieldError = { field: string; message: string };

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

type Details = {
  /** Its name in logs, for example `sessions.create`. */
  operation: string;
  facts: DevinErrorFacts;
  retryAfterMs?: number | null;
  requestId?: string | null;
  cause?: unknown;
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

  constructor({ operation, facts, retryAfterMs = null, requestId = null, cause }: Details) {
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
