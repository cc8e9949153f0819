import type { Transaction } from 'kysely';
import type { moveReply } from '../converse/index.ts';
import { DevinError } from '../devin/errors.ts';
import type { AnswerTo, Enqueue, Jobs, SteeringVerb } from '../queue/index.ts';
import { isDoneAlready, STANDING } from '../session/lifecycle.ts';
import { endedByKey } from '../session/milestones.ts';
import type { SessionSnapshot } from '../session/snapshot.ts';
import type { Ending } from '../slack/authority.ts';
import { cardView } from '../slack/card-view.ts';
import type { TextFor } from '../slack/edge/text-for.ts';
import type { Notifier } from '../slack/tell-later.ts';
import { doneAlready } from '../slack/views/notices.ts';
import { linkedTitle } from '../slack/views/session-card.ts';
import { escape } from '../slack/views/text.ts';
import { appendAudit } from '../store/audit.ts';
import type { SessionRequest } from '../store/request-row.ts';
import { findFollowed, type Followed } from '../store/requests.ts';
import type { SessionRow } from '../store/sessions.ts';
import { cardKey } from '../store/shown.ts';
import type { StoreParts } from '../store/store.ts';
import type { Tables } from '../store/tables.ts';
import type { Text } from '../text/index.ts';
import { once } from '../time.ts';
import { askDevin, type AskDeps } from './ask-devin.ts';
import { notDone, type Refusal } from './outcome.ts';

/** Devin's answer is recorded right after and redraws the card at once, unless it changed nothing. */
const CREDIT_WAIT_MS = 500;

/** Where who did it is kept. */
const CREDITS = { stop: 'stoppedBy', archive: 'archivedBy', sleep: null } as const;

type SteerDeps = AskDeps & {
  store: StoreParts<{
    db: 'transaction';
    requests: 'find';
    milestones: 'add';
    sessions: 'find' | 'lock' | 'change';
  }>;
  moveReply: (step: Parameters<typeof moveReply>[1]) => Promise<unknown>;
  steeringRefusal: Refusal<SessionRequest>;
  endingRefusal: Refusal<Ending>;
  enqueue: Enqueue;
  /** Records what Devin answered, and updates the card. */
  recordAnswer: (session: SessionRow, snapshot: SessionSnapshot) => Promise<unknown>;
  notifier: Notifier;
  textFor: TextFor;
  now: () => number;
};

type SteerJob = Jobs['steer'];

/** Stops, archives or puts to sleep. Each can be done twice without harm, so a job may run twice. */
export function createSteerer(deps: SteerDeps) {
  const { notifier } = deps;

  async function steer(job: SteerJob, followed: Followed, signal: AbortSignal): Promise<void> {
    const { userId, what } = job;
    const answerTo = job.answerTo ?? inThread(followed.session);
    const refusal = await refusalOf(deps, followed, job);
    if (refusal !== null) {
      await notifier.notifyMarkup(userId, answerTo, refusal);
      return unmarkReply(deps, job);
    }
    if (await toldDone(deps, followed, { ...job, answerTo })) return unmarkReply(deps, job);
    const credit = creditOf(deps, job);
    await credit.note();
    const { text, name } = await wordsFor(deps, followed, userId);
    const tell = async (...said: string[]) => notifier.notifyMarkup(userId, answerTo, ...said);
    // Early: the search for what a lost answer left takes half a minute, and more if Devin didn't answer at all.
    const tellLost = once(async () => tell(text.steering.lost[what](name), text.steering.lostNow));
    const outcome = await askDevin(deps, { ...job, tellLost }, signal);
    if (outcome.kind === 'done') {
      await record(deps, { followed, what, userId, snapshot: outcome.snapshot });
      await markReply(deps, job);
      return answerTo.always ? tell(text.steering.done[what](name)) : undefined;
    }
    await credit.takeBack();
    if (outcome.kind === 'unknown') {
      await deps.store.db
        .transaction()
        .execute(async (trx) => audit(trx, followed, { ...job, result: 'unknown' }));
      await tellLost();
    } else await tell(text.steering.notDone[what](name), escape(whyNotDone(outcome.error, text)));
    return unmarkReply(deps, job);
  }

  return async (job: SteerJob, signal: AbortSignal): Promise<void> => {
    const followed = await findFollowed(deps.store, job.sessionId);
    if (followed !== null) await steer(job, followed, signal);
  };
}

async function wordsFor({ textFor, now }: SteerDeps, followed: Followed, userId: string) {
  const text = await textFor(userId);
  const card = cardView({ ...followed, nowMs: now() }, text);
  return { text, card, name: linkedTitle(card, text) };
}

