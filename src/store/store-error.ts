import { OperatorError } from '../text/operator-error.ts';

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
