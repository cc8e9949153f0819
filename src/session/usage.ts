/** What sessions used, in reports. */

/** Whose: a person's own and a channel's are shown by repository, the workspace's by person. */
export const USAGE_SCOPES = ['me', 'channel', 'workspace'] as const;
export type UsageScope = (typeof USAGE_SCOPES)[number];

/** How far back reports go; today counts. */
const DAYS = 30;

/** ACU of a session on one day, or of a creation whose session is unknown. */
export type UsageRow = {
  requestId: string;
  userId: string | null;
  consumed: number;
  repos: string[] | null;
};

/** `name` null: unknown, or none. */
export type UsageGroup = { name: string | null; sessions: number; acu: number };

export type UsageSummary = Omit<UsageGroup, 'name'> & { groups: UsageGroup[] };

const DAY_MS = 86_400_000;

/** A session on several repositories counts for the first. */
export function summarize(rows: readonly UsageRow[], scope: UsageScope): UsageSummary {
  const nameOf = ({ userId, repos }: UsageRow) => (scope === 'workspace' ? userId : (repos?.[0] ?? null));
  const groups = [...Map.groupBy(rows, nameOf)].map(([name, of]) => ({ name, ...totalOf(of) }));
  return { ...totalOf(rows), groups: groups.toSorted((a, b) => b.acu - a.acu || b.sessions - a.sessions) };
}

/** Midnight in UTC. */
export function reportedSince(now: Date): Date {
  return new Date((Math.floor(now.getTime() / DAY_MS) - DAYS + 1) * DAY_MS);
}

function totalOf(rows: readonly UsageRow[]) {
  const sessions = new Set(rows.map(({ requestId }) => requestId)).size;
  return { sessions, acu: rows.reduce((total, { consumed }) => total + consumed, 0) };
}
