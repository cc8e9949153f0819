import { endUnapproved, expireApproval, type Onward, type Transitions } from '../create/index.ts';
import { Later, lookupFailure } from '../failures.ts';
import type { ResolveIdentity } from '../identity/resolve.ts';
import type { Jobs, Queue } from '../queue/index.ts';
import {
  awaited,
  isAmong,
  isSamePerson,
  withApproval,
  type Approval,
  type Voter,
} from '../session/approval.ts';
import { devinUserOf } from '../session/identity.ts';
import type { Slack } from '../slack/edge/slack.ts';
import { createNotifier, type Notifier } from '../slack/tell-later.ts';
import { userMessage } from '../slack/views/failures.ts';
import { codeBlocks, escape } from '../slack/views/text.ts';
import { subjectOf } from '../store/audit.ts';
import type { SessionRequest } from '../store/request-row.ts';
import type { Store } from '../store/store.ts';
import type { Text } from '../text/index.ts';
import type { Gate, MayEnd } from '../trust/index.ts';

/** What approvals need. */
type ApproveContext = {
  store: Pick<Store, 'requests' | 'envelopes' | 'audit'>;
  slack: Pick<Slack, 'outbound' | 'people' | 'textFor'>;
  resolve: ResolveIdentity;
  gate: Pick<Gate, 'judge'>;
  mayEnd: MayEnd;
  transitions: Transitions;
  notifier: Notifier;
  now: () => number;
};

type Decision = Jobs['settle-approval'];
type Asked = { decision: Decision; request: SessionRequest; approval: Approval };

/** Does what approvers decide about a request. */
export function createApprovals({
  queue,
  ...needed
}: Omit<ApproveContext, 'notifier'> & { queue: Pick<Queue, 'enqueue' | 'work'> }): void {
  const { envelopes } = needed.store;
  const { outbound } = needed.slack;
  const context = { ...needed, notifier: createNotifier({ envelopes, outbound, enqueue: queue.enqueue }) };
  queue.work('settle-approval', async (decision) => settle(context, decision), { concurrency: 4 });
}

/** Does what an approver decided, if they may. The row is locked while approvals are counted, so that only one ends it. */
async function settle(context: ApproveContext, decision: Decision): Promise<void> {
  const request = await context.store.requests.find(decision.requestId);
  const approval = request === null ? null : awaited(request, decision.number);
  // The message shows what became of it; a reason that was typed is lost.
  if (request === null || approval === null)
    return decision.act === 'decline' ? refuse(context, decision, 'over') : undefined;
  if (await expireApproval(context, request.id)) return refuse(context, decision, 'expired');
  const asked = { decision, request, approval };
  try {
    await (decision.act === 'decline' ? decline(context, asked) : approve(context, asked));
  } catch (error) {
    // Slack says who can approve, and Devin who the person is. They can press again.
    const failure = lookupFailure(error);
    const isSlack = failure instanceof Later && failure.why === 'slack';
    await refuse(context, decision, isSlack ? 'busy' : 'notKnown');
  }
}

async function decline(context: ApproveContext, { decision, request }: Asked): Promise<void> {
  if (!(await context.mayEnd(request, decision.userId)))
    return forbid(context, request, decision, 'notAsked');
  const [by, reason] = [await voterOf(context, request, decision.userId), reasonIn(context, decision)];
  const isDone = await moveAwaited(context, decision, (locked, approval) =>
    endUnapproved(locked, approval, { kind: 'declined', by, reason, atMs: context.now() }),
  );
  if (!isDone) await refuse(context, decision, 'over');
}

