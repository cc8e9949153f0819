import type { Text } from './index.ts';

/** To one decimal at most. */
export function rounded(amount: number): number {
  return Math.round(amount * 10) / 10;
}

/** ACU as people read them: with one decimal at most, and separators. */
export function acuWords(acu: number): string {
  return rounded(acu).toLocaleString('en-US');
}

/** What is left of a ceiling, and the ceiling. */
export function leftWords({ left, most }: { left: number; most: number }): [string, string] {
  return [acuWords(Math.max(0, left)), acuWords(most)];
}

const MS_PER_MINUTE = 60_000;
const MINUTES_PER_HOUR = 60;
const HOURS_PER_DAY = 24;

/** In the two largest of its units, rounded down. */
export function durationWords(ms: number, text: Text): string {
  const minutes = Math.floor(ms / MS_PER_MINUTE);
  if (minutes < 1) return text.card.duration.short;
  const hours = Math.floor(minutes / MINUTES_PER_HOUR);
  if (hours === 0) return text.card.duration.minutes(minutes);
  const days = Math.floor(hours / HOURS_PER_DAY);
  return days === 0
    ? text.card.duration.hours(hours, minutes % MINUTES_PER_HOUR)
    : text.card.duration.days(days, hours % HOURS_PER_DAY);
}
