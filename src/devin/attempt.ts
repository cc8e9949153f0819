import { HTTPError, NetworkError, TimeoutError } from 'ky';
import { bareFacts, DevinError, neverConnected } from './errors.ts';
import { parseProblem } from './problem.ts';

type Fetch = typeof globalThis.fetch;

/** One HTTP request, for logs and metrics: no address, which may have names in it, and no body. */
export type DevinRequestFacts = {
  operation: string;
  /** Whether it carried the key. */
  withKey: boolean;
  requestId: string | null;
  /** null: no answer. */
  status: number | null;
  durationMs: number;
};

export type AttemptOptions = {
  fetch?: Fetch;
  log?: Record<'debug' | 'error', (facts: object, message: string) => void>;
  /** Called for each HTTP request, retries included. */
  onRequest?: (facts: DevinRequestFacts) => void;
};

type Attempted = AttemptOptions & {
  operation: string;
  json?: object;
  sensitive?: readonly string[];
  signal?: AbortSignal | undefined;
};

/** Runs an operation with a fetch that reports each request; every failure becomes a DevinError. */
export async function attempt<T>(attempted: Attempted, run: (fetch: Fetch) => Promise<T>): Promise<T> {
  const { fetch = globalThis.fetch, signal } = attempted;
  let sent = false;
  const observed: Fetch = async (...request) => {
    const [input] = request;
    sent ||= signal?.aborted !== true;
    const startedMs = performance.now();
    try {
      const response = await fetch(...request);
      report(attempted, { input, response, startedMs });
      return response;
    } catch (error) {
      report(attempted, { input, response: null, startedMs });
      throw error;
    }
  };
  try {
    return await run(observed);
  } catch (error) {
    throw toDevinError(error, attempted, sent);
  }
}

type Sent = { input: Parameters<Fetch>[0]; response: Response | null; startedMs: number };

function report({ operation, log, onRequest }: Attempted, { input, response, startedMs }: Sent): void {
  const facts = {
    operation,
    withKey: input instanceof Request && input.headers.has('authorization'),
    status: response?.status ?? null,
    requestId: response === null ? null : requestIdOf(response.headers),
    durationMs: Math.round(performance.now() - startedMs),
  };
  log?.debug(facts, 'Devin request');
  onRequest?.(facts);
}

function requestIdOf(headers: Headers): string | null {
  return headers.get('x-request-id') ?? headers.get('request-id') ?? headers.get('cf-ray');
}

/** ky's errors contain the request with its key and body, so they're never a cause. */
function toDevinError(
  error: unknown,
  { operation, json, sensitive = [] }: Attempted,
  sent: boolean,
): DevinError {
  if (error instanceof DevinError) return error;
  if (error instanceof HTTPError) {
    const { status, headers } = error.response;
    const bodyText = typeof error.data === 'string' ? error.data : '';
    const asked = { fields: Object.keys(json ?? {}), sensitive };
    const problem = parseProblem({ status, headers, bodyText }, asked);
    return new DevinError({ operation, requestId: requestIdOf(headers), ...problem });
  }
  if (!sent) return new DevinError({ operation, facts: bareFacts('not-sent'), cause: unsentCause(error) });
  const code = neverConnected(error) ? 'not-sent' : 'no-answer';
  return new DevinError({ operation, facts: bareFacts(code), cause: rawCause(error) });
}

function rawCause(error: unknown): unknown {
  if (error instanceof TimeoutError) return new Error('No answer in time.');
  return error instanceof NetworkError ? error.cause : error;
}

/** An error about a header quotes it, and the key is in one. */
function unsentCause(error: unknown): Error {
  return new Error(`The request could not be made: ${error instanceof Error ? error.name : typeof error}.`);
}
