import { lookupTrouble, type Transitions } from '../create/index.ts';
import type { Jobs } from '../queue/index.ts';
import { awaited, pendingApproval, type Approval } from '../session/approval.ts';
import type { SessionRequest } from '../store/request-row.ts';
import type { StoreParts } from '../store/store.ts';
import type { ApproversOf, DecidersOf } from '../trust/index.ts';
import { askPolicyAgain, peopleToAsk, countApprovals } from './moves.ts';

type ReviewDeps = {
  store: StoreParts<{ requests: 'find' | 'hasExpired' }>;
  decidersOf: DecidersOf;
  approversOf: ApproversOf;
  transitions: Pick<Transitions, 'moveLocked'>;
  policySha256: () => string | null;
  now: () => number;
};

/** If Slack or Devin doesn't say for how long it is busy. */
const BUSY_MS = 30_000;

/**
 * Asks the policy again about a request that waits for an approval: it may name other people, or fewer. People who can still
 * decide stay asked, and their approvals count. If the policy names too few people or refuses the request, nothing changes:
 * a mistake in its file must not start or end everything that waits.
 */
export function createReviewer(deps: ReviewDeps) {
  const { requests } = deps.store;
  const { decidersOf, approversOf, transitions, now } = deps;

  async function reviewed(request: SessionRequest, number: number, approval: Approval): Promise<void> {
    // Before the policy is asked: what changes meanwhile is looked at again.
    const policy = deps.policySha256();
    if (approval.policy === policy) return;
    const { able, isSame, terms } = await decidersOf(request, approval);
    if (terms === null) return;
    const { approvers, need } = terms;
    const found = await approversOf(approvers, request);
    if (found.length < need) return;
    await transitions.moveLocked(request.id, (locked) => {
      const current = awaited(locked, number);
      if (current === null) return null;
      const at = { atMs: now() };
      if (!isSame) return askPolicyAgain(locked, current, at);
      const people = peopleToAsk(current.people, found, able);
      return countApprovals(locked, { ...current, need, people, policy }, at);
    });
  }

  /** When to try again, in ms; null: it's done. */
  return async ({ requestId }: Jobs['review-approval']): Promise<number | null> => {
    const request = await requests.find(requestId);
    const pending = request === null ? null : pendingApproval(request);
    if (request === null || pending === null || (await requests.hasExpired(requestId))) return null;
    try {
      await reviewed(request, pending.number, pending.approval);
      return null;
    } catch (error) {
      const trouble = lookupTrouble(error);
      return trouble.kind === 'wait' ? (trouble.retryAfterMs ?? BUSY_MS) : null;
    }
  };
}
