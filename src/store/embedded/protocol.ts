import { inspect } from 'node:util';
import type { Results } from '@electric-sql/pglite';

/** Inside a transaction, which begins with its first statement. */
export type Inside = { transaction: number; begins: boolean };

/** What the process asks of the thread that runs the database. */
export type Order =
  | { do: 'open'; folder: string; fresh: boolean }
  | { do: 'query'; sql: string; parameters: readonly unknown[]; inside: Inside | null; unflushed?: boolean }
  | { do: 'exec'; sql: string; inside: Inside | null }
  | { do: 'commit' | 'rollback'; transaction: number }
  | { do: 'listen'; channel: string }
  | { do: 'close' };

export type Call = { id: number; order: Order };

/** What the thread answers. Only the caller knows the type of `value`. */
export type Report<Value = never> =
  | { kind: 'done'; id: number; value: Value }
  | { kind: 'failed'; id: number; error: ErrorFacts }
  | { kind: 'notified'; channel: string; payload: string }
  | { kind: 'panicked'; error: ErrorFacts };

export type QueryResult<Row> = Pick<Results<Row>, 'rows' | 'affectedRows'>;

/** An error's own properties don't survive a message to another thread. */
type ErrorFacts = { message: string; stack: string | undefined; own: Record<string, string> };

/** Left out: they hold what people wrote. */
const HIDDEN = new Set(['message', 'stack', 'query', 'params', 'queryOptions', 'where', 'detail']);

export function errorFacts(error: unknown): ErrorFacts {
  // Emscripten throws plain objects for what a file system refuses.
  if (!(error instanceof Error)) return { message: inspect(error, { depth: 0 }), stack: undefined, own: {} };
  const own = Object.entries(error).filter(
    (entry): entry is [string, string] => !HIDDEN.has(entry[0]) && typeof entry[1] === 'string',
  );
  return { message: error.message, stack: error.stack, own: Object.fromEntries(own) };
}

export function errorFrom({ message, stack, own }: ErrorFacts): Error {
  const error = Object.assign(new Error(message), own);
  if (stack !== undefined) error.stack = stack;
  return error;
}
