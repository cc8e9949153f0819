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
  const stepMs = STEPS.find(({ untilMs }) => elapsedMs < untilMs)?.stepMs ?? HOUR_MS;
  return Math.floor(elapsedMs / stepMs) * stepMs;
}
