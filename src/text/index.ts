import type { z } from 'zod';
import type { en } from './en.ts';

/** The catalog's shape: each language is a file of this type. */
export type Text = typeof en;

/** ACU as people read them: with one decimal at most, and separators. */
export function acuWords(acu: number): string {
  return (Math.round(acu * 10) / 10).toLocaleString('en-US');
}

type Money = { most: number; used: number; reserved: number; sessions: number };

/** What counts under a ceiling: `3.4 used · 53.6 reserved by 4 sessions · 3 free of 60 ACU`. */
export function moneyWords(
  { most, used, reserved, sessions }: Money,
  { policy: { money }, usage }: Text,
): string {
  return [
    money.used(acuWords(used)),
    ...(reserved > 0 ? [money.reserved(acuWords(reserved), usage.sessions(sessions))] : []),
    money.free(acuWords(Math.max(0, most - used - reserved)), acuWords(most)),
  ].join(' · ');
}

const MS_PER_MINUTE = 60_000;
const MINUTES_PER_HOUR = 60;
const HOURS_PER_DAY = 24;

/** In the two largest of its units, rounded down. */
export function durationWords(ms: number, { card: { duration } }: Text): string {
  const minutes = Math.floor(ms / MS_PER_MINUTE);
  const hours = Math.floor(minutes / MINUTES_PER_HOUR);
  const days = Math.floor(hours / HOURS_PER_DAY);
  const units = [
    { amount: days, words: duration.days },
    { amount: hours % HOURS_PER_DAY, words: duration.hours },
    { amount: days > 0 ? 0 : minutes % MINUTES_PER_HOUR, words: duration.minutes },
  ];
  const shown = units.filter(({ amount }) => amount > 0).map(({ amount, words }) => words(amount));
  return shown.join(' ') || duration.short;
}

/** What is wrong with a value that a schema refused, after its name: `must be at least 5.` */
export function issueWords(issue: z.core.$ZodIssue, { policy: { faults } }: Text): string {
  switch (issue.code) {
    case 'invalid_type':
      return Object.entries(faults.type).find(([type]) => type === issue.expected)?.[1] ?? faults.wrong;
    case 'invalid_value':
      return faults.values(issue.values.map(String).join(faults.or));
    case 'too_small':
      return isCounted(issue.origin) ? faults.empty : faults.atLeast(String(issue.minimum));
    case 'too_big':
      return (isCounted(issue.origin) ? faults.tooLong : faults.atMost)(String(issue.maximum));
    default:
      return faults.wrong;
  }
}

const isCounted = (origin: string): boolean => origin === 'string' || origin === 'array';
