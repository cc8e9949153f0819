import { z } from 'zod';
import { voterSchema } from './approval.ts';
import { mappedAboutSchema, REFUSAL_REASONS } from './identity.ts';
import { limitReachedSchema } from './limits.ts';
import { CEILINGS } from './policy/ceilings.ts';

/** A ceiling, what is left of it, and what was asked for; null: without a cap. */
const overSchema = z.object({
  key: z.enum(CEILINGS),
  most: z.number(),
  left: z.number(),
  asked: z.number().nullable(),
  renewsAtMs: z.number(),
});
export type OverCeiling = z.infer<typeof overSchema>;

/** Why a request ended without a session, as it is stored; `errors.ts` makes the sentence. No secrets, no bodies. */
export const failureSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('identity'),
    reason: z.enum(REFUSAL_REASONS),
    maskedEmail: z.string().nullable(),
    about: mappedAboutSchema.optional(),
  }),
  z.object({
    kind: z.literal('devin'),
    code: z.string(),
    status: z.number().nullable(),
    /** Devin's own reason. */
    detail: z.string().nullable(),
    /** Named permission that is missing. */
    permission: z.string().nullable(),
    fieldErrors: z.array(z.object({ field: z.string(), message: z.string() })),
  }),
  /** Session secrets could no longer be decrypted. */
  z.object({ kind: z.literal('secrets-lost') }),
  /** The person has as much open, or started as much, as one may. */
  z.object({ kind: z.literal('limit'), ...limitReachedSchema.shape }),
  /** A rule of the policy, or one of its limits, doesn't allow it. */
  z.object({
    kind: z.literal('policy'),
    rule: z.string(),
    say: z.string().nullable(),
    /** The ceiling that it would go over. */
    over: overSchema.optional(),
    /** It could be approved, but there are too few people who might. */
    lacksApprovers: z.boolean().optional(),
  }),
  /** It waited for an approval that it did not get. */
  z.object({
    kind: z.literal('approval'),
    end: z.enum(['declined', 'expired', 'replaced']),
    rule: z.string(),
    /** Who decided; null: nobody did. */
    by: voterSchema.nullable(),
    /** In their words. */
    reason: z.string().nullable(),
  }),
  /** Neither a channel nor a direct message could take the card. */
  z.object({ kind: z.literal('slack'), code: z.string() }),
  /** Devin was busy or down for longer than a request waits, or asked for a wait that would end after that. */
  z.object({
    kind: z.literal('gave-up'),
    waiting: z.string().nullable(),
    askedToWaitMs: z.number().optional(),
  }),
  /** A person canceled it before it was sent. */
  z.object({ kind: z.literal('cancelled'), userId: z.string() }),
]);
export type Failure = z.infer<typeof failureSchema>;

/**
 * Whether Devin's reason is about the member that a session would run as, not about the app's service user: "Target
 * user does not have the UseDevinSessions permission".
 */
export function isAboutPerson(detail: string | null): boolean {
  return detail !== null && ABOUT_PERSON.test(detail);
}

const ABOUT_PERSON =
  /\btarget user\b|(?<!\bservice[ _-])\buser\b.*(?:UseDevinSessions|\bmember\b|\bin this organi[sz]ation\b)/i;
