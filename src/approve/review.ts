import { lookupTrouble, type Transitions } from '../create/index.ts';
import type { Jobs } from '../queue/index.ts';
import { awaited, pendingApproval, type Approval, type Voter } from '../session/approval.ts';
import type { Envelopes } from '../store/envelope.ts';
import type { SessionRequest } from '../store/request-row.ts';
import type { Requests } from '../store/requests.ts';
import type { ApproversOf, Deciders, DecidersOf } from '../trust/index.ts';
import { createEnding, waits } from './ending.ts';

type ReviewDeps = {
  requests: Pick<Requests, 'find' | 'hasExpired'>;
  decidersOf: DecidersOf;
  approversOf: ApproversOf;
  transitions: Pick<Transitions, 'moveLocked'>;
  envelopes: Pick<Envelopes, 'withoutSecrets'>;
  now: () => number;
};

/** If Slack or Devin doesn't say for how long it is busy. */
const BUSY_MS = 30_000;

/**
 * Looks again at a request that waits for an approval: by now, the policy may ask other people, or fewer. Whoever was asked
 * and can still decide stays asked, and their approvals count on. If it asks nobody or refuses the request, those who were
 * asked decide: a mistake in the policy file must not start or end all that waits.
 */
export function createReviewer({ requests, decidersOf, approversOf, transitions, ...ending }: ReviewDeps) {
  const { approved, askedAnew } = createEnding(ending);

  async function reviewed(request: SessionRequest, number: number, approval: Approval): Promise<void> {
    const deciders = await decidersOf(request, approval);
    const { need, asks } = deciders;
    if (asks === 'none') return;
    const people = asks === 'same' ? await peopleNow(deciders, request, approval) : [];
    await transitions.moveLocked(request.id, (locked) => {
      const current = awaited(locked, number);
      if (current === null) return null;
      if (people.length < need) return askedAnew(locked, current);
      const yes = current.yes.filter(({ userId }) => deciders.able.has(userId));
      const counted = { ...current, need, people, yes };
      if (yes.length >= need) return approved(locked, counted);
      return isChanged(current, counted) ? waits(locked, counted) : null;
    });
  }

  /** Beyond the most who are asked, nobody is added. */
  async function peopleNow(
    { approvers, able }: Deciders,
    { userId: requester }: SessionRequest,
    { people }: Approval,
  ): Promise<Voter[]> {
    const found = await approversOf(approvers, requester);
    const asked = people.filter(({ userId }) => able.has(userId));
    const others = found.filter(({ userId }) => !able.has(userId));
    return [...asked, ...others].slice(0, Math.max(asked.length, found.length));
  }

  /** When to try again, in ms; null: it's done. */
  return async ({ requestId }: Jobs['review-approval']): Promise<number | null> => {
    const request = await requests.find(requestId);
    if (request?.state !== 'awaiting-approval' || (await requests.hasExpired(requestId))) return null;
    const pending = pendingApproval(request.approvals);
    if (pending === null) return null;
    try {
      await reviewed(request, pending.number, pending.approval);
      return null;
    } catch (error) {
      const trouble = lookupTrouble(error);
      return trouble.kind === 'wait' ? (trouble.retryAfterMs ?? BUSY_MS) : null;
    }
  };
}

function isChanged(before: Approval, after: Approval): boolean {
  const idsOf = ({ people }: Approval): string => people.map(({ userId }) => userId).join();
  return (
    before.need !== after.need || before.yes.length !== after.yes.length || idsOf(before) !== idsOf(after)
  );
}
