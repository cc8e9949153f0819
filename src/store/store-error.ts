/** Why the store can't be used, and where. No fact holds a password. */
type StoreProblem =
  | {
      code:
        | 'database-unreachable'
        | 'database-untrusted'
        | 'database-refused'
        | 'database-missing'
        | 'database-full';
      server: string;
    }
  /** The user may not create tables. */
  | { code: 'database-forbidden' }
  | { code: 'folder-in-use'; folder: string; pid: number | null }
  | { code: 'folder-unusable' | 'folder-incomplete' | 'folder-unreadable' | 'disk-full'; folder: string }
  /** The limit of open files is lower. */
  | { code: 'too-few-files'; least: number }
  | { code: 'disk-failed'; folder: string; reason: string }
  /** `database-newer`: a later version of the app made this change. */
  | { code: 'migration-failed' | 'database-newer'; migration: string }
  | { code: 'secrets-key-invalid'; where: string };

/** The store could not be opened, or it failed. `operatorSentence` says what to do about it. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: StoreProblem['code'];
  readonly problem: StoreProblem;

  constructor(problem: StoreProblem, options?: ErrorOptions) {
    super(JSON.stringify(problem), options);
    this.code = problem.code;
    this.problem = problem;
  }
}

/** The literal code of an error from Node, Postgres (SQLSTATE) or this app, if it has one. */
export function codeOf(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error)) return null;
  return typeof error.code === 'string' ? error.code : null;
}

/** SQLSTATEs. https://www.postgresql.org/docs/current/errcodes-appendix.html */
export const UNDEFINED_TABLE = '42P01';
const FORBIDDEN = '42501';

/** The error of a start, for the app admin if Postgres refuses to create what the app needs. */
export function orForbidden(error: unknown): unknown {
  return codeOf(error) === FORBIDDEN
    ? new StoreError({ code: 'database-forbidden' }, { cause: error })
    : error;
}
