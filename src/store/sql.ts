import { createHash } from 'node:crypto';
import { PGliteAdapter, sql, type ColumnType, type Kysely, type RawBuilder } from 'kysely';
import type { z } from 'zod';
import { OperatorError } from '../text/operator-error.ts';
import type { Db, Tables } from './store.ts';

/**
 * Locks these names in all replicas until the end of the transaction. Always in the same order, so two transactions never
 * wait for each other. `mostMs`: these and later statements of the transaction fail if they wait longer for a lock.
 */
export async function lockNames(names: readonly string[], trx: Db, mostMs?: number): Promise<void> {
  if (areOneAtATime(trx)) return;
  const limit =
    mostMs === undefined
      ? sql``
      : sql`, (select set_config('lock_timeout', ${String(mostMs)}, true)) as lock_limit`;
  await sql`
    select pg_advisory_xact_lock(key) from (
      select distinct hashtextextended(name, 0) as key from unnest(${names}::text[]) name order by key
    ) keys${limit}`.execute(trx);
}

/** The embedded database's transactions don't run beside each other. */
const areOneAtATime = (trx: Db): boolean => trx.getExecutor().adapter instanceof PGliteAdapter;

/**
 * A list for `in` and `not in`, with the words written out as in the text of a partial index: a generic plan, made for any
 * parameters, couldn't use that index.
 */
export function literals(words: readonly string[]): RawBuilder<unknown> {
  return sql.raw(`(${words.map((word) => `'${word.replaceAll("'", "''")}'`).join(', ')})`);
}

/**
 * The columns of a row. Objects and lists are JSON, which is written as text (`withJson()` below) and read as it was written.
 * An insert can leave out what the schema has a default for.
 */
export type Columns<Row> = {
  [Name in keyof Row]: ColumnType<
    IsJson<Row[Name]> extends true ? unknown : Row[Name],
    Written<Row[Name]> | undefined,
    Written<Row[Name]>
  >;
};

type IsJson<Value> = [Exclude<Extract<Value, object>, Date>] extends [never] ? false : true;
type Written<Value> = IsJson<Value> extends true ? JsonText<Value> : Value;

/** For a `jsonb` column: both drivers accept any JSON as text. undefined leaves the column as it is. */
export function json<Value extends object | string | null | undefined>(value: Value): JsonText<Value>;
export function json(value: unknown): string | null | undefined {
  return value === null || value === undefined ? value : JSON.stringify(value);
}

type JsonText<Value> = string | Extract<Value, null | undefined>;

/** The values of columns, with objects and lists as text. */
export function withJson<Row extends object>(row: Row): { [Name in keyof Row]: Written<Row[Name]> };
export function withJson(row: Record<string, unknown>): object {
  const entries = Object.entries(row);
  return Object.fromEntries<unknown>(
    entries.map(([name, value]) => [name, isJson(value) ? JSON.stringify(value) : value]),
  );
}

function isJson(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !(value instanceof Date);
}

/** Of any JSON value. The order of keys doesn't matter: a database can change it. */
export function fingerprintOf(content: unknown): string {
  return createHash('sha256').update(JSON.stringify(content, inOrder)).digest('base64url');
}

function inOrder(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

/** Rows that a sweep reads at a time. */
export const MOST_SWEPT = 500;

type Query = { executeTakeFirst(): Promise<unknown> };

/** Its first row as the schema reads it; null: there is none. */
export async function readFirst<Schema extends z.ZodType>(
  schema: Schema,
  query: Query,
): Promise<z.output<Schema> | null> {
  const row = await query.executeTakeFirst();
  return row === undefined ? null : schema.parse(row);
}

/** All rows, in pages of those after the last one of the page before. */
export async function* everyRow<Row>(after: (last: Row | null) => Promise<Row[]>): AsyncGenerator<Row> {
  let page = await after(null);
  while (page.length > 0) {
    yield* page;
    page = await after(page.at(-1) ?? null);
  }
}

/** Which of these values are stored. `rows`: a select of a column, up to the name that is compared with them. */
export async function presentOf(
  values: readonly string[],
  rows: RawBuilder<unknown>,
  db: Db,
): Promise<Set<string>> {
  if (values.length === 0) return new Set();
  const found = await sql<Record<string, string>>`${rows} = any(${[...values]}::text[])`.execute(db);
  return new Set(found.rows.flatMap((row) => Object.values(row)));
}

/** Whether it finds, or changes, a row. */
export async function hasRow(query: Query): Promise<boolean> {
  return (await query.executeTakeFirst()) !== undefined;
}

/** The time, as SQL: what several processes compare comes from one clock. */
export type Clock = () => RawBuilder<Date>;

export const databaseClock: Clock = () => sql<Date>`clock_timestamp()`;

/** A clock set from outside, as in a test. */
export function clockOf(now: () => number): Clock {
  return () => sql<Date>`${new Date(now())}::timestamptz`;
}

/** As SQL. */
export function interval(ms: number | RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`${ms} * interval '1 ms'`;
}

/** Clocks that write and read differ by less. */
const MARGIN_MS = 60_000;

/** Whether a time is at least `ms` ago by the database's clock, or in the future because the clock was set back. */
export function isLongAgo(moment: RawBuilder<unknown>, ms: number): RawBuilder<boolean> {
  return sql<boolean>`(${moment} <= now() - ${interval(ms)}
    or ${moment} > now() + ${interval(MARGIN_MS)})`;
}

export type DatabaseTime = ReturnType<typeof createDatabaseTime>;

/**
 * The time by the database's clock, in ms: its times are compared with nothing else. This machine's clock can be wrong,
 * or be set at any time; it only measures what has passed since the last reading.
 */
export function createDatabaseTime() {
  let aheadMs: number | null = null;
  return {
    /** This machine's time until the first reading. */
    now: (): number => (aheadMs === null ? Date.now() : aheadMs + performance.now()),

    async read(db: Kysely<Tables>): Promise<void> {
      const askedMs = performance.now();
      const { rows } = await sql<{ now: Date }>`select clock_timestamp() as now`.execute(db);
      const [row] = rows;
      if (row !== undefined) aheadMs = row.now.getTime() - (askedMs + performance.now()) / 2;
    },
  };
}

/** The literal code of an error from Node, Postgres (SQLSTATE) or this app, if it has one. */
export function codeOf(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error)) return null;
  return typeof error.code === 'string' ? error.code : null;
}

/** SQLSTATEs. https://www.postgresql.org/docs/current/errcodes-appendix.html */
export const DUPLICATE_TABLE = '42P07';
const FORBIDDEN = '42501';

/** The error of a start, for the app admin if Postgres refuses to create what the app needs. */
export function orForbidden(error: unknown): unknown {
  return codeOf(error) === FORBIDDEN
    ? new OperatorError('database-forbidden', (text) => text.store.forbidden, { cause: error })
    : error;
}
