import type { IncomingHttpHeaders } from 'node:http';
import { maskSecrets } from './secrets.ts';
import type { Signal } from './signal.ts';
import type { Query } from './validation.ts';

/** A request as received, without the key and secret values. */
export type RecordedRequest = {
  readonly method: string;
  /** As sent, still percent-encoded, without the query. */
  readonly path: string;
  readonly query: Query;
  /** Parsed JSON; `{ file: { name, bytes } }` for an upload; null where there was none. */
  readonly body: unknown;
  readonly headers: IncomingHttpHeaders;
  readonly receivedAtMs: number;
  /** null until it is answered, and forever if the answer is held back. */
  readonly status: number | null;
};

type Incoming = Pick<RecordedRequest, 'method' | 'path' | 'query' | 'body' | 'headers'>;

export type Journal = ReturnType<typeof createJournal>;

export function createJournal({ now, signal }: { now: () => number; signal: Signal }) {
  const requests: RecordedRequest[] = [];
  const problems: string[] = [];
  return {
    requests,
    problems,
    record(incoming: Incoming) {
      const { authorization, ...headers } = incoming.headers;
      const safeHeaders = authorization === undefined ? headers : { ...headers, authorization: '[secret]' };
      const entry = {
        ...incoming,
        body: maskSecrets(incoming.body),
        headers: safeHeaders,
        receivedAtMs: now(),
        status: null,
      };
      const recorded: RecordedRequest & { status: number | null } = entry;
      requests.push(recorded);
      signal.notify();
      return {
        answered(status: number): void {
          recorded.status = status;
          signal.notify();
        },
      };
    },
    /** A call that the real API accepts or answers badly, but a careful client doesn't make. */
    report: (problem: string): void => void problems.push(problem),
  };
}
