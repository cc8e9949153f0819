import { z } from 'zod';
import { CEILINGS, PERIOD_OF } from './ceilings.ts';
import type { Ceiling } from './ceilings.ts';

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
/** So much of a ceiling counts that its owners are told. */
export type BudgetAlert = z.infer<typeof budgetAlertSchema>;

type Spending = { userId: string; channelId: string; cap: number; at: Date };

/** What owners are told once this much more is reserved. */
export function alertsOf(ceilings: readonly Ceiling[], spending: Spending): BudgetAlert[] {
  return ceilings.flatMap((ceiling) => {
    const { key, most, left } = ceiling;
    const counted = most - left + spending.cap;
    const length = PERIOD_OF[key] === 'day' ? '2026-11-26'.length : '2026-11'.length;
    const period = spending.at.toISOString().slice(0, length);
    const passed = MARKS.filter((percent) => counted * 100 >= most * percent);
    return passed.map((percent) => ({
      key,
      subject: subjectOf(ceiling, spending),
      period,
      percent,
      counted,
      most,
    }));
  });
}

/** Told once under this name. */
export function alertName({ key, subject, period, percent }: BudgetAlert): string {
  return [key, subject ?? '', period, percent].join(':');
}

/** Of several marks of a ceiling that are passed at once, only the highest is told. */
export function highestMarks(alerts: readonly BudgetAlert[]): BudgetAlert[] {
  return alerts.filter(
    ({ key, percent }) => !alerts.some((other) => other.key === key && other.percent > percent),
  );
}

function subjectOf({ key }: Ceiling, { userId, channelId }: Spending): string | null {
  switch (key) {
    case 'acu_per_person_per_day':
      return userId;
    case 'acu_per_channel_per_day':
      return channelId;
    case 'acu_per_month':
      return null;
  }
}
