import type { Approval } from '../session/approval.ts';
import type { Terms } from '../session/policy/index.ts';
import type { SessionRequest } from '../store/request-row.ts';
import type { MayApprove } from './approvers.ts';
import type { Gate } from './gate.ts';
import type { Verdict } from './verdict.ts';

export type Deciders = {
  /** Who of the people who were asked may decide now. */
  able: ReadonlySet<string>;
  /** How many have to approve now. */
  need: number;
  /** The policy still requires this approval, for the same content. */
  isSame: boolean;
  /** Of the approval that the policy requires now; null: none. */
  terms: Terms | null;
};

/** Who decides about a pending approval, by the policy and Slack as they are now. Throws if Slack can't be asked. */
export type DecidersOf = (request: SessionRequest, approval: Approval) => Promise<Deciders>;

type DecidersDeps = { judge: Gate['judge']; mayApprove: MayApprove };

export function createDecidersOf({ judge, mayApprove }: DecidersDeps): DecidersOf {
  return async (request, approval) => {
    const verdict = await judge(request);
    const { approvers, need } = termsNow(verdict, approval);
    const among = approval.people.map(({ userId }) => userId);
    const able = await mayApprove(approvers, { among, requester: request.userId });
    const terms = verdict.kind === 'approval' ? verdict.asks : null;
    return { able, need, isSame: isSame(verdict, approval), terms };
  };
}

function isSame(verdict: Verdict, { rule, fingerprint }: Approval): boolean {
  return verdict.kind === 'approval' && verdict.asks.rule === rule && verdict.fingerprint === fingerprint;
}

/** If the policy requires no approval or another one, those who were asked can still decline. */
function termsNow(verdict: Verdict, { rule, people, need }: Approval): Terms {
  if (verdict.kind === 'approval' && verdict.asks.rule === rule) return verdict.asks;
  return { approvers: people.map(({ userId: id }) => ({ kind: 'user', id })), need };
}
