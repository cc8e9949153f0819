import { z } from 'zod';
import { ceilingSchema } from './policy/limits.ts';
import type { RequestState } from './request.ts';

export const voterSchema = z.object({
  userId: z.string(),
  name: z.string(),
  /** Whose Devin account this is, once they decided; left out: none is known. */
  devinUserId: z.string().optional(),
});
/** An approver: someone who was asked, or who decided. */
export type Voter = z.infer<typeof voterSchema>;

/** How an approval ends without a session. The last four say what changed after it was asked for. */
export const UNAPPROVED_ENDS = [
  'declined',
  'expired',
  'request-changed',
  'file-changed',
  'policy-changed',
  'approvers-changed',
] as const;
export type UnapprovedEnd = (typeof UNAPPROVED_ENDS)[number];

/** One approval that a request waited for. */
export const approvalSchema = z.object({
  /** The rule or limit that requires it, by its name in the policy file. */
  rule: z.string(),
  say: z.string().nullable(),
  /** How many different people have to approve. */
  need: z.number(),
  /** Who was asked. */
  people: z.array(voterSchema),
  /** Of what would be sent. */
  fingerprint: z.string(),
  /** The SHA-256 of the policy file that asks for it. */
  policy: z.string().nullable(),
  /** The budget that it would exceed, as it was then; left out: not about a budget. */
  budget: ceilingSchema.optional(),
  /** The highest cap of a session, which it exceeds; left out: not about that. */
  most: z.number().optional(),
  yes: z.array(voterSchema),
  /** null: still waiting. `started`: its request's session was found. `by`: null if nobody decided. */
  end: z
    .object({
      kind: z.enum(['approved', 'canceled', 'started', ...UNAPPROVED_ENDS]),
      by: voterSchema.nullable(),
      reason: z.string().nullable(),
      atMs: z.number(),
    })
    .nullable(),
});
export type Approval = z.infer<typeof approvalSchema>;

/** The approval that the request waits for, and its number; null: none. */
export function pendingApproval(request: { state: RequestState; approvals: readonly Approval[] }) {
  const { state, approvals } = request;
  const number = approvals.length - 1;
  const approval = state === 'awaiting-approval' ? approvals[number] : undefined;
  return approval === undefined ? null : { approval, number };
}

/** The approval of this number, if the request still waits for it; null: it no longer does. */
export function awaited(request: Parameters<typeof pendingApproval>[0], number: number): Approval | null {
  const pending = pendingApproval(request);
  return pending?.number === number ? pending.approval : null;
}

/** The approvals that this attempt has, by the rules that are `approved`. */
export function givenApprovals(request: {
  approvals: readonly Approval[];
  approved: readonly string[];
}): Approval[] {
  return request.approved.flatMap(
    (rule) => request.approvals.findLast((one) => one.rule === rule && one.end?.kind === 'approved') ?? [],
  );
}

/** Ends the approval that a request waits for, if it waits for one. */
export function withEnd(approvals: readonly Approval[], end: NonNullable<Approval['end']>): Approval[] {
  return approvals.map((one) => ({ ...one, end: one.end ?? end }));
}

/** An approval with another end in the place of the same one before. */
export function withApproval(approvals: readonly Approval[], before: Approval, after: Approval): Approval[] {
  return approvals.map((one) => (one === before ? after : one));
}

export function isAmong(people: readonly Voter[], { userId }: Pick<Voter, 'userId'>): boolean {
  return people.some((one) => one.userId === userId);
}

export function wasAsked(approvals: readonly Approval[], userId: string): boolean {
  return approvals.some(({ people }) => isAmong(people, { userId }));
}

/** Several people in Slack can be one member in Devin. */
export function isSamePerson(a: Omit<Voter, 'name'>, b: Omit<Voter, 'name'>): boolean {
  return a.userId === b.userId || (a.devinUserId !== undefined && a.devinUserId === b.devinUserId);
}
