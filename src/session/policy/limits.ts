import { z } from 'zod';
import type { StoredDraft } from '../fields.ts';
import type { Policy } from './schema.ts';

/** Most ACU in a calendar day or month, in UTC; named like the keys of the file. */
export const CEILINGS = ['acu_per_person_per_day', 'acu_per_channel_per_day', 'acu_per_month'] as const;
export type CeilingKey = (typeof CEILINGS)[number];
type Period = 'day' | 'month';

export const PERIOD_OF: Readonly<Record<CeilingKey, Period>> = {
  acu_per_person_per_day: 'day',
  acu_per_channel_per_day: 'day',
  acu_per_month: 'month',
};

/** ACU that count in the current period: what was used, and what open sessions may still use. */
export type Spend = Readonly<Partial<Record<CeilingKey, number>>>;

/** What people see of a ceiling. */
export const ceilingLeftSchema = z.object({
  key: z.enum(CEILINGS),
  most: z.number(),
  /** Negative if sessions used more than was left. */
  left: z.number(),
});
export type CeilingLeft = z.infer<typeof ceilingLeftSchema>;

/** `rule`: as a decision names it. */
export type Ceiling = CeilingLeft & { rule: string };

/** A ceiling that a request might go over, with the cap it asks for; null: none. */
export type Over = Ceiling & { asked: number | null };

/** Those in force for a request that has these approvals; they count while the policy takes any. */
export function ceilingsOf(
  { limits }: Policy,
  { spend, approved = [] }: { spend: Spend; approved?: readonly string[] },
): Ceiling[] {
  return CEILINGS.flatMap((key) => {
    const most = limits[key];
    const rule = `limits.${key}`;
    const mayPass = limits.over === 'approve' && approved.includes(rule);
    if (most === undefined || mayPass) return [];
    return [{ key, rule, most, left: most - (spend[key] ?? 0) }];
  });
}

/** null: none is in force. */
function tightest(ceilings: readonly Ceiling[]): Ceiling | null {
  return ceilings.toSorted((a, b) => a.left - b.left)[0] ?? null;
}

/** What a request without a cap gets under ceilings: what is left of the tightest. null: it has one, or gets none. */
export function leftAsCap(
  ceilings: readonly Ceiling[],
  { max_acu_limit: asked }: StoredDraft,
): { acu: number; of: Ceiling } | null {
  const of = asked === undefined ? tightest(ceilings) : null;
  const acu = of === null ? null : capThatFits(of);
  return of === null || acu === null ? null : { acu, of };
}

/** The tightest ceiling that a session with this cap might go over; null: it fits. Without a cap none is kept. */
export function overCeiling(ceilings: readonly Ceiling[], cap: number | undefined): Over | null {
  const over = tightest(ceilings.filter(({ left }) => (cap ?? Infinity) > left));
  return over === null ? null : { ...over, asked: cap ?? null };
}

/** The highest cap that would still fit; null: not even the lowest. */
export function capThatFits({ left }: Pick<Ceiling, 'left'>): number | null {
  return left < 1 ? null : Math.floor(left);
}

export function renewsAt(period: Period, now: Date): Date {
  const [year, month, day] = [now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate()];
  return new Date(period === 'day' ? Date.UTC(year, month, day + 1) : Date.UTC(year, month + 1, 1));
}

/** Owners are told when so much of a ceiling counts, in percent. */
const MARKS = [75, 95] as const;

export const budgetAlertSchema = z.object({
  key: z.enum(CEILINGS),
  /** Whose ceiling: a person's or a channel's id; null: everyone's. */
  subject: z.string().nullable(),
  /** In UTC: 2026-11-26, or 2026-11. */
  period: z.string(),
  percent: z.literal(MARKS),
  counted: z.number(),
  most: z.number(),
});
/** Tells owners how much of a ceiling counts. */
export type BudgetAlert = z.infer<typeof budgetAlertSchema>;

type Spender = { userId: string; channelId: string };
type Spending = Spender & { cap: number; at: Date };

/** What owners are told once this much more is reserved. */
export function alertsOf(ceilings: readonly Ceiling[], spending: Spending): BudgetAlert[] {
  return ceilings.flatMap(({ key, most, left }) => {
    const counted = most - left + spending.cap;
    const period = periodOf(key, spending.at);
    const passed = MARKS.filter((percent) => counted * 100 >= most * percent);
    const subject = subjectOf(key, spending);
    return passed.map((percent) => ({ key, subject, period, percent, counted, most }));
  });
}

/** In which something counts under a ceiling. */
const periodOf = (key: CeilingKey, at: Date): string => periodAt(at, PERIOD_OF[key]);

/** In UTC: 2026-11-26, or 2026-11. */
function periodAt(at: Date, period: Period): string {
  return at.toISOString().slice(0, period === 'day' ? '2026-11-26'.length : '2026-11'.length);
}

/** An alert is sent once under this name. */
export function alertName({ key, subject, period, percent }: BudgetAlert): string {
  return [key, subject, period, percent].join(':');
}

/** Of several marks of a ceiling that are passed at once, only the highest is told. */
export function highestMarks(alerts: readonly BudgetAlert[]): BudgetAlert[] {
  return alerts.filter(
    ({ key, percent }) => !alerts.some((other) => other.key === key && other.percent > percent),
  );
}

/** Whose ceiling it is: a person's or a channel's id; null: everyone's. */
export function subjectOf(key: CeilingKey, { userId, channelId }: Spender): string | null {
  switch (key) {
    case 'acu_per_person_per_day':
      return userId;
    case 'acu_per_channel_per_day':
      return channelId;
    case 'acu_per_month':
      return null;
  }
}

export const LIMITED = ['openSessions', 'startsPerHour'] as const;
type Limited = (typeof LIMITED)[number];

/** Limits of one person; 0: no limit. */
export type Limits = Record<Limited, number>;

/** What a person has open, and how many they started in the last hour. */
export type LimitUsage = Record<Limited, number>;

/** Which limit it is, what it allows, and what counts now. */
export const limitReachedSchema = z.object({
  limit: z.enum(LIMITED),
  allowed: z.number(),
  count: z.number(),
});
export type LimitReached = z.infer<typeof limitReachedSchema>;

/** The policy's limits, as they are now, replace those of the settings where it has them. */
export function limitsFrom(policy: () => Policy | null, otherwise: Limits): () => Limits {
  return () => {
    const { open_sessions_per_person: openSessions, starts_per_person_per_hour: startsPerHour } =
      policy()?.limits ?? {};
    return {
      openSessions: openSessions ?? otherwise.openSessions,
      startsPerHour: startsPerHour ?? otherwise.startsPerHour,
    };
  };
}
