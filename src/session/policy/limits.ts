import { z } from 'zod';
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

/** A ceiling that is in force, and the ACU that count under it in the current period. */
export const ceilingSchema = z.object({
  key: z.enum(CEILINGS),
  most: z.number(),
  /** What sessions used. */
  used: z.number(),
  /** What sessions in progress may still use, and how many they are. */
  reserved: z.number(),
  sessions: z.number(),
  /** The person's own sessions among these, the newest first; not all of many. */
  own: z.array(z.object({ title: z.string().nullable(), url: z.string() })),
});
export type Ceiling = z.infer<typeof ceilingSchema>;

/** Negative if sessions used more than there was. */
export function freeOf({ most, used, reserved }: Omit<Ceiling, 'key' | 'own'>): number {
  return most - used - reserved;
}

/** The ceilings that the file has, while nothing counts under them. */
export function ceilingsIn(limits: Policy['limits']): Ceiling[] {
  return CEILINGS.flatMap((key) => {
    const most = limits[key];
    return most === undefined ? [] : [{ key, most, used: 0, reserved: 0, sessions: 0, own: [] }];
  });
}

/** As a decision names it. */
export const ruleOf = (key: CeilingKey): string => `limits.${key}`;

/** Those that a session with this cap might go over, the tightest first. */
export function overCeilings(ceilings: readonly Ceiling[], cap: number): Ceiling[] {
  return ceilings.filter((one) => cap > freeOf(one)).toSorted((a, b) => freeOf(a) - freeOf(b));
}

/** The highest cap that would still fit; null: not even the lowest. */
export function capThatFits(ceiling: Ceiling): number | null {
  const free = Math.floor(freeOf(ceiling));
  return free < 1 ? null : free;
}

export function renewsAt(period: Period, now: Date): Date {
  const [year, month, day] = [now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate()];
  return new Date(period === 'day' ? Date.UTC(year, month, day + 1) : Date.UTC(year, month + 1, 1));
}

/** Owners are told when so much of a ceiling is used, in percent. */
const MARKS = [75, 95] as const;

/** Tells owners how much of a ceiling is used. */
export type BudgetAlert = Omit<Ceiling, 'own'> & {
  teamId: string;
  /** Whose ceiling: a person's or a channel's id; null: everyone's. */
  subject: string | null;
  /** In UTC: 2026-11-26, or 2026-11. */
  period: string;
  percent: (typeof MARKS)[number];
};

/** Whose ceilings a request counts for. */
export type Spender = { teamId: string; userId: string; channelId: string };

/** What owners are told of now: of several marks of a ceiling, the highest. */
export function alertsOf(ceilings: readonly Ceiling[], spender: Spender, at: Date): BudgetAlert[] {
  return ceilings.flatMap(({ own: _own, ...ceiling }) => {
    const { key, most, used } = ceiling;
    const percent = MARKS.findLast((mark) => used * 100 >= most * mark);
    if (percent === undefined) return [];
    const [subject, period] = [subjectOf(key, spender), periodAt(at, PERIOD_OF[key])];
    return [{ ...ceiling, teamId: spender.teamId, subject, period, percent }];
  });
}

/** In UTC: 2026-11-26, or 2026-11. */
export function periodAt(at: Date, period: Period): string {
  return at.toISOString().slice(0, period === 'day' ? '2026-11-26'.length : '2026-11'.length);
}

/** An alert is sent once under this name. */
export function alertName({ teamId, key, subject, period, percent }: BudgetAlert): string {
  return [teamId, key, subject, period, percent].join(':');
}

/** Whose ceiling it is: a person's or a channel's id; null: everyone's. */
export function subjectOf(key: CeilingKey, { userId, channelId }: Omit<Spender, 'teamId'>): string | null {
  return { acu_per_person_per_day: userId, acu_per_channel_per_day: channelId, acu_per_month: null }[key];
}

export const LIMITED = ['openSessions', 'startsPerHour'] as const;

/** Of one person: what is allowed (0: there is no limit), or what they have open and started in the last hour. */
export type Limits = Record<(typeof LIMITED)[number], number>;

/** Which limit it is, what it allows, and what counts now. */
export const limitReachedSchema = z.object({
  limit: z.enum(LIMITED),
  allowed: z.number(),
  count: z.number(),
});
export type LimitReached = z.infer<typeof limitReachedSchema>;

/** The policy's limits, as they are now, replace those of the settings where it has them. */
export function limitsFrom(policy: () => Policy, otherwise: Limits): () => Limits {
  return () => {
    const { open_sessions_per_person: openSessions, starts_per_person_per_hour: startsPerHour } =
      policy().limits;
    return {
      openSessions: openSessions ?? otherwise.openSessions,
      startsPerHour: startsPerHour ?? otherwise.startsPerHour,
    };
  };
}
