import { z } from 'zod';
import { storedDraftSchema } from './fields.ts';
import { ceilingLeftSchema } from './policy/limits.ts';
import type { RequestState } from './request.ts';

export const voterSchema = z.object({
  userId: z.string(),
  name: z.string(),
  /** Whose Devin account this is, once they decided; left out: none is known. */
  devinUserId: z.string().optional(),
});
/** An approver: someone who was asked, or who decided. */
export type Voter = z.infer<typeof voterSchema>;

/** Without a session. `left`: who asked for it left Slack. */
export const UNAPPROVED_ENDS = ['declined', 'expired', 'replaced', 'left'] as const;
/** `changed`: the policy asks for another approval now, or for none. */
const APPROVAL_ENDS = ['approved', ...UNAPPROVED_ENDS, 'changed'] as const;

const askedSchema = z.object({
  /** Without the task, which stays as it is. */
  values: storedDraftSchema,
  /** null: as the service user. */
  runsAs: z.string().nullable(),
  quotedMessages: z.number(),
  files: z.array(z.string()),
  leftOut: z.number(),
  /** What the policy adds to the task; null: nothing. */
  instructions: z.string().nullable(),
  /** The conversation is sent as a file. */
  hasTranscript: z.boolean(),
});
/** What an approver is shown of a request, besides its task. */
export type AskedFor = z.infer<typeof askedSchema>;

/** One approval that a request waited for. */
export const approvalSchema = z.object({
  /** The rule or limit that requires it, by its name in the policy file. */
  rule: z.string(),
  say: z.string().nullable(),
  /** How many different people have to approve. */
  need: z.number(),
  /** Who gets a message. */
  people: z.array(voterSchema),
  /** Of what would be sent. */
  fingerprint: z.string(),
  /** The SHA-256 of the policy file by which people were asked; left out by earlier versions. */
  policy: z.string().nullish(),
  /** What was left of the budget it would exceed; left out: not about a budget. */
  budget: ceilingLeftSchema.optional(),
  /** The highest cap of a session, which it exceeds; left out: not about that. */
  most: z.number().optional(),
  /** As it was when it was asked for; left out by earlier versions. */
  asked: askedSchema.optional(),
  yes: z.array(voterSchema),
  /** Too few can approve it by now, and people were told. */
  lacksApprovers: z.boolean().optional(),
  /** null: still waiting, or canceled with its request. `by`: null if nobody decided. */
  end: z
    .object({
      kind: z.enum(APPROVAL_ENDS),
      by: voterSchema.nullable(),
      reason: z.string().nullable(),
      atMs: z.number(),
    })
    .nullable(),
});
export type Approval = z.infer<typeof approvalSchema>;

/** The pending approval that another request replaces. */
export const replacesSchema = z.object({ requestId: z.string(), number: z.number() });
export type Replaces = z.infer<typeof replacesSchema>;

type Approvable = { state: RequestState; approvals: readonly Approval[] };
type Pending = { approval: Approval; number: number };

/** The approval that the request waits for, and its number; null: none. */
export function pendingApproval({ state, approvals }: Approvable): Pending | null {
  const number = approvals.length - 1;
  const approval = state === 'awaiting-approval' ? approvals[number] : undefined;
  return approval === undefined || approval.end !== null ? null : { approval, number };
}

/** The approval of this number, if the request still waits for it; null: it no longer does. */
export function awaited(request: Approvable, number: number): Approval | null {
  const pending = pendingApproval(request);
  return pending?.number === number ? pending.approval : null;
}

/**
 * The same, or the one that a change of the policy has put in its place: a decline or an edit of the request is about
 * either. null: it no longer waits.
 */
export function awaitedSince(request: Approvable, number: number): Approval | null {
  const pending = pendingApproval(request);
  if (pending === null || request.approvals[number] === undefined) return null;
  const before = request.approvals.slice(number, pending.number);
  return before.every(({ end }) => end?.kind === 'changed') ? pending.approval : null;
}

export function withLast(approvals: readonly Approval[], last: Approval): Approval[] {
  return [...approvals.slice(0, -1), last];
}

export function withEnded(
  approvals: readonly Approval[],
  approval: Approval,
  end: NonNullable<Approval['end']>,
): Approval[] {
  return withLast(approvals, { ...approval, end });
}

/** The approvals that count. Others are kept: the policy may name their people again. */
export function countingYes({ people, yes }: Pick<Approval, 'people' | 'yes'>): Voter[] {
  return yes.filter((one) => isAmong(people, one));
}

export function isAmong(people: readonly Voter[], { userId }: Pick<Voter, 'userId'>): boolean {
  return people.some((one) => one.userId === userId);
}

export function wasAsked(approvals: readonly Approval[], userId: string): boolean {
  return approvals.some(({ people }) => isAmong(people, { userId }));
}

/** Several people in Slack can be one member in Devin. */
export function isSamePerson(a: Voter, b: Voter): boolean {
  return a.userId === b.userId || (a.devinUserId !== undefined && a.devinUserId === b.devinUserId);
}
