import { createEndUnapproved, type Move } from '../create/index.ts';
import { withEnded, withLast, type Approval } from '../session/approval.ts';
import type { Envelopes } from '../store/envelope.ts';
import type { SessionRequest } from '../store/request-row.ts';

type EndingDeps = { envelopes: Pick<Envelopes, 'withoutSecrets'>; now: () => number };

/** It waits on, with what is known of its approval by now. */
export function waits(
  { id, approvals }: SessionRequest,
  approval: Approval,
  how: { undecided?: boolean } = {},
): Move {
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

  return {
    approved(request: SessionRequest, approval: Approval): Move {
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
