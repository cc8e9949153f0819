/** Moments in the reader's zone. */

import { LOCALE, wording } from './words.ts';

const MS_PER_S = 1000;
const MS_PER_DAY = 86_400_000;

const TIME = { hour: 'numeric', minute: '2-digit' } as const;
const SHORT = { month: 'short', day: 'numeric', year: 'numeric' } as const;
const LONG = { weekday: 'long', month: 'long', day: 'numeric' } as const;

const time = new Intl.DateTimeFormat(LOCALE, TIME);
const long = new Intl.DateTimeFormat(LOCALE, LONG);
const since = new Intl.RelativeTimeFormat(LOCALE);
const full = new Intl.DateTimeFormat(LOCALE, { dateStyle: 'full', timeStyle: 'short' });

export const msOf = (ts: string): number => Number(ts) * MS_PER_S;
export const clock = (ms: number): string => time.format(ms);
export const fullMoment = (ms: number): string => full.format(ms);

export function dayOf(ms: number, nowMs = Date.now()): string {
  return capitalized(relativeDay(ms, { nowMs }) ?? long.format(ms));
}

export const isSameDay = (a: number, b: number): boolean =>
  new Date(a).toDateString() === new Date(b).toDateString();

type Reader = { nowMs?: number; locale?: string | undefined };

/** Yesterday, today or tomorrow; null: another day. */
function relativeDay(ms: number, { nowMs = Date.now(), locale = LOCALE }: Reader = {}): string | null {
  const days = [-1, 0, 1].find((one) => isSameDay(ms, nowMs + one * MS_PER_DAY));
  return days === undefined
    ? null
    : new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(days, 'day');
}

const capitalized = (words: string): string => `${words.slice(0, 1).toUpperCase()}${words.slice(1)}`;

export function ago(ms: number, nowMs = Date.now()): string {
  const minutes = Math.floor((nowMs - ms) / 60_000);
  if (minutes < 1) return wording.message.justNow;
  if (minutes < 60) return since.format(-minutes, 'minute');
  return wording.message.dayAt(relativeDay(ms, { nowMs }) ?? long.format(ms), clock(ms));
}

/**
 * The tokens of https://docs.slack.dev/messaging/formatting-message-text#date-formatting. Slack capitalizes the first
 * letter: https://metacpan.org/pod/Slack::BlockKit::Block::RichText::Date
 */
export function formatMoment(epochSeconds: number, format: string, reader: Reader = {}): string {
  const ms = epochSeconds * MS_PER_S;
  const shown = (parts: Intl.DateTimeFormatOptions): string =>
    new Date(ms).toLocaleString(reader.locale ?? LOCALE, parts);
  const formatted = format.replaceAll(/\{(\w+)\}/g, (whole, token: string) => {
    if (token === 'time' || token === 'time_secs') return shown(TIME);
    if (token === 'ago') return ago(ms, reader.nowMs);
    if (!token.startsWith('date')) return whole;
    const day = shown(token.startsWith('date_long') ? LONG : SHORT);
    return token.endsWith('pretty') ? (relativeDay(ms, reader) ?? day) : day;
  });
  return capitalized(formatted);
}
