import { periodAt } from './policy/limits.ts';

/** What sessions used, in reports. */

export const USAGE_SCOPES = ['me', 'channel', 'workspace'] as const;
export type UsageScope = (typeof USAGE_SCOPES)[number];

export const USAGE_BY = ['person', 'channel', 'repo', 'month'] as const;
export type UsageBy = (typeof USAGE_BY)[number];

/** Which report. */
export type UsageAsked = { scope: UsageScope; by: UsageBy; days: number };

/** Everyone sees their own, and totals unless the policy names owners. `mayAll`: an owner, or an admin. */
export function maySeeUsage(
  { scope, by }: Omit<UsageAsked, 'days'>,
  { hasOwners, mayAll }: { hasOwners: boolean; mayAll: boolean },
): boolean {
  if (mayAll || scope === 'me') return true;
  if (scope === 'channel') return by !== 'person';
  return by === 'month' && !hasOwners;
}

export const DEFAULT_DAYS = 30;
export const MOST_DAYS = 365;

/** ACU of a session on one day, or of a creation whose session is unknown. */
export type UsageRow = {
  requestId: string;
  userId: string | null;
  channelId: string | null;
  at: Date;
  consumed: number;
  repos: string[] | null;
};

/** `name` null: unknown, or none. */
export type UsageGroup = { name: string | null; sessions: number; acu: number };

export type UsageSummary = Omit<UsageGroup, 'name'> & { groups: UsageGroup[] };

const DAY_MS = 86_400_000;

/** A session on several repositories counts for the first. */
export function summarize(rows: readonly UsageRow[], by: UsageBy): UsageSummary {
  const groups = [...Map.groupBy(rows, NAME_OF[by])].map(([name, of]) => ({
    name,
    ...totalOf(of),
  }));
  return { ...totalOf(rows), groups: groups.toSorted((a, b) => b.acu - a.acu || b.sessions - a.sessions) };
}

/** Midnight in UTC, this many days ago; today counts as one. */
export function sinceDays(days: number, now: Date): Date {
  return new Date(Math.floor(now.getTime() / DAY_MS) * DAY_MS - (days - 1) * DAY_MS);
}

function totalOf(rows: readonly UsageRow[]) {
  const sessions = new Set(rows.map(({ requestId }) => requestId)).size;
  return { sessions, acu: rows.reduce((total, { consumed }) => total + consumed, 0) };
}

const NAME_OF: Record<UsageBy, (row: UsageRow) => string | null> = {
  person: ({ userId }) => userId,
  channel: ({ channelId }) => channelId,
  repo: ({ repos }) => repos?.[0] ?? null,
  month: ({ at }) => periodAt(at, 'month'),
};
