export type StoreErrorCode =
  | 'database-unreachable'
  | 'database-refused'
  | 'database-missing'
  | 'folder-in-use'
  | 'folder-unusable'
  | 'folder-incomplete'
  | 'folder-unreadable'
  | 'disk-failed'
  | 'migration-failed'
  | 'secrets-key-invalid';

/** The store could not be opened. The message is a sentence for the person who starts the app; it holds no password. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The literal code of an error of Node, of Postgres (SQLSTATE) or of our own, where it carries one. */
export function codeOf(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error)) return null;
  return typeof error.code === 'string' ? error.code : null;
}
