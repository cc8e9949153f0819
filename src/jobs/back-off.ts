const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 60_000;

/** How long to wait before trying again, in proportion to how long it has been tried: then once a minute. */
export function backOffMs(triedForMs: number): number {
  return Math.min(LONGEST_WAIT_MS, Math.max(FIRST_WAIT_MS, triedForMs / 4));
}
