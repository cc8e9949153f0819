/** For a `jsonb` column: both drivers take JSON as text, and only that way for arrays, scalars and objects alike. */
export function json(value: unknown): string | null {
  return value === null || value === undefined ? null : JSON.stringify(value);
}
