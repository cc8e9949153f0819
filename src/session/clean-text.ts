/** NUL, which Postgres text can't hold, and lone surrogates, which JSON can't. */
const UNUSABLE = /[\0\p{Cs}]/gu;

/** Text that can be stored and sent. */
export function cleanText(text: string): string {
  return text.replaceAll(UNUSABLE, '');
}

/** Parsed JSON in which every text and every key can be stored and sent. */
export function cleanJson(value: unknown): unknown {
  if (typeof value === 'string') return cleanText(value);
  if (Array.isArray(value)) return value.map(cleanJson);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [cleanText(key), cleanJson(one)]));
}
