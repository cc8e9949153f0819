const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** A card that shows how long a session has been going is not edited more often than this for that alone. */
const STEPS = [
  { untilMs: HOUR_MS, stepMs: 5 * MINUTE_MS },
  { untilMs: 6 * HOUR_MS, stepMs: 30 * MINUTE_MS },
  { untilMs: Infinity, stepMs: 6 * HOUR_MS },
];

/** The same value for durations between which no card needs an edit, in ms. */
export function elapsedStep(elapsedMs: number): number {
  const stepMs = stepOf(elapsedMs);
  return Math.floor(elapsedMs / stepMs) * stepMs;
}

function stepOf(elapsedMs: number): number {
  return STEPS.find(({ untilMs }) => elapsedMs < untilMs)?.stepMs ?? HOUR_MS;
}

/** Moments at which a card that waits says anew for how long; after the last, as for a session that goes on. */
const WAITED_MS = [10_000, 30_000, MINUTE_MS, 2 * MINUTE_MS, 5 * MINUTE_MS];

/** The same value for waits between which no card needs an edit, in ms. */
export function waitedStep(waitedMs: number): number {
  const last = WAITED_MS.findLast((stepMs) => stepMs <= waitedMs) ?? 0;
  return Math.max(last, elapsedStep(waitedMs));
}

/** How long until the card of a request that has waited for so long is to be drawn again, in ms. */
export function untilNextStep(waitedMs: number): number {
  const next = WAITED_MS.find((stepMs) => stepMs > waitedMs) ?? elapsedStep(waitedMs) + stepOf(waitedMs);
  return next - waitedMs;
}
