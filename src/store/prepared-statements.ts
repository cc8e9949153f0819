import type { PostgresCursor, PostgresPoolClient, PostgresQueryResult } from 'kysely';
import type { PoolClient } from 'pg';

const PREPARABLE = /^\s*(select|insert|update|delete|with)\b/i;
/** Longer ones hold lists of values, each length of which is a statement of its own. pg-boss' insert is 3,400. */
const LONGEST = 4000;
/** Each connection keeps the plans of those it has run. */
const MOST = 400;

export const isPreparable = (text: string): boolean => PREPARABLE.test(text);

/**
 * Names for statements that Postgres should parse and plan once per connection: for most of them, this takes longer than
 * running them. https://node-postgres.com/features/queries#prepared-statements
 */
export function createStatementNames() {
  // undefined: it can't be prepared.
  const names = new Map<string, string | undefined>();
  return (text: string): string | undefined => {
    if (text.length > LONGEST) return undefined;
    if (!names.has(text) && names.size < MOST)
      names.set(text, isPreparable(text) ? `s${names.size}` : undefined);
    return names.get(text);
  };
}

/** A connection that prepares the statements that have a name. */
export class PreparingClient implements PostgresPoolClient {
  readonly #client: PoolClient;
  readonly #nameOf: (text: string) => string | undefined;

  constructor(client: PoolClient, nameOf: (text: string) => string | undefined) {
    this.#client = client;
    this.#nameOf = nameOf;
  }

  query<R>(text: string, values: readonly unknown[]): Promise<PostgresQueryResult<R>>;
  query<R>(cursor: PostgresCursor<R>): PostgresCursor<R>;
  query(text: string | PostgresCursor<unknown>, values: readonly unknown[] = []): unknown {
    if (typeof text !== 'string') throw new TypeError('Rows are not streamed here.');
    return this.#client.query({ name: this.#nameOf(text), text, values: [...values] });
  }

  release(destroy?: boolean): void {
    this.#client.release(destroy);
  }
}
