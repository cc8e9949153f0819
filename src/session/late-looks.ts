const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/**
 * How long after a look, in ms, a session whose creation was not answered is looked for again, `sinceMs` after it was
 * given up; null: no more. Devin's list may lag, and a slow creation may come to its end later.
 */
export function lateLookInterval(sinceMs: number): number | null {
  if (sinceMs >= DAY_MS) return null;
  return Math.min(HOUR_MS, Math.max(MINUTE_MS, sinceMs / 2));
}
