import { createEndUnapproved, type Move } from '../create/index.ts';
import { countingYes, withEnded, withLast, type Approval } from '../session/approval.ts';
import type { Envelopes } from '../store/envelope.ts';
import type { SessionRequest } from '../store/request-row.ts';

type EndingDeps = { envelopes: Pick<Envelopes, 'withoutSecrets'>; now: () => number };

/** It waits on, with what is known of its approval by now. */
function waits({ id, approvals }: SessionRequest, approval: Approval, how: { undecided?: boolean }): Move {
  const changes = { approvals: withLast(approvals, approval) };
  const step = { id, from: 'awaiting-approval', to: 'awaiting-approval', changes, ...how } as const;
  return { step, consequences: { card: true } };
}

export function createEnding({ envelopes, now }: EndingDeps) {
  /** Continues where the request was held up. Its time to retry starts over. */
  function onwards({ id }: SessionRequest, changes: NonNullable<Move['step']['changes']>): Move {
    const resumed = { ...changes, resumedAt: new Date(now()) };
    const step = { id, from: 'awaiting-approval', to: 'identified', changes: resumed } as const;
    return { step, consequences: { card: true, run: true } };
  }

  function approved(request: SessionRequest, approval: Approval): Move {
    const { rule, fingerprint, yes } = approval;
    const by = yes.at(-1) ?? null;
    const earlier = request.approvedAs === fingerprint ? request.approved : [];
    return onwards(request, {
      approvals: withEnded(request.approvals, approval, {
        kind: 'approved',
        by,
        reason: null,
        atMs: now(),
      }),
      approved: [...earlier, rule],
      approvedAs: fingerprint,
    });
  }

  return {
    /** Goes on if enough of those who can decide approved it. */
    counted(request: SessionRequest, approval: Approval, how: { undecided?: boolean } = {}): Move {
      const yes = countingYes(approval);
      if (yes.length >= approval.need) return approved(request, { ...approval, yes });
      return waits(request, approval, how);
    },

    /** The policy has changed, so it is asked again. */
    askedAnew(request: SessionRequest, approval: Approval): Move {
      return onwards(request, {
        approvals: withEnded(request.approvals, approval, {
          kind: 'changed',
          by: null,
          reason: null,
          atMs: now(),
        }),
      });
    },

    without: createEndUnapproved({ envelopes, now }),
  };
}
