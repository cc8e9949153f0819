import {
  type Next,
  adopt,
  ended,
  expireApproval,
  findOne,
  moveLocked,
  notApproved,
} from '../create/index.ts';
import {
  type Approval,
  type Voter,
  awaited,
  isAmong,
  isSamePerson,
  withApproval,
  withEnd,
} from '../session/approval.ts';
import { devinUserOf } from '../session/identity.ts';
import { PENDING_STATES, type RequestState } from '../session/request.ts';
import { RefusedError } from '../slack/authority.ts';
import { userMessage } from '../slack/views/notices.ts';
import { escape } from '../slack/views/text.ts';
import { refusedTo } from '../store/audit.ts';
import type { SessionRequest } from '../store/requests.ts';
import type { ActContext, ActOf, Doing, ActAnswer } from './context.ts';

type DecisionAct = ActOf<'approve' | 'decline'>;
type Deciding = Doing<DecisionAct, SessionRequest>;

/** Approvers, requester and owners can decline. */
export async function mayDecline(c: ActContext, decision: DecisionAct, request: SessionRequest) {
  await refuseIfOver(c, decision, request);
  if (!(await c.mayEnd(request, decision.userId))) await forbid(c, request, { decision, why: 'not-asked' });
}

/** Only those who were asked can approve; never the requester, nor who is the same member in Devin. */
export async function mayApprove(c: ActContext, decision: DecisionAct, request: SessionRequest) {
  const approval = awaited(request, decision.number);
  // The message shows what became of it, and an act can run twice.
  if (approval === null) return;
  await refuseIfOver(c, decision, request);
  const by = await voterOf(c, request, decision.userId);
  const requester = { userId: request.userId, devinUserId: devinUserOf(request.identity) ?? undefined };
  if (isSamePerson(by, requester)) await forbid(c, request, { decision, why: 'own' });
  if (!isAmong(approval.people, by)) await forbid(c, request, { decision, why: 'not-asked' });
}

/** Nobody can decide any more. */
async function refuseIfOver(c: ActContext, { number, userId }: DecisionAct, request: SessionRequest) {
  if (awaited(request, number) === null || (await expireApproval(c, request.id)))
    throw new RefusedError((await c.textFor(userId)).approval.refused.over);
}

/** The refusal is recorded. */
async function forbid(
  { store: { audit }, textFor }: ActContext,
  request: SessionRequest,
  { decision: { userId }, why }: { decision: DecisionAct; why: 'own' | 'not-asked' },
): Promise<never> {
  await audit.record(refusedTo(userId, request, `approval:${why}`));
  throw new RefusedError((await textFor(userId)).approval.refused[why]);
}

export async function decline(c: ActContext, { act, subject: request }: Deciding): Promise<ActAnswer> {
  const { id, sealed } = act.answerTo;
  const by = await voterOf(c, request, act.userId);
  const reason = c.store.envelopes.open(id, sealed)?.reason ?? null;
  const isDone = await moveAwaited(c, act, (locked, approval) =>
    ended(locked, { ...notApproved(approval, 'declined'), by, reason }, c.tuning.now()),
  );
  if (isDone) return [];
  throw new RefusedError((await c.textFor(act.userId)).approval.refused.over);
}

/** The row is locked while approvals are counted, so that only one ends it. */
export async function approve(c: ActContext, { act, subject: request }: Deciding): Promise<ActAnswer> {
  const approval = awaited(request, act.number);
  if (approval === null) return [];
  const given = { by: await voterOf(c, request, act.userId), atMs: c.tuning.now() };
  const verdict = await c.gate.judge({ ...request, ...approvedBy(request, approval, given) });
  // What passes, such as a budget that is full today, ends no approval.
  if (verdict.kind === 'refused') {
    const text = await c.textFor(act.userId);
    throw new RefusedError(text.approval.refused.notNow, escape(userMessage(verdict.failure, text)));
  }
  await moveAwaited(c, act, (locked, pending) =>
    verdict.kind === 'changed'
      ? ended(locked, notApproved(pending, verdict.end), given.atMs)
      : counted(locked, pending, given),
  );
  return [];
}

type Vote = { by: Voter; atMs: number };

