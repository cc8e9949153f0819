import { endUnapproved, type Onward } from '../create/index.ts';
import { countingYes, withEnded, withLast, type Approval, type Voter } from '../session/approval.ts';
import { periodAt } from '../session/policy/limits.ts';
import type { RequestChanges, SessionRequest } from '../store/request-row.ts';

export type DecidedAt = { atMs: number };
type Ended = DecidedAt &
  Pick<NonNullable<Approval['end']>, 'kind' | 'by'> &
  Pick<RequestChanges, 'approved' | 'approvedAs'>;

/** Ends the approval, and continues where the request was held up. Its time to retry starts over. */
function moveOn({ approvals: all }: SessionRequest, approval: Approval, ended: Ended): Onward {
  const { kind, by, atMs, ...more } = ended;
  const approvals = withEnded(all, approval, { kind, by, reason: null, atMs });
  const changes = { ...more, approvals, resumedAt: new Date(atMs) };
  return { to: 'identified', changes, effects: { card: 'now', run: true } };
}

/** Goes on if enough of those who can decide approved it. Otherwise it waits, and what changed in its approval is saved. */
export function countApprovals(request: SessionRequest, approval: Approval, at: DecidedAt): Onward {
  const { approvals, approved, approvedAs } = request;
  const { rule, fingerprint, need } = approval;
  const yes = countingYes(approval);
  if (yes.length < need)
    return {
      to: 'awaiting-approval',
      changes: { approvals: withLast(approvals, approval) },
      effects: { card: 'now' },
    };
  const earlier = approvedAs === fingerprint ? approved : [];
  const more = { approved: [...earlier, rule], approvedAs: fingerprint, ...at };
  return moveOn(request, { ...approval, yes }, { kind: 'approved', by: yes.at(-1) ?? null, ...more });
}

/** Too few can approve it by now: it waits until others may. People are told once, and those who can't are no longer asked. */
export function waitForApprovers(
  { approvals }: SessionRequest,
  approval: Approval,
  { able, atMs }: DecidedAt & { able: ReadonlySet<string> },
): Onward | null {
  const people = approval.people.filter(({ userId }) => able.has(userId));
  const isTold = approval.lacksApprovers === true;
  if (isTold && people.length === approval.people.length) return null;
  return {
    to: 'awaiting-approval',
    changes: { approvals: withLast(approvals, { ...approval, people, lacksApprovers: true }) },
    effects: isTold
      ? { card: 'now' }
      : {
          card: 'now',
          tell: 'lacks-approvers',
          askOwners: { rule: approval.rule, day: periodAt(new Date(atMs), 'day') },
        },
  };
}

/** The policy has changed, so it is asked again. */
export function askPolicyAgain(request: SessionRequest, approval: Approval, at: DecidedAt): Onward {
  return moveOn(request, approval, { kind: 'changed', by: null, ...at });
}

/** The person who asked for it left Slack, so it can't start. */
export function endLeft(request: SessionRequest, approval: Approval, at: DecidedAt): Onward {
  return endUnapproved(request, approval, { kind: 'left', by: null, reason: null, ...at });
}

/** People who were asked and can still decide come first. Others are added up to as many as are asked at most. */
export function peopleToAsk(
  asked: readonly Voter[],
  found: readonly Voter[],
  able: ReadonlySet<string>,
): Voter[] {
  const still = asked.filter(({ userId }) => able.has(userId));
  const others = found.filter(({ userId }) => !able.has(userId));
  return [...still, ...others].slice(0, Math.max(still.length, found.length));
}
