export type DevinErrorCode =
  /** 400, 422, or refused by our own check before it was sent (`status` is null then). */
  | 'invalid-request'
  | 'unauthorized'
  | 'forbidden'
  | 'not-found'
  | 'conflict'
  /** 429: Devin did nothing; the request may be repeated after `retryAfterMs`. */
  | 'rate-limited'
  /** 5xx. */
  | 'unavailable'
  /** No connection was made, so nothing can have happened. */
  | 'not-sent'
  /** The request may have arrived; the answer did not, or made no sense. */
  | 'no-answer'
  | 'unexpected';

/** `field` is the wire name of a member of the body; `message` is Devin's. */
export type FieldError = { field: string; message: string };

/** What is known of a failure, serialisable: no request, no body, no key. */
export type DevinErrorFacts = {
  code: DevinErrorCode;
  /** HTTP status; null without an answer. */
  status: number | null;
  /** Devin's own reason, short. */
  detail: string | null;
  /** The permission that the service user lacks, where Devin names it. */
  permission: string | null;
  fieldErrors: FieldError[];
};

type Details = {
  /** As logs name it, e.g. `sessions.create`. */
  operation: string;
  facts: DevinErrorFacts;
  retryAfterMs?: number | null;
  requestId?: string | null;
  cause?: unknown;
};

/** Every failure of an operation on Devin. Its message holds none of what was sent or answered. */
export class DevinError extends Error {
  override readonly name = 'DevinError';
  readonly code: DevinErrorCode;
  readonly facts: DevinErrorFacts;
  /** How long Devin asks to wait; null where it does not say. */
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

/** Facts of a failure of which only the code, and perhaps the status, is known. */
export function bareFacts(code: DevinErrorCode, status: number | null = null): DevinErrorFacts {
  return { code, status, detail: null, permission: null, fieldErrors: [] };
}

/** True where a write may have happened all the same: look before repeating it. */
export function isOutcomeUnknown(error: unknown): boolean {
  return error instanceof DevinError && (error.code === 'no-answer' || error.code === 'unavailable');
}

/** True where the connection failed before a request could go out: name look-up, connect, TLS handshake. */
export function neverConnected(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof AggregateError) return error.errors.length > 0 && error.errors.every(neverConnected);
  return isConnectFailure(error) || neverConnected(error.cause);
}

const CONNECT_SYSCALLS = new Set(['connect', 'getaddrinfo']);
/** Undici's time limit for connecting, and OpenSSL's verdicts on a certificate. */
const CONNECT_CODES =
  /^(?:UND_ERR_CONNECT_TIMEOUT|ERR_TLS_CERT_|CERT_|UNABLE_TO_|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN)/;

function isConnectFailure(error: Error): boolean {
  const syscall = 'syscall' in error ? error.syscall : undefined;
  const code = 'code' in error ? error.code : undefined;
  return (
    (typeof syscall === 'string' && CONNECT_SYSCALLS.has(syscall)) ||
    (typeof code === 'string' && CONNECT_CODES.test(code))
  );
}

/** What the service user may not read is not asked for again for a while. */
export function createForbidden({ now, forMs }: { now: () => number; forMs: number }) {
  const untilMs = new Map<string, number>();
  return {
    /** `instead`: the answer where it may not be read. Throws whatever else `read` throws. */
    async readOr<T>(key: string, instead: T, read: () => Promise<T>): Promise<T> {
      if (now() < (untilMs.get(key) ?? 0)) return instead;
      try {
        return await read();
      } catch (error) {
        if (!(error instanceof DevinError) || error.code !== 'forbidden') throw error;
        untilMs.set(key, now() + forMs);
        return instead;
      }
    },
  };
}
