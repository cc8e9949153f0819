import { setTimeout as delay } from 'node:timers/promises';

const LOOK_EVERY_MS = 100;

type Wait = { timeoutMs: number; signal: AbortSignal };

/** The first value that isn't null; null when the time is up. Rejects if the run is aborted. */
export async function until<T>(look: () => T | null, { timeoutMs, signal }: Wait): Promise<T | null> {
  const endsAtMs = Date.now() + timeoutMs;
  for (;;) {
    const found = look();
    if (found !== null || Date.now() >= endsAtMs) return found;
    await delay(LOOK_EVERY_MS, undefined, { signal });
  }
}
