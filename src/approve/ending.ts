import { createEndUnapproved, type Move } from '../create/index.ts';
import { countingYes, withEnded, withLast, type Approval, type Voter } from '../session/approval.ts';
import type { Envelopes } from '../store/envelope.ts';
import type { RequestChanges, SessionRequest } from '../store/request-row.ts';

type EndingDeps = { envelopes: Pick<Envelopes, 'withoutSecrets'>; now: () => number };

type Onwards = Pick<NonNullable<Approval['end']>, 'kind' | 'by'> &
  Pick<RequestChanges, 'approved' | 'approvedAs'>;

/** Keeps it waiting, and saves what changed in its approval. */
function waits({ id, approvals }: SessionRequest, approval: Approval, how: { undecided?: boolean }): Move {
  const changes = { approvals: withLast(approvals, approval) };
  const step = { id, from: 'awaiting-approval', to: 'awaiting-approval', changes, ...how } as const;
  return { step, consequences: { card: true } };
}

export function createEnding({ envelopes, now }: EndingDeps) {
  /** Ends the approval, and continues where the request was held up. Its time to retry starts over. */
  function onwards(
    { id, approvals: all }: SessionRequest,
    approval: Approval,
    { kind, by, ...more }: Onwards,
  ): Move {
    const approvals = withEnded(all, approval, { kind, by, reason: null, atMs: now() });
    const changes = { ...more, approvals, resumedAt: new Date(now()) };
    const step = { id, from: 'awaiting-approval', to: 'identified', changes } as const;
    return { step, consequences: { card: true, run: true } };
  }

  function approved(request: SessionRequest, approval: Approval): Move {
    const { rule, fingerprint, yes } = approval;
    const earlier = request.approvedAs === fingerprint ? request.approved : [];
    const more = { approved: [...earlier, rule], approvedAs: fingerprint };
    return onwards(request, approval, { kind: 'approved', by: yes.at(-1) ?? null, ...more });
  }

  return {
    /** Goes on if enough of those who can decide approved it. */
    counted(request: SessionRequest, approval: Approval, how: { undecided?: boolean } = {}): Move {
      const yes = countingYes(approval);
      if (yes.length >= approval.need) return approved(request, { ...approval, yes });
      return waits(request, approval, how);
    },

    /** The policy has changed, so it is asked again. */
    askedAnew: (request: SessionRequest, approval: Approval): Move =>
      onwards(request, approval, { kind: 'changed', by: null }),

    without: createEndUnapproved({ envelopes, now }),
  };
}

/** People who were asked and can still decide come first. Others are added up to as many as are asked at most. */
export function askedNow(
  asked: readonly Voter[],
  found: readonly Voter[],
  able: ReadonlySet<string>,
): Voter[] {
  const still = asked.filter(({ userId }) => able.has(userId));
  const others = found.filter(({ userId }) => !able.has(userId));
  return [...still, ...others].slice(0, Math.max(still.length, found.length));
}
