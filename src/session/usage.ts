/** What sessions used, in reports. */

export const USAGE_SCOPES = ['me', 'channel', 'workspace'] as const;
export type UsageScope =
  | { kind: 'me'; teamId: string; userId: string }
  | { kind: 'channel'; teamId: string; channelId: string }
  | { kind: 'workspace'; teamId: string };

export const USAGE_BY = ['person', 'channel', 'repo', 'mode'] as const;
export type UsageBy = (typeof USAGE_BY)[number];

type Reader = {
  /** The policy names owners. */
  hasOwners: boolean;
  /** An owner of the policy, or a workspace admin. */
  mayAll: boolean;
};

/**
 * Why a person may not see a report; null: they may. Everyone sees their own, and of others only totals: those of the
 * workspace unless the policy names owners.
 */
export function usageRefusal(
  { scope, by }: { scope: UsageScope['kind']; by: UsageBy },
  { hasOwners, mayAll }: Reader,
): 'workspace' | 'by' | null {
  if (mayAll || scope === 'me') return null;
  if (scope === 'workspace' && hasOwners) return 'workspace';
  const tellsOfOthers = by === 'person' || (scope === 'workspace' && by !== 'mode');
  return tellsOfOthers ? 'by' : null;
}

export const DEFAULT_DAYS = 30;
export const MOST_DAYS = 365;

/** A session, or a creation whose session is unknown. */
export type UsageRow = {
  userId: string | null;
  channelId: string | null;
  at: Date;
  consumed: number;
  isOpen: boolean;
  mode: string | null;
  repos: string[] | null;
  merged: number;
};

/** `name` null: unknown, or none. */
export type UsageGroup = { name: string | null; sessions: number; acu: number; merged: number };

/** Of several days in a row. `from`: midnight in UTC, at the start of the first. */
type UsageSpan = { from: Date; days: number; acu: number };

export type UsageSummary = {
  sessions: number;
  acu: number;
  spans: UsageSpan[];
  groups: UsageGroup[];
  /** null: none was merged, or nothing is used so far. */
  acuPerMerged: number | null;
  /** Of sessions that ended. */
  ended: number;
  endedMerged: number;
};

type Window = { by: UsageBy; since: Date; days: number };

const DAY_MS = 86_400_000;
/** Bars of a chart that can be told apart; Slack takes 20. */
const MOST_SPANS = 15;

/** A session on several repositories counts for the first. */
export function summarize(rows: readonly UsageRow[], window: Window): UsageSummary {
  const ended = rows.filter(({ isOpen }) => !isOpen);
  const merged = sum(rows, (row) => row.merged);
  const acu = sum(rows, ({ consumed }) => consumed);
  const groups = [...Map.groupBy(rows, (row) => nameOf(row, window.by))].map(([name, of]) =>
    groupOf(name, of),
  );
  return {
    sessions: rows.length,
    acu,
    spans: spansOf(rows, window),
    groups: groups.toSorted((a, b) => b.acu - a.acu || b.sessions - a.sessions),
    acuPerMerged: merged === 0 || acu === 0 ? null : acu / merged,
    ended: ended.length,
    endedMerged: ended.filter((row) => row.merged > 0).length,
  };
}

/** Midnight in UTC, this many days ago; today counts as one. */
export function sinceDays(days: number, now: Date): Date {
  return new Date(Math.floor(now.getTime() / DAY_MS) * DAY_MS - (days - 1) * DAY_MS);
}

/** From the first day of use on. */
function spansOf(rows: readonly UsageRow[], { since, days }: Window): UsageSpan[] {
  const dayOf = ({ at }: UsageRow): number => Math.floor((at.getTime() - since.getTime()) / DAY_MS);
  const first = Math.min(days - 1, ...rows.map(dayOf));
  const length = Math.ceil((days - first) / MOST_SPANS);
  const found = Map.groupBy(rows, (row) => Math.floor((dayOf(row) - first) / length));
  return Array.from({ length: Math.ceil((days - first) / length) }, (_none, index) => ({
    from: new Date(since.getTime() + (first + index * length) * DAY_MS),
    days: length,
    acu: sum(found.get(index) ?? [], ({ consumed }) => consumed),
  }));
}

function groupOf(name: string | null, rows: readonly UsageRow[]): UsageGroup {
  const acu = sum(rows, ({ consumed }) => consumed);
  return { name, sessions: rows.length, acu, merged: sum(rows, (row) => row.merged) };
}

function nameOf(row: UsageRow, by: UsageBy): string | null {
  switch (by) {
    case 'person':
      return row.userId;
    case 'channel':
      return row.channelId;
    case 'repo':
      return row.repos?.[0] ?? null;
    case 'mode':
      return row.mode;
  }
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
