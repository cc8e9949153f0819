import type { Approval } from '../session/approval.ts';
import type { Approvers } from '../session/policy/index.ts';
import type { SessionRequest } from '../store/request-row.ts';
import type { MayApprove } from './approvers.ts';
import type { Gate } from './gate.ts';
import type { Verdict } from './verdict.ts';

/**
 * `able`: who of those who were asked may decide now. `need`: how many have to approve now. `asks`: whether the policy still
 * requires this approval for the same content, another one, or none.
 */
export type Deciders = {
  approvers: Approvers;
  need: number;
  able: ReadonlySet<string>;
  asks: 'same' | 'another' | 'none';
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
    return { approvers, need, able, asks: asksNow(verdict, approval) };
  };
}

function asksNow(verdict: Verdict, { rule, fingerprint }: Approval): Deciders['asks'] {
  if (verdict.kind !== 'approval') return 'none';
  return verdict.asks.rule === rule && verdict.fingerprint === fingerprint ? 'same' : 'another';
}

/** If the policy requires no approval or another one, those who were asked can still decline. */
function termsNow(
  verdict: Verdict,
  { rule, people, need }: Approval,
): { approvers: Approvers; need: number } {
  if (verdict.kind === 'approval' && verdict.asks.rule === rule) return verdict.asks;
  return { approvers: people.map(({ userId: id }) => ({ kind: 'user', id })), need };
}
