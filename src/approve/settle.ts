import { awaited, createEndUnapproved, lookupTrouble, type Move, type Transitions } from '../create/index.ts';
import type { ResolveIdentity } from '../identity/resolve.ts';
import type { Jobs } from '../queue/index.ts';
import { endedApproval, withLast, type Approval, type Voter } from '../session/approval.ts';
import { devinUserOf } from '../session/identity.ts';
import { notice } from '../slack/blocks/notices.ts';
import type { Outbound } from '../slack/outbound.ts';
import type { People } from '../slack/people.ts';
import { answerPlace } from '../slack/places.ts';
import type { TextFor } from '../slack/text-for.ts';
import { subjectOf, type Audit } from '../store/audit.ts';
import type { Envelopes } from '../store/envelope.ts';
import type { SessionRequest } from '../store/request-row.ts';
import type { Requests } from '../store/requests.ts';
import type { Text } from '../text/index.ts';
import type { ApprovalNeeded, Gate, MayApprove, Verdict } from '../trust/index.ts';

type SettleDeps = {
  requests: Pick<Requests, 'find' | 'hasExpired'>;
  people: Pick<People, 'find'>;
  judge: Gate['judge'];
  mayApprove: MayApprove;
  resolve: ResolveIdentity;
  transitions: Pick<Transitions, 'moveLocked'>;
  envelopes: Pick<Envelopes, 'open' | 'withoutSecrets'>;
  audit: Pick<Audit, 'record'>;
  outbound: Pick<Outbound, 'tellPrivately'>;
  now: () => number;
  textFor: TextFor;
};

type Decision = Jobs['settle-approval'];
type Why = keyof Text['approval']['refused'];

/**
 * Records what approvers decide, or that nobody decided in time. Who may decide depends on the policy and on Slack as they
 * are now. The row is locked while decisions are counted, so that only one ends it.
 */