async function approve(context: ApproveContext, { decision, request, approval }: Asked): Promise<void> {
  const { userId } = decision;
  if (userId === request.userId) return forbid(context, request, decision, 'own');
  const by = await voterOf(context, request, userId);
  if (by.devinUserId !== undefined && by.devinUserId === devinUserOf(request.identity))
    return forbid(context, request, decision, 'sameAccount');
  if (!isAmong(approval.people, by)) return forbid(context, request, decision, 'notAsked');
  const atMs = context.now();
  const verdict = await context.gate.judge({ ...request, ...approvedBy(request, approval, { by, atMs }) });
  // What passes, such as a budget that is full today, ends no approval.
  if (verdict.kind === 'refused') {
    const text = await context.slack.textFor(userId);
    const why = escape(userMessage(verdict.failure, text));
    return context.notifier.notifyMarkup(userId, decision.answerTo, text.approval.refused.notNow, why);
  }
  await moveAwaited(context, decision, (locked, pending) =>
    verdict.kind === 'changed'
      ? endUnapproved(locked, pending, { kind: verdict.end, atMs })
      : counted(locked, pending, { by, atMs }),
  );
}

type Yes = { by: Voter; atMs: number };

/** The approvals with this person's yes, as if that were enough. */
function approvedBy({ approvals, approved }: SessionRequest, approval: Approval, { by, atMs }: Yes) {
  const end = { kind: 'approved', by, reason: null, atMs } as const;
  return {
    approvals: withApproval(approvals, approval, { ...approval, yes: withYes(approval, by), end }),
    approved: [...approved, approval.rule],
  };
}

function withYes({ yes }: Approval, by: Voter): Voter[] {
  return [...yes.filter((one) => !isSamePerson(one, by)), by];
}

/** Goes on once enough people have approved it. Its time to retry starts over. null: this person did so before. */
function counted(locked: SessionRequest, approval: Approval, given: Yes): Onward | null {
  const yes = withYes(approval, given.by);
  if (isAmong(approval.yes, given.by)) return null;
  if (yes.length >= approval.need) {
    const changes = { ...approvedBy(locked, approval, given), resumedAt: new Date(given.atMs) };
    return { to: 'identified', changes, effects: { card: 'now', run: true } };
  }
  const approvals = withApproval(locked.approvals, approval, { ...approval, yes });
  return { to: 'awaiting-approval', changes: { approvals }, effects: { card: 'now' } };
}

/** Moves the request as the approval under the lock demands; false: it no longer waits for that. */
async function moveAwaited(
  { transitions }: ApproveContext,
  { requestId, number }: Decision,
  plan: (locked: SessionRequest, approval: Approval) => Onward | null,
): Promise<boolean> {
  return transitions.moveLocked(requestId, (locked) => {
    const approval = awaited(locked, number);
    return approval === null ? null : plan(locked, approval);
  });
}

async function voterOf(
  { slack, resolve }: ApproveContext,
  { teamId }: SessionRequest,
  userId: string,
): Promise<Voter> {
  const [person, identity] = await Promise.all([slack.people.find(userId), resolve({ teamId, userId })]);
  const devinUserId = devinUserOf(identity);
  return { userId, name: person?.name ?? userId, ...(devinUserId !== null && { devinUserId }) };
}

/** The person may not decide, which is recorded. */
async function forbid(
  context: ApproveContext,
  request: SessionRequest,
  decision: Decision,
  why: 'own' | 'sameAccount' | 'notAsked',
): Promise<void> {
  const { userId } = decision;
  const result = why === 'notAsked' ? 'approval:not-asked' : 'approval:own';
  await context.store.audit.record({
    ...subjectOf(request),
    kind: 'refusal',
    userId,
    devinUserId: null,
    result,
  });
  await refuse(context, decision, why);
}

/** Nothing was changed. A reason to decline is quoted: its dialog is closed. */
async function refuse(
  context: ApproveContext,
  decision: Decision,
  why: keyof Text['approval']['refused'],
): Promise<void> {
  const { userId, answerTo } = decision;
  const { approval, notices } = await context.slack.textFor(userId);
  const reason = reasonIn(context, decision);
  const quoted = reason === null ? [] : [notices.typed, ...codeBlocks(reason)];
  await context.notifier.notifyMarkup(userId, answerTo, approval.refused[why], ...quoted);
}

function reasonIn({ store: { envelopes } }: ApproveContext, { act, answerTo: { id, sealed } }: Decision) {
  return act === 'decline' ? (envelopes.open(id, sealed)?.reason ?? null) : null;
}
