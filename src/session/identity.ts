import { z } from 'zod';

/** How it was established which member of the Devin organization it is; `session`: Devin says so of the session. */
const MATCHED_HOW = ['mapping', 'administrator', 'email', 'session'] as const;

const NO_MATCH_REASONS = [
  'unknown',
  'ambiguous',
  'external',
  'guest',
  'bot',
  'deactivated',
  'no-email',
  'lookup-forbidden',
] as const;
export type NoMatchReason = (typeof NO_MATCH_REASONS)[number];

/** The identity file names an account that Devin does not have, or one that is another person's. */
export const REFUSAL_REASONS = [...NO_MATCH_REASONS, 'mapping-unknown', 'mapping-conflict'] as const;

/** Of the identity file: a Devin account, and who else in Slack has it. */
export const mappedAboutSchema = z.object({ account: z.string(), other: z.string().nullable() });

/** What Slack calls the person: a card that names them calls nobody. */
const slackName = z.string().optional();

export const identitySchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('matched'),
    devinUserId: z.string(),
    name: z.string(),
    slackName,
    how: z.enum(MATCHED_HOW),
    checkedAtMs: z.number(),
  }),
  /** Runs as the service user: because the setting says so, or because there was no match. */
  z.object({
    kind: z.literal('service-user'),
    because: z.enum([...NO_MATCH_REASONS, 'off']),
    slackName,
    checkedAtMs: z.number(),
  }),
  z.object({
    kind: z.literal('refused'),
    reason: z.enum(REFUSAL_REASONS),
    /** The address that was looked for, masked; null where there was none. */
    maskedEmail: z.string().nullable(),
    about: mappedAboutSchema.optional(),
    checkedAtMs: z.number(),
  }),
]);
export type Identity = z.infer<typeof identitySchema>;
export type RefusedIdentity = Extract<Identity, { kind: 'refused' }>;
