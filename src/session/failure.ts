import { z } from 'zod';
import { UNAPPROVED_ENDS, voterSchema } from './approval.ts';
import { fieldKeySchema, fields, type FieldKey } from './fields.ts';
import { mappedAboutSchema, REFUSAL_REASONS } from './identity.ts';
import type { Problem } from './intent.ts';
import { hurdleSchema } from './policy/decide.ts';
import { limitReachedSchema } from './policy/limits.ts';

/** What a form asks once before it starts: whether another session for the same task is meant, or a credential may go to Devin. */
export const formQuestionSchema = z.enum(['asked-before', 'credential']);

/** Why a form starts nothing yet: a question, or it was sent before with other words. */
export type Unsaved = z.infer<typeof formQuestionSchema> | 'sent-before';

const DEVIN_CODES = [
  /** 400, 422. */
  'invalid-request',
  'unauthorized',
  /** 402: no credit, or a payment that failed. */
  'payment-required',
  'forbidden',
  'not-found',
  'conflict',
  /** 429: Devin did nothing; the request may be repeated. */
  'rate-limited',
  /** 5xx. */
  'unavailable',
  /** No connection was made, so nothing happened. */
  'not-sent',
  /** The request may have arrived; the answer didn't, or was unreadable. */
  'no-answer',
  'unexpected',
] as const;

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
    code: z.enum(DEVIN_CODES),
    /** HTTP status; null: no answer. */
    status: z.number().nullable(),
    /** Devin's own reason. */
    detail: z.string().nullable(),
    /** `field`: Devin's name of a member of the body. */
    fieldErrors: z.array(z.object({ field: z.string(), message: z.string() })),
  }),
  /** Session secrets could no longer be decrypted. */
  z.object({ kind: z.literal('secrets-lost') }),
  /** The person reached a limit on open or started sessions. */
  z.object({ kind: z.literal('limit'), ...limitReachedSchema.shape }),
  /** The policy doesn't allow it. */
  z.object({
    kind: z.literal('policy'),
    /** All that is in its way, the worst first. */
    hurdles: z.array(hurdleSchema).min(1),
    /** It needs an approval that too few people can give. */
    lacksApprovers: z.boolean().optional(),
  }),
  /** Nobody approved it. */
  z.object({
    kind: z.literal('approval'),
    end: z.enum(UNAPPROVED_ENDS),
    rule: z.string(),
    /** Who decided; null: nobody did. */
    by: voterSchema.nullable(),
    /** In their words. */
    reason: z.string().nullable(),
  }),
  /** Neither a channel nor a direct message could take the card. */
  z.object({ kind: z.literal('slack'), code: z.string() }),
  /** Devin was busy or down for longer than a request waits, or asked for a longer wait. */
  z.object({ kind: z.literal('gave-up'), waiting: z.string().nullable() }),
  /** Devin lists no playbook, note or secret with this name or id. */
  z.object({ kind: z.literal('not-listed'), field: z.enum(fields.map(({ key }) => key)), value: z.string() }),
  /** A person canceled it before it was sent. */
  z.object({ kind: z.literal('cancelled'), userId: z.string() }),
]);
export type Failure = z.infer<typeof failureSchema>;
export type DevinFailure = Extract<Failure, { kind: 'devin' }>;

/** It was canceled or not approved: nothing went wrong. */
export function isEndedByPeople({ kind }: Failure): boolean {
  return kind === 'cancelled' || kind === 'approval';
}

/** It may not start; only the person who asked hears why. */
export function isRefusal({ kind }: Failure): boolean {
  return kind === 'identity' || kind === 'limit' || kind === 'policy' || kind === 'not-listed';
}

/** What was refused at a field, as typed; with Devin's own words if Devin refused it. */
const faultSchema = z.object({ typed: z.array(z.string()), said: z.string().nullable() });
export type Fault = z.infer<typeof faultSchema>;

export const faultsSchema = z.partialRecord(fieldKeySchema, faultSchema);
export type Faults = Partial<Record<FieldKey, Fault>>;

/** Puts Devin's reason at the fields it is about: those of its errors, else those whose names it contains, else the task. */
export function faultsOfFailure(failure: Failure | null): Faults {
  if (failure?.kind === 'not-listed') return { [failure.field]: { typed: [failure.value], said: null } };
  if (failure?.kind !== 'devin' || failure.code !== 'invalid-request') return {};
  const { fieldErrors, detail } = failure;
  const reasons = fields.flatMap(({ key }) => {
    const about = fieldErrors.filter(({ field }) => field.split('.').includes(key));
    return about.length === 0 ? [] : [{ key, said: about.map(({ message }) => message).join(' ') }];
  });
  if (reasons.length === 0 && detail !== null) {
    const words = detail.toLowerCase();
    const named = fields.filter(
      ({ key, isTask }) =>
        isTask !== true && (words.includes(key) || words.includes(key.replaceAll('_', ' '))),
    );
    const meant: FieldKey[] = named.length === 0 ? ['prompt'] : named.map(({ key }) => key);
    reasons.push(...meant.map((key) => ({ key, said: detail })));
  }
  return Object.fromEntries(reasons.map(({ key, said }) => [key, { typed: [], said }]));
}

/** What to correct in a form. */
export function faultsOf(problems: readonly Problem[]): Faults {
  const faults: Faults = {};
  for (const problem of problems) {
    if (!('field' in problem)) continue;
    const before = faults[problem.field]?.typed ?? [];
    const typed = 'value' in problem ? [...before, problem.value] : before;
    faults[problem.field] = { typed, said: null };
  }
  return faults;
}
