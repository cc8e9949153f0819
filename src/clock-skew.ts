import type { Text } from './text/index.ts';

/** How far their clock is ahead of ours; null: they have not answered yet. An answer tells the time to the second. */
export type Skews = { slack: () => number | null; devin: () => number | null };

/** Worth a warning; nothing breaks before. */
const WARN_ABOVE_MS = 30_000;
const SYSTEMS = ['slack', 'devin'] as const;

export function skewWarnings(skews: Skews, text: Text): string[] {
  return SYSTEMS.flatMap((system) => {
    const skewMs = skews[system]() ?? 0;
    if (Math.abs(skewMs) <= WARN_ABOVE_MS) return [];
    return [
      text.start.clockSkew({ system, seconds: Math.round(Math.abs(skewMs) / 1000), weAreLate: skewMs > 0 }),
    ];
  });
}
