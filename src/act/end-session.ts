import { DevinError, isOutcomeUnknown } from '../devin/errors.ts';
import { isDoneAlready } from '../session/lifecycle.ts';
import { isClosed, type SessionSnapshot } from '../session/snapshot.ts';
import { cardView } from '../slack/card-view.ts';
import { actionMessage } from '../slack/views/failures.ts';
import { doneAlready } from '../slack/views/notices.ts';
import { linkedTitle } from '../slack/views/session-card.ts';
import { escape } from '../slack/views/text.ts';
import { appendAudit, type AuditEntry } from '../store/audit.ts';
import type { Followed } from '../store/requests.ts';
import { cardKey } from '../store/shown.ts';
import { done, notDone, type ActContext, type ActOf, type Doing, type Outcome } from './context.ts';

type Ending = ActOf<'stop' | 'archive' | 'sleep'>;
type EndingSession = Doing<Ending, Followed>;
type Call = { call: 'terminate' | 'archive' | 'unarchive'; isDone: (snapshot: SessionSnapshot) => boolean };

/** What Devin is asked for each, in order. It puts a session to sleep only by archiving it, and keeps it in the archive. */
const CALLS: Record<Ending['kind'], readonly [Call, ...Call[]]> = {
  stop: [{ call: 'terminate', isDone: isClosed }],
  archive: [{ call: 'archive', isDone: ({ isArchived }) => isArchived }],
  sleep: [
    { call: 'archive', isDone: ({ status }) => status === 'suspended' },
    { call: 'unarchive', isDone: ({ isArchived }) => !isArchived },
  ],
};

/** Where the card finds who did it. A session at rest can be woken, so who put it there isn't kept. */
const DONE_BY = { stop: 'stoppedBy', archive: 'archivedBy', sleep: null } as const;

/** Devin's answer is recorded right after, and redraws the card, unless it changes nothing. */
const REDRAW_AFTER_MS = 500;

export async function mayEndSession({ authority }: ActContext, act: Ending, followed: Followed) {
  // Who writes in the thread is in its conversation.
  return act.messageTs === undefined
    ? authority.endingRefusal(followed, act.userId)
    : authority.steeringRefusal(followed.request, act.userId);
}

/** Stops, archives or puts to sleep. Devin can be asked twice without harm. */
export async function endSession(c: ActContext, doing: EndingSession): Promise<Outcome> {
  const { act, subject: followed, signal } = doing;
  const { kind, userId } = act;
  const text = await c.slack.textFor(userId);
  const card = cardView({ ...followed, nowMs: c.now() }, text);
  const name = linkedTitle(card, text);
  if (isDoneAlready(kind, followed.session))
    return notDone(doneAlready({ name, card, sinceMs: followed.session.phaseAt.getTime() }, text));
  const [first, ...others] = CALLS[kind];
  let ended: SessionSnapshot | null;
  try {
    ended = await ask(c, doing, first);
    for (const call of others) if (ended !== null) ended = await ask(c, doing, call);
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof DevinError)) throw error;
    // The id of a session that was known here isn't mistyped.
    const why =
      error.code === 'not-found'
        ? text.thread.gone(error.facts.detail)
        : actionMessage({ kind: 'devin', ...error.facts }, text);
    return notDone(text.steering.notDone(name, text.steering.acts[kind]), escape(why));
  }
  await record(c, doing, ended);
  return ended === null
    ? notDone(text.steering.lost(name, text.steering.acts[kind]), text.steering.lostNow)
    : done(text.steering.done(name, text.steering.acts[kind]));
}

/** The session as Devin has it then; null: its answer was lost, and the session isn't seen that way. */
async function ask(
  { devin, searchUntilFound }: ActContext,
  { subject, signal }: EndingSession,
  { call, isDone }: Call,
): Promise<SessionSnapshot | null> {
  const { sessionId } = subject.session;
  try {
    return await devin.sessions[call](sessionId, { signal });
  } catch (error) {
    signal.throwIfAborted();
    const isLost = isOutcomeUnknown(error);
    if (!isLost && !(error instanceof DevinError && error.code === 'conflict')) throw error;
    const found = await searchUntilFound(async () => {
      const snapshot = await devin.sessions.get(sessionId, { signal });
      return isDone(snapshot) ? snapshot : null;
    }, signal);
    if (found === null && !isLost) throw error;
    return found;
  }
}

/** First who did it, so that the card never shows an end without a name. `ended`: null: nobody knows whether it was done. */
async function record(c: ActContext, { act, subject }: EndingSession, ended: SessionSnapshot | null) {
  const { kind, userId } = act;
  const { sessionId, requestId, channelId } = subject.session;
  const doneBy = DONE_BY[kind];
  // Without a Devin member: only the app's service user can do these.
  const entry: AuditEntry = {
    kind,
    userId,
    channelId,
    requestId,
    sessionId,
    result: ended ? 'done' : 'unknown',
  };
  await c.store.db.transaction().execute(async (trx) => {
    if (ended !== null) {
      if (doneBy !== null) await c.store.sessions.change(sessionId, { [doneBy]: userId }, trx);
      await c.enqueue('show', { key: cardKey(requestId) }, { trx, startAfterMs: REDRAW_AFTER_MS });
    }
    await appendAudit([entry], trx);
  });
  if (ended !== null) await c.recordAnswer(subject.session, ended);
  // Replies that still wait fail, and their authors hear of it.
  if (ended !== null && kind === 'stop') await c.enqueue('relay-to-devin', { sessionId });
}
