/** Moments in the reader's zone. */

const MS_PER_S = 1000;
const MS_PER_DAY = 86_400_000;

export const msOf = (ts: string): number => Number(ts) * MS_PER_S;

const time = new Intl.DateTimeFormat('en', { hour: 'numeric', minute: '2-digit' });
const short = new Intl.DateTimeFormat('en', { month: 'short', day: 'numeric', year: 'numeric' });
const long = new Intl.DateTimeFormat('en', { weekday: 'long', month: 'long', day: 'numeric' });
const full = new Intl.DateTimeFormat('en', { dateStyle: 'full', timeStyle: 'short' });

export const clock = (ms: number): string => time.format(ms);
export const fullMoment = (ms: number): string => full.format(ms);

export function dayOf(ms: number, nowMs = Date.now()): string {
  return capitalized(relativeDay(ms, nowMs) ?? long.format(ms));
}

export const isSameDay = (a: number, b: number): boolean =>
  new Date(a).toDateString() === new Date(b).toDateString();

function relativeDay(ms: number, nowMs: number): string | null {
  if (isSameDay(ms, nowMs)) return 'today';
  if (isSameDay(ms, nowMs - MS_PER_DAY)) return 'yesterday';
  return isSameDay(ms, nowMs + MS_PER_DAY) ? 'tomorrow' : null;
}

const capitalized = (words: string): string => `${words.slice(0, 1).toUpperCase()}${words.slice(1)}`;

export function ago(ms: number, nowMs = Date.now()): string {
  const minutes = Math.floor((nowMs - ms) / 60_000);
  if (minutes < 1) return 'just now';
  if (minutes < 60) return minutes === 1 ? '1 minute ago' : `${minutes} minutes ago`;
  return `${relativeDay(ms, nowMs) ?? long.format(ms)} at ${clock(ms)}`;
}

/**
 * The tokens of https://docs.slack.dev/messaging/formatting-message-text#date-formatting. Slack capitalizes the first letter:
 * https://metacpan.org/pod/Slack::BlockKit::Block::RichText::Date
 */
export function formatMoment(epochSeconds: number, format: string, nowMs = Date.now()): string {
  const ms = epochSeconds * MS_PER_S;
  const pretty = (formatted: string): string => relativeDay(ms, nowMs) ?? formatted;
  const formatted = format.replaceAll(/\{(\w+)\}/g, (whole, token: string) => {
    if (token === 'time' || token === 'time_secs') return clock(ms);
    if (token === 'ago') return ago(ms, nowMs);
    if (token.startsWith('date_long'))
      return token.endsWith('pretty') ? pretty(long.format(ms)) : long.format(ms);
    if (token.startsWith('date'))
      return token.endsWith('pretty') ? pretty(short.format(ms)) : short.format(ms);
    return whole;
  });
  return capitalized(formatted);
}