/** The approvals with this person's, as if that were enough. */
function approvedBy({ approvals, approved }: SessionRequest, approval: Approval, { by, atMs }: Vote) {
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
function counted(locked: SessionRequest, approval: Approval, given: Vote): Next | null {
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
  c: ActContext,
  { requestId, number }: DecisionAct,
  plan: (locked: SessionRequest, approval: Approval) => Next | null,
): Promise<boolean> {
  return moveLocked(c, requestId, (locked) => {
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

type Resume = ActOf<'try-again' | 'start-now' | 'check-again' | 'start-anyway'>;

const UNSENT: ReadonlySet<RequestState> = new Set(PENDING_STATES.filter((state) => state !== 'sending'));

/** Cancels a request, unless it is sent: the POST wins. */
export async function cancel(
  c: ActContext,
  { act: { userId }, subject: request }: Doing<ActOf<'cancel'>, SessionRequest>,
): Promise<ActAnswer> {
  const failure = { kind: 'cancelled', userId } as const;
  const by = { userId, name: userId };
  const end = { kind: 'canceled', by, reason: null, atMs: c.tuning.now() } as const;
  const isCanceled = await moveLocked(c, request.id, ({ state, approvals }) => {
    if (!UNSENT.has(state)) return null;
    const changes = { failure, approvals: withEnd(approvals, end) };
    return { to: 'failed', changes, outcome: userId !== request.userId };
  });
  if (isCanceled || request.failure?.kind === 'cancelled') return [];
  throw new RefusedError((await c.textFor(userId)).steering.sentAlready);
}

/** `shownIn`: the states in which a request's card shows the button. */
const RESUMES: Record<
  Resume['kind'],
  {
    shownIn: readonly RequestState[];
    run: (c: ActContext, request: SessionRequest) => Promise<unknown>;
  }
> = {
  'try-again': {
    shownIn: ['failed', 'refused'],
    run: async (c, request) =>
      restart(c, request, { to: 'accepted', changes: { sentAt: null, uploads: null } }),
  },
  'start-now': {
    shownIn: ['held'],
    run: async (c, { id }) => moveLocked(c, id, ({ state }) => (state === 'held' ? { to: 'ready' } : null)),
  },
  'check-again': { shownIn: ['unknown'], run: check },
  // What was sent before is searched for once more before it is sent.
  'start-anyway': { shownIn: ['unknown'], run: async (c, request) => restart(c, request, { to: 'ready' }) },
};

/** An act can run twice; another attempt has buttons of its own. */
export async function resume(
  c: ActContext,
  { act: { kind, resumedAtMs }, subject: request }: Doing<Resume, SessionRequest>,
): Promise<ActAnswer> {
  const { shownIn, run } = RESUMES[kind];
  if (attemptOf(request) === resumedAtMs && shownIn.includes(request.state)) await run(c, request);
  return [];
}

/** Not if it was restarted meanwhile, and ended again: people press twice. */
async function restart(c: ActContext, request: SessionRequest, { to, changes }: Next): Promise<void> {
  const { id, state, userId } = request;
  const { taskDeleted } = (await c.textFor(userId)).notices;
  const resumedAt = new Date(c.tuning.now());
  // An approval is for one session; another one needs its own, for what there is by then.
  const anew = { checkedAt: null, failure: null, approved: [], material: null, resumedAt };
  await moveLocked(c, id, (locked) => {
    if (locked.state !== state || attemptOf(locked) !== attemptOf(request)) return null;
    // What retention left of it would be sent without its task.
    if (locked.draft.values.prompt === undefined) throw new RefusedError(taskDeleted);
    return { to, changes: { ...anew, ...changes } };
  });
}

/** Searches once. The person who pressed is the one who asked for it. */
async function check(c: ActContext, request: SessionRequest): Promise<void> {
  const snapshot = await findOne(c, request);
  const changes = { checkedAt: new Date(c.tuning.now()) };
  if (snapshot !== null) await adopt(c, request, { snapshot, asked: true });
  else await moveLocked(c, request.id, ({ state }) => (state === 'unknown' ? { to: state, changes } : null));
}

/** When a person last restarted it, in ms; null: it is the first attempt. */
const attemptOf = ({ resumedAt }: SessionRequest): number | null => resumedAt?.getTime() ?? null;
