import { endUnapproved, lookupTrouble, type Onward, type Transitions } from '../create/index.ts';
import type { ResolveIdentity } from '../identity/resolve.ts';
import type { Jobs } from '../queue/index.ts';
import {
  awaited,
  awaitedSince,
  isAmong,
  isSamePerson,
  type Approval,
  type Voter,
} from '../session/approval.ts';
import { devinUserOf } from '../session/identity.ts';
import { isOpen } from '../session/request.ts';
import { codeBlocks } from '../slack/blocks/text.ts';
import type { FindLeaver, People } from '../slack/people.ts';
import type { Notifier } from '../slack/tell-later.ts';
import type { TextFor } from '../slack/text-for.ts';
import { subjectOf } from '../store/audit.ts';
import type { SessionRequest } from '../store/request-row.ts';
import type { StoreParts } from '../store/store.ts';
import type { Text } from '../text/index.ts';
import type { ApproversOf, Deciders, DecidersOf } from '../trust/index.ts';
import {
  askPolicyAgain,
  countApprovals,
  endLeft,
  peopleToAsk,
  waitForApprovers,
  type DecidedAt,
} from './moves.ts';

type SettleDeps = {
  store: StoreParts<{ requests: 'find' | 'hasExpired'; envelopes: 'open'; audit: 'record' }>;
  people: Pick<People, 'find'>;
  findLeaver: FindLeaver;
  decidersOf: DecidersOf;
  approversOf: ApproversOf;
  resolve: ResolveIdentity;
  transitions: Pick<Transitions, 'moveLocked'>;
  notifier: Pick<Notifier, 'notifyMarkup'>;
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
  const { requests } = deps.store;
  const { transitions, now } = deps;

  function reasonIn({ act, answerTo: { id, sealed } }: Decision): string | null {
    return act === 'decline' ? (deps.store.envelopes.open(id, sealed)?.reason ?? null) : null;
  }

  /** A reason is quoted: its dialog is closed. */
  async function tell(decision: Decision, why: Why | 'notLookedUp'): Promise<void> {
    const { userId, answerTo } = decision;
    const { approval, steering, notices } = await deps.textFor(userId);
    const sentence = why === 'notLookedUp' ? steering.notLookedUp : approval.refused[why];
    const reason = reasonIn(decision);
    const quoted = reason === null ? [] : [notices.typed, ...codeBlocks(reason)];
    await deps.notifier.notifyMarkup(userId, answerTo, sentence, ...quoted);
  }

  /** The person may not decide. */
  async function refuse(
    decision: Decision,
    request: SessionRequest,
    why: 'own' | 'sameAccount' | 'notAsked',
  ): Promise<void> {
    const result = why === 'notAsked' ? 'approval:not-asked' : 'approval:own';
    const { userId } = decision;
    await deps.store.audit.record({
      ...subjectOf(request),
      kind: 'refusal',
      userId,
      devinUserId: null,
      result,
    });
    await tell(decision, why);
  }

  /** Moves the request as the approval under the lock demands; false: it no longer waits for that. */
  async function moveAwaited(
    decision: Pick<Decision, 'requestId' | 'number'> & { act?: Decision['act'] },
    plan: (locked: SessionRequest, approval: Approval, at: DecidedAt) => Onward | null,
  ): Promise<boolean> {
    return transitions.moveLocked(decision.requestId, (locked) => {
      const approval = decidable(locked, decision);
      return approval === null ? null : plan(locked, approval, { atMs: now() });
    });
  }

  /** Too few of those who were asked can still approve. Their approvals still count. */
  async function askOthers(
    decision: Decision,
    request: SessionRequest,
    { able, need, terms }: Deciders,
  ): Promise<void> {
    const found = terms === null ? [] : await deps.approversOf(terms, request);
    await moveAwaited(decision, (locked, approval, at) => {
      if (found.length < need) return waitForApprovers(locked, approval, { able, ...at });
      const people = peopleToAsk(approval.people, found, able);
      return countApprovals(locked, { ...approval, need, people, lacksApprovers: false }, at);
    });
  }

  async function decide(decision: Decision, by: Voter, { need, able }: Deciders): Promise<boolean> {
    if (decision.act === 'decline') {
      const reason = reasonIn(decision);
      return moveAwaited(decision, (locked, approval, at) =>
        endUnapproved(locked, approval, { kind: 'declined', by, reason, ...at }),
      );
    }
    return moveAwaited(decision, (locked, approval, at) => {
      const unable = approval.people.filter(({ userId }) => !able.has(userId));
      const others = approval.yes.filter((one) => !isAmong(unable, one) && !isSamePerson(one, by));
      const lacksApprovers = approval.lacksApprovers === true && able.size < need;
      return countApprovals(locked, { ...approval, need, lacksApprovers, yes: [...others, by] }, at);
    });
  }

  /** Someone who declines after their own approval, in another window, doesn't know that the session goes on. */
  async function hasDecided({ requestId, number, userId, act }: Decision): Promise<boolean> {
    const since = (await requests.find(requestId))?.approvals.slice(number) ?? [];
    return since.some(({ yes, end }) => {
      const isTheirs = end?.by?.userId === userId;
      return act === 'decline' ? isTheirs && end.kind === 'declined' : isTheirs || isAmong(yes, { userId });
    });
  }

  async function judged(decision: Decision, request: SessionRequest, approval: Approval): Promise<void> {
    const { userId } = decision;
    const deciders = await deps.decidersOf(request, approval);
    if (userId === request.userId) return refuse(decision, request, 'own');
    const devinUserId = devinUserOf(await deps.resolve({ teamId: request.teamId, userId })) ?? undefined;
    if (devinUserId !== undefined && devinUserId === devinUserOf(request.identity))
      return refuse(decision, request, 'sameAccount');
    const { able, need, isSame } = deciders;
    // A decline is about the request, whatever the policy requires now, and must not start it.
    if (decision.act === 'approve') {
      if ((await deps.findLeaver(request)) !== null) return void (await moveAwaited(decision, endLeft));
      if (!isSame) return void (await moveAwaited(decision, askPolicyAgain));
      if (able.size < need) await askOthers(decision, request, deciders);
    }
    if (!able.has(userId)) return refuse(decision, request, 'notAsked');
    const name = (await deps.people.find(userId))?.name ?? userId;
    const by = { userId, name, ...(devinUserId !== undefined && { devinUserId }) };
    if (!(await decide(decision, by, deciders))) await tellTooLate(decision);
  }

  /** Unless the person did the same twice: they know. */
  async function tellTooLate(decision: Decision): Promise<void> {
    if (await hasDecided(decision)) return;
    const request = await requests.find(decision.requestId);
    const isAskedAnew =
      request !== null &&
      isOpen(request.state) &&
      request.approvals[decision.number]?.end?.kind === 'changed';
    await tell(decision, isAskedAnew ? 'busy' : 'over');
  }

  async function expire({ id: requestId, approvals }: SessionRequest): Promise<void> {
    await moveAwaited({ requestId, number: approvals.length - 1 }, (locked, approval, at) =>
      endUnapproved(locked, approval, { kind: 'expired', by: null, reason: null, ...at }),
    );
  }

  return {
    async settle(decision: Decision): Promise<void> {
      const request = await requests.find(decision.requestId);
      const approval = request === null ? null : decidable(request, decision);
      // Its message shows what became of it; a reason that was typed is lost.
      if (request === null || approval === null)
        return decision.act === 'decline' ? tellTooLate(decision) : undefined;
      // Its time may have passed before the sweep noticed.
      if (await requests.hasExpired(request.id)) {
        await expire(request);
        return tell(decision, 'expired');
      }
      try {
        await judged(decision, request, approval);
      } catch (error) {
        // Slack says who can approve, and Devin who the person is. They can press again.
        const trouble = lookupTrouble(error);
        const isSlack = trouble.kind === 'wait' && trouble.waiting === 'slack';
        await tell(decision, isSlack ? 'busy' : 'notLookedUp');
      }
    },

    async expire({ requestId }: Jobs['expire-approval']): Promise<void> {
      const request = await requests.find(requestId);
      if (request !== null && (await requests.hasExpired(requestId))) await expire(request);
    },
  };
}

/** The approval that this decides. A decline counts even if the policy has asked for another approval since. */
function decidable(
  request: SessionRequest,
  { number, act }: { number: number; act?: Decision['act'] },
): Approval | null {
  return act === 'decline' ? awaitedSince(request, number) : awaited(request, number);
}
