import { sentSince, type Next } from '../create/index.ts';
import { DevinError } from '../devin/errors.ts';
import { PENDING_STATES, type RequestState } from '../session/request.ts';
import type { SessionRequest } from '../store/request-row.ts';
import { done, notDone, type ActContext, type ActOf, type Doing, type Outcome } from './context.ts';

type Cancel = ActOf<'cancel'>;
type Resume = ActOf<'try-again' | 'start-now' | 'check-again' | 'start-anyway'>;

const UNSENT: ReadonlySet<RequestState> = new Set(PENDING_STATES.filter((state) => state !== 'sending'));

export async function mayCancel({ authority }: ActContext, { userId }: Cancel, request: SessionRequest) {
  return authority.cancelingRefusal(request, userId);
}

/** Cancels a request, unless it is sent: the POST wins. */
export async function cancel(
  { moveLocked, slack }: ActContext,
  { act: { userId, messageDeleted = false }, subject: request }: Doing<Cancel, SessionRequest>,
): Promise<Outcome> {
  const changes = { failure: { kind: 'cancelled', userId } } as const;
  // A person who pressed Cancel on their own knows; one who deleted the message with the task may not.
  const tell = messageDeleted ? ({ tell: 'message-deleted' } as const) : {};
  const isCanceled = await moveLocked(request.id, ({ state }) =>
    UNSENT.has(state) ? { to: 'failed', changes, outcome: userId !== request.userId, ...tell } : null,
  );
  if (isCanceled || request.failure?.kind === 'cancelled') return done();
  return notDone((await slack.textFor(userId)).steering.sentAlready);
}

/** Only the requester may do what costs money. */
export async function mayResume({ slack }: ActContext, { userId }: Resume, request: SessionRequest) {
  if (request.userId === userId) return null;
  return (await slack.textFor(userId)).notices.notYourButton(request.userId);
}

/** The states in which a request's card shows each button. */
const SHOWN_IN: Record<Resume['kind'], readonly RequestState[]> = {
  'try-again': ['failed', 'refused'],
  'start-now': ['held'],
  'check-again': ['unknown'],
  'start-anyway': ['unknown'],
};

/** An act can run twice; another attempt has buttons of its own. */
export async function resume(
  c: ActContext,
  { act: { kind, resumedAtMs }, subject: request }: Doing<Resume, SessionRequest>,
): Promise<Outcome> {
  if (attemptOf(request) !== resumedAtMs || !SHOWN_IN[kind].includes(request.state)) return done();
  switch (kind) {
    case 'try-again':
      await restart(c, request, { to: 'accepted', changes: { sentAt: null, uploads: null } });
      break;
    case 'start-now':
      await c.moveLocked(request.id, ({ state }) => (state === 'held' ? { to: 'ready' } : null));
      break;
    case 'check-again':
      await check(c, request);
      break;
    case 'start-anyway':
      // What was sent before is searched for once more before it is sent.
      await restart(c, request, { to: 'ready', changes: { sentAt: sentSince(request) } });
  }
  return done();
}

/** Not if it was restarted meanwhile, and ended again: people press twice. */
async function restart(
  { moveLocked, enqueue, now }: ActContext,
  request: SessionRequest,
  { to, changes }: Next,
): Promise<void> {
  const { id, state } = request;
  let isDeleted = false;
  const resumedAt = new Date(now());
  // An approval is for one session; another one needs its own, for what there is by then.
  const anew = { checkedAt: null, failure: null, approved: [], material: null, resumedAt };
  await moveLocked(id, (locked) => {
    if (locked.state !== state || attemptOf(locked) !== attemptOf(request)) return null;
    // What retention left of it would be sent without its task.
    isDeleted = locked.draft.values.prompt === undefined;
    return isDeleted ? null : { to, changes: { ...anew, ...changes } };
  });
  if (isDeleted) await enqueue('tell-person', { requestId: id, notice: 'task-deleted' });
}

/** Searches once. The person who pressed is the one who asked for it. */
async function check(
  { findSession, adopt, moveLocked, enqueue, now }: ActContext,
  request: SessionRequest,
): Promise<void> {
  try {
    const snapshot = await findSession(request);
    if (snapshot !== null) return void (await adopt(request, { snapshot, asked: true }));
    const changes = { checkedAt: new Date(now()) };
    await moveLocked(request.id, ({ state }) => (state === 'unknown' ? { to: state, changes } : null));
  } catch (error) {
    if (!(error instanceof DevinError)) throw error;
    await enqueue('tell-person', { requestId: request.id, notice: 'not-checked' });
  }
}

/** When a person last restarted it, in ms; null: it is the first attempt. */
const attemptOf = ({ resumedAt }: SessionRequest): number | null => resumedAt?.getTime() ?? null;
