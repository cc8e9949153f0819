import { createHash } from 'node:crypto';

/** Of any JSON value. The order of keys doesn't matter: a database can change it. */
export function fingerprintOf(content: unknown): string {
  return createHash('sha256').update(JSON.stringify(content, inOrder)).digest('base64url');
}

function inOrder(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1)));
}
