import { ended, expireApproval, notApproved, type Next } from '../create/index.ts';
import {
  awaited,
  isAmong,
  isSamePerson,
  withApproval,
  type Approval,
  type Voter,
} from '../session/approval.ts';
import { devinUserOf } from '../session/identity.ts';
import { userMessage } from '../slack/views/failures.ts';
import { escape } from '../slack/views/text.ts';
import { subjectOf } from '../store/audit.ts';
import type { SessionRequest } from '../store/request-row.ts';
import type { Text } from '../text/index.ts';
import { done, notDone, type ActContext, type ActOf, type Doing, type Outcome } from './context.ts';

type Decision = ActOf<'approve' | 'decline'>;
type Deciding = Doing<Decision, SessionRequest>;

/** Approvers, requester and owners can decline. */
export async function mayDecline(c: ActContext, decision: Decision, request: SessionRequest) {
  const over = await overRefusal(c, decision, request);
  if (over !== null || (await c.mayEnd(request, decision.userId))) return over;
  return forbid(c, request, { decision, why: 'notAsked' });
}

/** Only those who were asked can approve; never the requester, nor who is the same member in Devin. */
export async function mayApprove(c: ActContext, decision: Decision, request: SessionRequest) {
  const approval = awaited(request, decision.number);
  // The message shows what became of it, and an act can run twice.
  if (approval === null) return null;
  const over = await overRefusal(c, decision, request);
  if (over !== null) return over;
  if (decision.userId === request.userId) return forbid(c, request, { decision, why: 'own' });
  const by = await voterOf(c, request, decision.userId);
  if (by.devinUserId !== undefined && by.devinUserId === devinUserOf(request.identity))
    return forbid(c, request, { decision, why: 'sameAccount' });
  return isAmong(approval.people, by) ? null : forbid(c, request, { decision, why: 'notAsked' });
}

/** Nobody can decide any more; null: they can. */
async function overRefusal(c: ActContext, { number, userId }: Decision, request: SessionRequest) {
  const isOver = awaited(request, number) === null;
  if (!isOver && !(await expireApproval(c, request.id))) return null;
  return (await c.slack.textFor(userId)).approval.refused[isOver ? 'over' : 'expired'];
}

/** The refusal is recorded. */
async function forbid(
  { store: { audit }, slack }: ActContext,
  request: SessionRequest,
  {
    decision: { userId },
    why,
  }: { decision: Decision; why: Exclude<keyof Text['approval']['refused'], 'over' | 'expired' | 'notNow'> },
): Promise<string> {
  const result = why === 'notAsked' ? 'approval:not-asked' : 'approval:own';
  await audit.record({ ...subjectOf(request), kind: 'refusal', userId, devinUserId: null, result });
  return (await slack.textFor(userId)).approval.refused[why];
}

export async function decline(c: ActContext, { act, subject: request }: Deciding): Promise<Outcome> {
  const { id, sealed } = act.answerTo;
  const by = await voterOf(c, request, act.userId);
  const reason = c.store.envelopes.open(id, sealed)?.reason ?? null;
  const isDone = await moveAwaited(c, act, (locked, approval) =>
    ended(locked, { ...notApproved(approval, 'declined'), by, reason }, c.now()),
  );
  return isDone ? done() : notDone((await c.slack.textFor(act.userId)).approval.refused.over);
}

/** The row is locked while approvals are counted, so that only one ends it. */
export async function approve(c: ActContext, { act, subject: request }: Deciding): Promise<Outcome> {
  const approval = awaited(request, act.number);
  if (approval === null) return done();
  const given = { by: await voterOf(c, request, act.userId), atMs: c.now() };
  const verdict = await c.gate.judge({ ...request, ...approvedBy(request, approval, given) });
  // What passes, such as a budget that is full today, ends no approval.
  if (verdict.kind === 'refused') {
    const text = await c.slack.textFor(act.userId);
    return notDone(text.approval.refused.notNow, escape(userMessage(verdict.failure, text)));
  }
  await moveAwaited(c, act, (locked, pending) =>
    verdict.kind === 'changed'
      ? ended(locked, notApproved(pending, verdict.end), given.atMs)
      : counted(locked, pending, given),
  );
  return done();
}

type Given = { by: Voter; atMs: number };

/** The approvals with this person's, as if that were enough. */
function approvedBy({ approvals, approved }: SessionRequest, approval: Approval, { by, atMs }: Given) {
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
function counted(locked: SessionRequest, approval: Approval, given: Given): Next | null {
  const yes = withYes(approval, given.by);
  if (isAmong(approval.yes, given.by)) return null;
  if (yes.length >= approval.need) {
    const changes = { ...approvedBy(locked, approval, given), resumedAt: new Date(given.atMs) };
    return { to: 'ready', changes };
  }
  const approvals = withApproval(locked.approvals, approval, { ...approval, yes });
  return { to: 'awaiting-approval', changes: { approvals } };
}

/** Moves the request as the approval under the lock demands; false: it no longer waits for that. */
async function moveAwaited(
  { moveLocked }: ActContext,
  { requestId, number }: Decision,
  plan: (locked: SessionRequest, approval: Approval) => Next | null,
): Promise<boolean> {
  return moveLocked(requestId, (locked) => {
    const approval = awaited(locked, number);
    return approval === null ? null : plan(locked, approval);
  });
}

async function voterOf(
  { slack, resolve }: ActContext,
  { teamId }: SessionRequest,
  userId: string,
): Promise<Voter> {
  const [person, identity] = await Promise.all([slack.people.find(userId), resolve({ teamId, userId })]);
  const devinUserId = devinUserOf(identity);
  return { userId, name: person?.name ?? userId, ...(devinUserId !== null && { devinUserId }) };
}
