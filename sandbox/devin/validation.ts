import { z } from 'zod';
import { type FieldError, unprocessable } from './problem.ts';

/** As FastAPI writes it. */
function fieldError({ path, input, message }: z.core.$ZodIssue, where: string): FieldError {
  const loc = [where, ...path.map((key) => (typeof key === 'number' ? key : String(key)))];
  if (input === undefined) return { loc, msg: 'Field required', type: 'missing' };
  return { loc, msg: message, type: 'value_error', input };
}

/** Parses a body, or refuses it the way FastAPI does. */
export function parseBody<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body, { reportInput: true });
  if (parsed.success) return parsed.data;
  throw unprocessable(parsed.error.issues.map((issue) => fieldError(issue, 'body')));
}

type QuerySchema<T> = z.ZodType<T> & { shape: Record<string, unknown> };

/** Parses a query whose lists are repeated keys; a key that nobody reads is ignored, as FastAPI does, but reported. */
export function parseQuery<T>(schema: QuerySchema<T>, query: Query, report: (problem: string) => void): T {
  for (const key of Object.keys(query)) {
    if (!Object.hasOwn(schema.shape, key)) report(`the query parameter ${key} is not read by this endpoint`);
  }
  const parsed = schema.safeParse(query, { reportInput: true });
  if (parsed.success) return parsed.data;
  throw unprocessable(parsed.error.issues.map((issue) => fieldError(issue, 'query')));
}

/** A query as it was sent: every key with all its values. */
export type Query = Record<string, string[]>;

export function readQuery(search: URLSearchParams): Query {
  return Object.fromEntries([...new Set(search.keys())].map((key) => [key, search.getAll(key)]));
}

const last = z.array(z.string()).transform((values) => values.at(-1) ?? '');

/** Parameters as a schema of `parseQuery` names them. */
export const param = {
  text: last.optional(),
  integer: last
    .pipe(z.string().regex(/^-?\d+$/, 'Input should be a valid integer'))
    .transform(Number)
    .optional(),
  boolean: last
    .pipe(z.enum(['true', 'false', '1', '0'], 'Input should be a valid boolean'))
    .transform((value) => value === 'true' || value === '1')
    .optional(),
  list: z.array(z.string()).optional(),
};
