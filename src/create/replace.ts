import type { Transaction } from 'kysely';
import { awaitedSince, withEnded, type Approval, type Replaces, type Voter } from '../session/approval.ts';
import type { Failure } from '../session/failure.ts';
import type { RequestState } from '../session/request.ts';
import type { Envelopes } from '../store/envelope.ts';
import type { SessionRequest } from '../store/request-row.ts';
import type { Requests } from '../store/requests.ts';
import type { Tables } from '../store/tables.ts';
import type { DecidersOf } from '../trust/index.ts';
import { endWithout } from './ending.ts';
import type { Move } from './transitions.ts';

type EndDeps = { envelopes: Pick<Envelopes, 'withoutSecrets'>; now: () => number };
type End = { kind: 'declined' | 'expired' | 'replaced'; by: Voter | null; reason: string | null };

/** Ends a request that waits for an approval without a session. */
export function createEndUnapproved({ envelopes, now }: EndDeps) {
  return (request: SessionRequest, approval: Approval, end: End): Move => {
    const { kind, by, reason } = end;
    const failure = { kind: 'approval', end: kind, rule: approval.rule, by, reason } as const;
    const { to, changes } = endWithout(envelopes, request, { to: 'failed', failure });
    const approvals = withEnded(request.approvals, approval, { ...end, atMs: now() });
    const step = { id: request.id, from: request.state, to, changes: { ...changes, approvals } };
    return { step, consequences: { card: true, outcome: true } };
  };
}

type NotReplaced = Extract<Failure, { kind: 'not-replaced' }>;

type CheckDeps = { requests: Pick<Requests, 'find'>; decidersOf: DecidersOf };

/** Why an approver's edit can't replace the request it changes; null: it can, or replaces none. */
export type WhyNotReplaced = (request: SessionRequest) => Promise<NotReplaced | null>;

/** Anyone who may decline it now may change it. Throws if Slack can't be asked. */
export function createWhyNotReplaced({ requests, decidersOf }: CheckDeps): WhyNotReplaced {
  return async ({ replaces, userId }) => {
    if (replaces === null) return null;
    const original = await requests.find(replaces.requestId);
    const approval = original === null ? null : awaitedSince(original, replaces.number);
    if (original === null || approval === null) return { kind: 'not-replaced', why: 'over' };
    const { able } = await decidersOf(original, approval);
    return able.has(userId) ? null : { kind: 'not-replaced', why: 'notAsked' };
  };
}

type ReplaceDeps = EndDeps & { requests: Pick<Requests, 'lock'> };

/** From here on, a request may run. */
const RUNS: ReadonlySet<RequestState> = new Set(['awaiting-approval', 'sending']);

type Replacing = {
  alongside: (trx: Transaction<Tables>) => Promise<Move | null>;
  isOver: () => boolean;
};

/** null: nothing is replaced by this transition. */
export type Replace = (request: SessionRequest, to: RequestState) => Replacing | null;

/**
 * What an approver's edit replaces ends in the transaction in which the edit may run. Until then it can be approved, and
 * then the edit can't run.
 */
export function createReplace({ requests, ...ending }: ReplaceDeps): Replace {
  const end = createEndUnapproved(ending);

  function replacing({ requestId, number }: Replaces, userId: string): Replacing {
    let over = false;
    return {
      alongside: async (trx) => {
        const original = await requests.lock(requestId, trx);
        const approval = original === null ? null : awaitedSince(original, number);
        over = approval === null;
        if (original === null || approval === null) return null;
        return end(original, approval, { kind: 'replaced', by: voterIn(approval, userId), reason: null });
      },
      isOver: () => over,
    };
  }

  return ({ replaces, userId }, to) =>
    replaces === null || !RUNS.has(to) ? null : replacing(replaces, userId);
}

function voterIn({ people }: Approval, userId: string): Voter | null {
  return people.find((one) => one.userId === userId) ?? null;
}
