import { HTTPError, NetworkError, TimeoutError } from 'ky';
import { bareFacts, DevinError, neverConnected } from './errors.ts';
import { parseProblem } from './problem.ts';

type Fetch = typeof globalThis.fetch;

/** One HTTP request, for logs and metrics. No bodies. */
export type DevinRequestFacts = {
  operation: string;
  /** null: no answer. */
  status: number | null;
  durationMs: number;
};

export type AttemptOptions = {
  fetch?: Fetch;
  log?: { debug(facts: object, message: string): void };
  /** Called for each HTTP request, those of a retry too. */
  onRequest?: (facts: DevinRequestFacts) => void;
};

type Attempted = AttemptOptions & {
  operation: string;
  json?: object;
  sensitive?: readonly string[];
  signal?: AbortSignal | undefined;
};

/** Runs one operation with a fetch that reports each request, and makes every failure a DevinError. */
export async function attempt<T>(attempted: Attempted, run: (fetch: Fetch) => Promise<T>): Promise<T> {
  const { fetch = globalThis.fetch, signal } = attempted;
  let sent = false;
  const observed: Fetch = async (...request) => {
    sent ||= signal?.aborted !== true;
    const startedMs = performance.now();
    try {
      const response = await fetch(...request);
      report(attempted, response.status, startedMs);
      return response;
    } catch (error) {
      report(attempted, null, startedMs);
      throw error;
    }
  };
  try {
    return await run(observed);
  } catch (error) {
    throw toDevinError(error, attempted, sent);
  }
}

function report({ operation, log, onRequest }: Attempted, status: number | null, startedMs: number): void {
  const facts = { operation, status, durationMs: Math.round(performance.now() - startedMs) };
  log?.debug(facts, 'Devin request');
  onRequest?.(facts);
}

/** ky's errors hold the request, with the key and the body in it: they are never a cause. */
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
    return new DevinError({ operation, ...parseProblem({ status, headers, bodyText }, asked) });
  }
  if (!sent) return new DevinError({ operation, facts: bareFacts('not-sent'), cause: unsentCause(error) });
  const code = neverConnected(error) ? 'not-sent' : 'no-answer';
  return new DevinError({ operation, facts: bareFacts(code), cause: rawCause(error) });
}

function rawCause(error: unknown): unknown {
  if (error instanceof TimeoutError) return new Error('No answer in time.');
  return error instanceof NetworkError ? error.cause : error;
}

/** A complaint about a header quotes it, and the key is one. */
function unsentCause(error: unknown): Error {
  return new Error(`The request could not be made: ${error instanceof Error ? error.name : typeof error}.`);
}
