import { z } from 'zod';

/** How it was established which member of the Devin organization it is; `session`: Devin says so of the session. */
const MATCHED_HOW = ['administrator', 'email', 'session'] as const;

export const REFUSAL_REASONS = [
  'unknown',
  'ambiguous',
  'external',
  'guest',
  'bot',
  'deactivated',
  'no-email',
  'lookup-forbidden',
] as const;
export type RefusalReason = (typeof REFUSAL_REASONS)[number];

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
    because: z.enum([...REFUSAL_REASONS, 'off']),
    slackName,
    checkedAtMs: z.number(),
  }),
  z.object({
    kind: z.literal('refused'),
    reason: z.enum(REFUSAL_REASONS),
    /** The address that was looked for, masked; null where there was none. */
    maskedEmail: z.string().nullable(),
    checkedAtMs: z.number(),
  }),
]);
export type Identity = z.infer<typeof identitySchema>;
export type RefusedIdentity = Extract<Identity, { kind: 'refused' }>;
