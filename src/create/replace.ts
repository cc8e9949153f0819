import type { Transaction } from 'kysely';
import {
  awaitedSince,
  withEnded,
  type Approval,
  type Replaces,
  type UNAPPROVED_ENDS,
  type Voter,
} from '../session/approval.ts';
import type { Failure } from '../session/failure.ts';
import type { RequestState } from '../session/request.ts';
import type { SessionRequest } from '../store/request-row.ts';
import type { StoreParts } from '../store/store.ts';
import type { Tables } from '../store/tables.ts';
import type { DecidersOf } from '../trust/index.ts';
import type { Move, Onward } from './transitions.ts';

type End = { kind: (typeof UNAPPROVED_ENDS)[number]; by: Voter | null; reason: string | null };

/** Ends a request that waits for an approval without a session. */
export function endUnapproved(
  { approvals }: SessionRequest,
  approval: Approval,
  { atMs, ...end }: End & { atMs: number },
): Onward {
  const { kind, by, reason } = end;
  const failure = { kind: 'approval', end: kind, rule: approval.rule, by, reason } as const;
  const changes = { failure, approvals: withEnded(approvals, approval, { ...end, atMs }) };
  // Nobody is left to notify.
  return { to: 'failed', changes, effects: { card: 'now', outcome: kind !== 'left' } };
}

type NotReplaced = Extract<Failure, { kind: 'not-replaced' }>;

type CheckDeps = { store: StoreParts<{ requests: 'find' }>; decidersOf: DecidersOf };

/** Why an approver's edit can't replace the request it changes; null: it can. */
export type WhyNotReplaced = (replaces: Replaces, userId: string) => Promise<NotReplaced | null>;

/** Anyone who may decline it now may change it. Throws if Slack can't be asked. */
export function createWhyNotReplaced({ store: { requests }, decidersOf }: CheckDeps): WhyNotReplaced {
  return async ({ requestId, number }, userId) => {
    const original = await requests.find(requestId);
    const approval = original === null ? null : awaitedSince(original, number);
    if (original === null || approval === null) return { kind: 'not-replaced', why: 'over' };
    const { able } = await decidersOf(original, approval);
    return able.has(userId) ? null : { kind: 'not-replaced', why: 'notAsked' };
  };
}

type ReplaceDeps = { store: StoreParts<{ requests: 'lock' }>; now: () => number };

/** From here on, a request may run. */
const RUNS: ReadonlySet<RequestState> = new Set(['awaiting-approval', 'sending']);

/** Ends what is replaced; null: it was decided meanwhile. */
type Replacing = (trx: Transaction<Tables>) => Promise<readonly Move[] | null>;

/** null: nothing is replaced by this transition. */
export type Replace = (replaces: Replaces, userId: string, to: RequestState) => Replacing | null;

/**
 * What an approver's edit replaces ends in the transaction in which the edit may run. Until then it can be approved, and
 * then the edit can't run.
 */
export function createReplace({ store: { requests }, now }: ReplaceDeps): Replace {
  return ({ requestId, number }, userId, to) => {
    if (!RUNS.has(to)) return null;
    return async (trx) => {
      const original = await requests.lock(requestId, trx);
      const approval = original === null ? null : awaitedSince(original, number);
      if (original === null || approval === null) return null;
      const by = approval.people.find((one) => one.userId === userId) ?? null;
      const end = { kind: 'replaced', by, reason: null, atMs: now() } as const;
      return [{ request: original, ...endUnapproved(original, approval, end) }];
    };
  };
}
