/** Moments in the reader's zone. */

import { LOCALE } from './words.ts';

const MS_PER_S = 1000;
const MS_PER_DAY = 86_400_000;

const TIME = { hour: 'numeric', minute: '2-digit' } as const;
const SHORT = { month: 'short', day: 'numeric', year: 'numeric' } as const;

const time = new Intl.DateTimeFormat(LOCALE, TIME);
const long = new Intl.DateTimeFormat(LOCALE, { weekday: 'long', month: 'long', day: 'numeric' });
const full = new Intl.DateTimeFormat(LOCALE, { dateStyle: 'full', timeStyle: 'short' });

export const msOf = (ts: string): number => Number(ts) * MS_PER_S;
export const clock = (ms: number): string => time.format(ms);
export const fullMoment = (ms: number): string => full.format(ms);

export const dayOf = (ms: number): string => capitalized(relativeDay(ms) ?? long.format(ms));

export const isSameDay = (a: number, b: number): boolean =>
  new Date(a).toDateString() === new Date(b).toDateString();

/** Yesterday, today or tomorrow; null: another day. */
function relativeDay(ms: number, locale = LOCALE): string | null {
  const days = [-1, 0, 1].find((one) => isSameDay(ms, Date.now() + one * MS_PER_DAY));
  return days === undefined
    ? null
    : new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(days, 'day');
}

const capitalized = (words: string): string => `${words.slice(0, 1).toUpperCase()}${words.slice(1)}`;

/**
 * The tokens that the app uses, of https://docs.slack.dev/messaging/formatting-message-text#date-formatting. Slack
 * capitalizes the first letter: https://metacpan.org/pod/Slack::BlockKit::Block::RichText::Date
 */
export function formatMoment(epochSeconds: number, format: string, locale = LOCALE): string {
  const ms = epochSeconds * MS_PER_S;
  const shown = (parts: Intl.DateTimeFormatOptions): string => new Date(ms).toLocaleString(locale, parts);
  const formatted = format
    .replaceAll('{time}', () => shown(TIME))
    .replaceAll('{date_short_pretty}', () => relativeDay(ms, locale) ?? shown(SHORT));
  return capitalized(formatted);
}