/** The id of a session that was known here isn't mistyped. */
function whyNotDone(error: unknown, text: Text): string {
  const isGone = error instanceof DevinError && error.code === 'not-found';
  return isGone ? text.thread.gone(error.facts.detail) : notDone(error, text);
}

async function refusalOf(
  { steeringRefusal, endingRefusal }: SteerDeps,
  followed: Followed,
  { userId, replyId }: SteerJob,
): Promise<string | null> {
  // A person who writes in the thread is in its conversation.
  return replyId === undefined ? endingRefusal(followed, userId) : steeringRefusal(followed.request, userId);
}

/** The word in the thread that asked for it gets its mark. */
async function markReply({ enqueue }: SteerDeps, { replyId }: SteerJob): Promise<void> {
  if (replyId !== undefined) await enqueue('tell-reply', { replyId });
}

/** Nothing was done: the word loses the mark that it was taken. */
async function unmarkReply({ moveReply }: SteerDeps, { replyId }: SteerJob): Promise<void> {
  if (replyId !== undefined) await moveReply({ id: replyId, from: ['delivered'], to: 'skipped' });
}

/** True: the session was that way before, and the person was told so. A second run of a job finishes the first. */
async function toldDone(
  deps: SteerDeps,
  followed: Followed,
  { what, userId, answerTo }: SteerJob & { answerTo: AnswerTo },
): Promise<boolean> {
  const { session } = followed;
  const credit = CREDITS[what];
  const isSecondRun = credit !== null && session[credit] === userId;
  if (isSecondRun || !isDoneAlready(what, session)) return false;
  const { text, name, card } = await wordsFor(deps, followed, userId);
  const sentence = doneAlready(what, { name, card, sinceMs: session.phaseAt.getTime() }, text);
  await deps.notifier.notifyMarkup(userId, answerTo, sentence);
  return true;
}

/**
 * Notes who stops or archives a session before Devin is asked, so that its end isn't announced even if Devin's answer is
 * late, and names them even if the process dies. Takes it back if Devin then shows the session as it was, or can't be asked:
 * nobody is named for an end that may have other causes. Another person's note stays: theirs may still be done.
 */
function creditOf({ store: { db, sessions } }: SteerDeps, { what, sessionId, userId }: SteerJob) {
  const replace = async (before: string | null, by: string | null): Promise<void> => {
    const column = CREDITS[what];
    if (column === null) return;
    await db.transaction().execute(async (trx) => {
      const current = await sessions.lock(sessionId, trx);
      // Once it's over, whether that was announced depended on who was noted then.
      if (current !== null && current[column] === before && !isDoneAlready(what, current))
        await sessions.change(sessionId, { [column]: by }, trx);
    });
  };
  return { note: async () => replace(null, userId), takeBack: async () => replace(userId, null) };
}

type Steered = { followed: Followed; what: SteeringVerb; userId: string; snapshot: SessionSnapshot };

/** First who did it, so that the card never shows an end without a name. If it's news to the requester, they hear of it. */
async function record(
  { store: { db, sessions, milestones }, enqueue, recordAnswer }: SteerDeps,
  { followed: { request, session }, what, userId, snapshot }: Steered,
): Promise<void> {
  const { id } = request;
  const { sessionId } = session;
  const credit = CREDITS[what];
  // If the process died before this was recorded, the end may have been seen since.
  const isSeen = session.phase === 'ended' && session.stoppedBy === userId;
  const isNews = isSeen || STANDING[session.phase] !== 'earlier';
  await db.transaction().execute(async (trx) => {
    if (credit !== null) await sessions.change(sessionId, { [credit]: userId }, trx);
    await enqueue('show', { key: cardKey(id) }, { trx, startAfterMs: CREDIT_WAIT_MS });
    // It can be woken from all else, and its card says who did it.
    if (what === 'stop' && userId !== request.userId && isNews) {
      await milestones.add(sessionId, [endedByKey(userId)], { trx });
      await enqueue('post-waiting', { sessionId }, { trx });
    }
    await audit(trx, { request, session }, { what, userId, result: 'done' });
  });
  await recordAnswer(session, snapshot);
  // Replies that still wait fail, and their authors hear of it.
  if (what === 'stop') await enqueue('relay-to-devin', { sessionId });
}

/** Without a Devin member: only the app's service user can do these. */
async function audit(
  trx: Transaction<Tables>,
  { session: { sessionId, requestId, channelId } }: Followed,
  { what: kind, userId, result }: { what: SteeringVerb; userId: string; result: 'done' | 'unknown' },
): Promise<void> {
  await appendAudit([{ kind, userId, channelId, requestId, sessionId, result }], trx);
}

function inThread(session: SessionRow): AnswerTo {
  const { sessionId: id, channelId, threadTs } = session;
  return { id, channelId, threadTs: threadTs === '' ? null : threadTs, sealed: null, always: false };
}
