import { createHash } from 'node:crypto';

/** NUL, which Postgres text can't hold, and lone surrogates, which JSON can't. */
const UNUSABLE = /[\0\p{Cs}]/gu;

/** Text that can be stored and sent. */
export function cleanText(text: string): string {
  return text.replaceAll(UNUSABLE, '');
}

/** Deeper than anything that is meant. Databases and `JSON.stringify` fail at some thousand levels. */
const MOST_LEVELS = 200;

/** Whether parsed JSON is nested deeper than that. */
export function isTooDeep(value: unknown, level = 0): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return level === MOST_LEVELS || Object.values(value).some((one) => isTooDeep(one, level + 1));
}

/** Parsed JSON in which every text and every key can be stored and sent. What is nested too deep becomes null. */
export function cleanJson(value: unknown, level = 0): unknown {
  if (typeof value === 'string') return cleanText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (level === MOST_LEVELS) return null;
  if (Array.isArray(value)) return value.map((one) => cleanJson(one, level + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [cleanText(key), cleanJson(one, level + 1)]),
  );
}

/** Of any JSON value. The order of keys doesn't matter: a database can change it. */
export function fingerprintOf(content: unknown): string {
  return createHash('sha256').update(JSON.stringify(content, inOrder)).digest('base64url');
}

function inOrder(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1)));
}
