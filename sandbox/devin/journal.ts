import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import type { Changes } from '../changes.ts';
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

/** Instead of what nothing may print. */
export const MASK = '[secret]';

export type Journal = ReturnType<typeof createJournal>;

type JournalDeps = { now: () => number; changes: Changes<void> };

export function createJournal({ now, changes }: JournalDeps) {
  const requests: RecordedRequest[] = [];
  return {
    requests,
    /** Returns how to note the status of its answer. */
    record(incoming: Incoming): (status: number) => void {
      const { authorization, ...headers } = incoming.headers;
      const safeHeaders = authorization === undefined ? headers : { ...headers, authorization: MASK };
      const entry = {
        ...incoming,
        body: maskSecrets(incoming.body),
        headers: safeHeaders,
        receivedAtMs: now(),
        status: null,
      };
      const recorded: RecordedRequest & { status: number | null } = entry;
      requests.push(recorded);
      changes.emit();
      return (status) => {
        recorded.status = status;
        changes.emit();
      };
    },
  };
}

const withSecrets = z.looseObject({ session_secrets: z.unknown() });
const secretList = z.array(z.looseObject({ value: z.unknown() }));

/** A body as it may be printed: the values of `session_secrets` are gone, whatever shape they came in. */
function maskSecrets(body: unknown): unknown {
  const parsed = withSecrets.safeParse(body);
  if (!parsed.success || parsed.data.session_secrets == null) return body;
  const list = secretList.safeParse(parsed.data.session_secrets);
  return {
    ...parsed.data,
    session_secrets: list.success ? list.data.map((secret) => ({ ...secret, value: MASK })) : MASK,
  };
}