export function createSettler(deps: SettleDeps) {
  const { requests, transitions } = deps;
  const ending = createEnding(deps);

  async function tell({ userId, answerTo }: Decision, why: Why): Promise<void> {
    const { refused } = (await deps.textFor(userId)).approval;
    await deps.outbound.tellPrivately(answerPlace(deps.envelopes, userId, answerTo), notice([refused[why]]));
  }

  /** The person may not decide. */
  async function refuse(
    decision: Decision,
    request: SessionRequest,
    why: 'own' | 'sameAccount' | 'notAsked',
  ): Promise<void> {
    const result = why === 'notAsked' ? 'approval:not-asked' : 'approval:own';
    const { userId } = decision;
    await deps.audit.record({ ...subjectOf(request), kind: 'refusal', userId, devinUserId: null, result });
    await tell(decision, why);
  }

  /** People who approved before and may no longer. */
  async function lapsed(
    { yes }: Approval,
    { asks }: ApprovalNeeded,
    requester: string,
  ): Promise<Set<string>> {
    const gone = new Set<string>();
    for (const { userId } of yes)
      if (!(await deps.mayApprove(asks.approvers, { userId, requester }))) gone.add(userId);
    return gone;
  }

  async function approve(decision: Decision, by: Voter, verdict: ApprovalNeeded): Promise<boolean> {
    const { requestId, number } = decision;
    const request = await requests.find(requestId);
    const before = request === null ? null : awaited(request, number);
    if (request === null || before === null) return false;
    const gone = await lapsed(before, verdict, request.userId);
    const { need } = verdict.asks;
    return transitions.moveLocked(requestId, (locked) => {
      const approval = awaited(locked, number);
      if (approval === null) return null;
      const others = approval.yes.filter(({ userId }) => !gone.has(userId) && userId !== by.userId);
      const counted = { ...approval, need, yes: [...others, by] };
      return counted.yes.length < need ? waits(locked, counted) : ending.approved(locked, counted);
    });
  }

  async function decide(decision: Decision, by: Voter, verdict: ApprovalNeeded): Promise<boolean> {
    const { requestId, number, act } = decision;
    if (act === 'approve') return approve(decision, by, verdict);
    const { id, sealed } = decision.answerTo;
    const reason = deps.envelopes.open(id, sealed)?.reason ?? null;
    return transitions.moveLocked(requestId, (locked) => {
      const approval = awaited(locked, number);
      return approval === null ? null : ending.without(locked, approval, { kind: 'declined', by, reason });
    });
  }

  async function hasDecided({ requestId, number, userId }: Decision): Promise<boolean> {
    const { yes, end } = (await requests.find(requestId))?.approvals[number] ?? {};
    return end?.by?.userId === userId || yes?.some((one) => one.userId === userId) === true;
  }

  async function judged(decision: Decision, request: SessionRequest, approval: Approval): Promise<void> {
    const { userId, number, requestId } = decision;
    const verdict = await deps.judge(request);
    if (!isSame(verdict, approval)) {
      await transitions.moveLocked(requestId, (locked) => {
        const current = awaited(locked, number);
        return current === null ? null : ending.askedAnew(locked, current);
      });
      return;
    }
    if (userId === request.userId) return refuse(decision, request, 'own');
    if (await runsAs(request, userId)) return refuse(decision, request, 'sameAccount');
    const isAsked = approval.people.some((one) => one.userId === userId);
    const { approvers } = verdict.asks;
    if (!isAsked || !(await deps.mayApprove(approvers, { userId, requester: request.userId })))
      return refuse(decision, request, 'notAsked');
    const name = (await deps.people.find(userId))?.name ?? userId;
    if (await decide(decision, { userId, name }, verdict)) return;
    // A person who pressed twice knows.
    if (!(await hasDecided(decision))) await tell(decision, 'over');
  }

  /** Whether it would run as this person, too: several people in Slack can be one member in Devin. */
  async function runsAs({ teamId, identity }: SessionRequest, userId: string): Promise<boolean> {
    const devinUserId = devinUserOf(identity);
    return devinUserId !== null && devinUserOf(await deps.resolve({ teamId, userId })) === devinUserId;
  }

  async function expire({ id, approvals }: SessionRequest): Promise<void> {
    await transitions.moveLocked(id, (locked) => {
      const approval = awaited(locked, approvals.length - 1);
      const end = { kind: 'expired', by: null, reason: null } as const;
      return approval === null ? null : ending.without(locked, approval, end);
    });
  }

  return {
    async settle(decision: Decision): Promise<void> {
      const request = await requests.find(decision.requestId);
      const approval = request === null ? null : awaited(request, decision.number);
      // Its message shows what became of it.
      if (request === null || approval === null) return;
      // Its time may have passed before the sweep noticed.
      if (await requests.hasExpired(request.id)) {
        await expire(request);
        return tell(decision, 'expired');
      }
      try {
        await judged(decision, request, approval);
      } catch (error) {
        // Slack or Devin is busy: the person is told, and can press again.
        lookupTrouble(error);
        await tell(decision, 'busy');
      }
    },

    async expire({ requestId }: Jobs['expire-approval']): Promise<void> {
      const request = await requests.find(requestId);
      if (request !== null && (await requests.hasExpired(requestId))) await expire(request);
    },
  };
}

/** Whether the policy still requires this approval, for the same content. */
function isSame(verdict: Verdict, { rule, fingerprint }: Approval): verdict is ApprovalNeeded {
  return verdict.kind === 'approval' && verdict.asks.rule === rule && verdict.fingerprint === fingerprint;
}

/** One more person approved, and more have to. */
function waits({ id, approvals }: SessionRequest, approval: Approval): Move {
  const changes = { approvals: withLast(approvals, approval) };
  const step = { id, from: 'awaiting-approval', to: 'awaiting-approval', changes } as const;
  return { step, consequences: { card: true } };
}

function createEnding({ envelopes, now }: Pick<SettleDeps, 'envelopes' | 'now'>) {
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
        approvals: withLast(
          request.approvals,
          endedApproval(approval, { kind: 'approved', by, reason: null }, now()),
        ),
        approved: [...earlier, rule],
        approvedAs: fingerprint,
      });
    },

    /** The policy has changed, so it is asked again. */
    askedAnew(request: SessionRequest, approval: Approval): Move {
      return onwards(request, {
        approvals: withLast(
          request.approvals,
          endedApproval(approval, { kind: 'changed', by: null, reason: null }, now()),
        ),
      });
    },

    without: createEndUnapproved({ envelopes, now }),
  };
}
