import { lookupTrouble, type Transitions } from '../create/index.ts';
import { sooner } from '../queue/index.ts';
import { awaited, pendingApproval, type Approval } from '../session/approval.ts';
import type { FindLeaver } from '../slack/people.ts';
import type { SessionRequest } from '../store/request-row.ts';
import type { StoreParts } from '../store/store.ts';
import type { ApproversOf, DecidersOf } from '../trust/index.ts';
import { askPolicyAgain, countApprovals, endLeft, peopleToAsk, waitForApprovers } from './moves.ts';

type Decide = { decidersOf: DecidersOf; approversOf: ApproversOf };
type ReviewDeps = {
  store: StoreParts<{ requests: 'awaitingApproval' | 'find' | 'hasExpired' }>;
  /** Who decides, as Slack and Devin say from now on. */
  decide: () => Decide;
  findLeaver: FindLeaver;
  transitions: Pick<Transitions, 'moveLocked'>;
  policySha256: () => string | null;
  now: () => number;
};

/** If Slack or Devin doesn't say for how long it is busy. */
const BUSY_MS = 30_000;
/** If Devin refuses a look-up until somebody changes a key or a permission. */
const REFUSED_MS = 10 * 60_000;

/**
 * Looks at all that waits for an approval. Others are asked if the policy isn't the one by which people were asked, or if some
 * of them can no longer decide. Those who still can stay asked, and their approvals count. If too few can, the request waits,
 * and people are told; if the policy refuses it, nothing changes: a mistake in its file must not start or end all that waits.
 * A request whose requester left Slack ends.
 */
export function createReviewer(deps: ReviewDeps) {
  const { requests } = deps.store;
  const { transitions, now } = deps;

  type Pending = { request: SessionRequest; number: number; approval: Approval };

  async function end({ request, number }: Pick<Pending, 'request' | 'number'>): Promise<void> {
    await transitions.moveLocked(request.id, (locked) => {
      const current = awaited(locked, number);
      return current === null ? null : endLeft(locked, current, { atMs: now() });
    });
  }

  async function reviewed({ request, number, approval }: Pending, decide: Decide): Promise<void> {
    if ((await deps.findLeaver(request)) !== null) return end({ request, number });
    // Before the policy is asked: what changes meanwhile is looked at again.
    const policy = deps.policySha256();
    const { able, isSame, terms } = await decide.decidersOf(request, approval);
    const areRight =
      approval.policy === policy &&
      approval.lacksApprovers !== true &&
      approval.people.every(({ userId }) => able.has(userId));
    if (areRight || terms === null) return;
    const found = await decide.approversOf(terms, request);
    const { need } = terms;
    const lacks = found.length < need;
    if (lacks && !isSame) return;
    await transitions.moveLocked(request.id, (locked) => {
      const current = awaited(locked, number);
      if (current === null) return null;
      const at = { atMs: now() };
      if (lacks) return waitForApprovers(locked, current, { able, ...at });
      if (!isSame) return askPolicyAgain(locked, current, at);
      const people = peopleToAsk(current.people, found, able);
      return countApprovals(locked, { ...current, need, people, policy, lacksApprovers: false }, at);
    });
  }

  async function pendingOf(requestId: string): Promise<Pending | null> {
    const request = await requests.find(requestId);
    const pending = request === null ? null : pendingApproval(request);
    if (request === null || pending === null || (await requests.hasExpired(requestId))) return null;
    return { request, ...pending };
  }

  /** When to try again, in ms; null: it's done. */
  async function review(pending: Pending, decide: Decide): Promise<number | null> {
    try {
      await reviewed(pending, decide);
      return null;
    } catch (error) {
      const trouble = lookupTrouble(error);
      return trouble.kind === 'wait' ? (trouble.retryAfterMs ?? BUSY_MS) : REFUSED_MS;
    }
  }

  return async (_all: unknown, { signal }: { signal: AbortSignal }): Promise<number | null> => {
    const decide = deps.decide();
    const failures: unknown[] = [];
    /** Slack or Devin doesn't say who can approve these: however many wait, it's asked once. */
    const unknown = new Set<string>();
    let againInMs: number | null = null;
    for (const requestId of await requests.awaitingApproval()) {
      signal.throwIfAborted();
      try {
        const pending = await pendingOf(requestId);
        if (pending === null || unknown.has(pending.approval.rule)) continue;
        const waitMs = await review(pending, decide);
        if (waitMs !== null) unknown.add(pending.approval.rule);
        againInMs = sooner(againInMs, waitMs);
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, 'requests could not be reviewed');
    return againInMs;
  };
}
