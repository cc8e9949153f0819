import { setTimeout as delay } from 'node:timers/promises';

/** Resolves false when the signal ended it. */
export async function sleep(ms: number, signal: AbortSignal): Promise<boolean> {
  if (ms <= 0) return !signal.aborted;
  return delay(ms, true, { signal }).catch(() => false);
}
