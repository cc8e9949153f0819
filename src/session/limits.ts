import { z } from 'zod';

const LIMITED = ['openSessions', 'startsPerHour'] as const;
type Limited = (typeof LIMITED)[number];

/** Limits of one person; 0: no limit. */
export type Limits = Record<Limited, number>;

/** What a person has open, and how many they started in the last hour. */
export type Usage = Record<Limited, number>;

/** Which limit it is, what it allows, and what counts now. */
export const limitReachedSchema = z.object({
  limit: z.enum(LIMITED),
  allowed: z.number(),
  count: z.number(),
});
export type LimitReached = z.infer<typeof limitReachedSchema>;

/** null: one more can start. */
export function limitReached(limits: Limits, usage: Usage): LimitReached | null {
  const limit = LIMITED.find((name) => limits[name] > 0 && usage[name] >= limits[name]);
  return limit === undefined ? null : { limit, allowed: limits[limit], count: usage[limit] };
}
