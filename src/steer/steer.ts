import type { Kysely, Transaction } from 'kysely';
import type { MoveReply } from '../converse/index.ts';
import { DevinError, isOutcomeUnknown } from '../devin/errors.ts';
import type { AnswerTo, Enqueue, Jobs, SearchUntilFound, SteeringVerb } from '../queue/index.ts';
import { isDoneAlready } from '../session/lifecycle.ts';
import { isClosed, type SessionSnapshot } from '../session/snapshot.ts';
import type { Ending } from '../slack/authority.ts';
import { doneAlready } from '../slack/blocks/notices.ts';
import { linkedTitle } from '../slack/blocks/session-card.ts';
import { cardView } from '../slack/card-view.ts';
import type { Notifier } from '../slack/tell-later.ts';
import type { TextFor } from '../slack/text-for.ts';
import { appendAudit } from '../store/audit.ts';
import type { Cards } from '../store/cards.ts';
import type { SessionRequest } from '../store/request-row.ts';
import { findFollowed, type Followed, type Requests } from '../store/requests.ts';
import type { SessionRow, Sessions } from '../store/sessions.ts';
import type { Tables } from '../store/tables.ts';
import type { Text } from '../text/index.ts';
import { notDone, type Refusal } from './outcome.ts';

/** Devin's answer is recorded right after and redraws the card at once, unless it changed nothing. */
const CREDIT_WAIT_MS = 500;

type Options = { signal: AbortSignal };
type OnSession = (sessionId: string, options: Options) => Promise<SessionSnapshot>;

type SteerDeps = {
  db: Kysely<Tables>;
  requests: Pick<Requests, 'find'>;
  cards: Pick<Cards, 'markStale'>;
  sessions: Pick<Sessions, 'find' | 'lock' | 'change'>;
  moveReply: MoveReply;
  steeringRefusal: Refusal<SessionRequest>;
  endingRefusal: Refusal<Ending>;
  devin: Record<Call['call'] | 'get', OnSession>;
  enqueue: Enqueue;
  /** Records what Devin answered, and updates the card. */
  recordAnswer: (snapshot: SessionSnapshot) => Promise<unknown>;
  notifier: Notifier;
  searchUntilFound: SearchUntilFound;
  textFor: TextFor;
  now: () => number;
};

type SteerJob = Jobs['steer'];

type Call = { call: 'terminate' | 'archive' | 'unarchive'; isDone: (snapshot: SessionSnapshot) => boolean };

/** What Devin is asked for each, in order. It puts a session to sleep only by archiving it, and keeps it in the archive. */
const CALLS: Record<SteeringVerb, readonly [Call, ...Call[]]> = {
  stop: [{ call: 'terminate', isDone: isClosed }],
  archive: [{ call: 'archive', isDone: ({ isArchived }) => isArchived }],
  sleep: [
    { call: 'archive', isDone: ({ status }) => status === 'suspended' },
    { call: 'unarchive', isDone: ({ isArchived }) => !isArchived },
  ],
};

type Outcome =
  | { kind: 'done'; snapshot: SessionSnapshot }
  /** `unknown`: Devin's answer was lost, and the session isn't seen that way. */
  | { kind: 'not-done' | 'unknown'; sentences: string[] };

/** Stops, archives or puts to sleep. Each can be done twice without harm, so a job may run twice. */
export function createSteerer(deps: SteerDeps) {
  const { notifier, textFor } = deps;

  async function steer(job: SteerJob, followed: Followed, signal: AbortSignal): Promise<void> {
    const { userId, what } = job;
    const answerTo = job.answerTo ?? inThread(followed.session);
    const refusal = await refusalOf(deps, followed, job);
    if (refusal !== null) {
      await notifier.notifyMarkup(userId, answerTo, refusal);
      return unmarkReply(deps, job);
    }
    if (await toldDone(deps, followed, { ...job, answerTo })) return unmarkReply(deps, job);
    const stopper = stopperOf(deps, job);
    await stopper.note();
    const outcome = await act(deps, job, signal);
    if (outcome.kind !== 'done') {
      await stopper.takeBack();
      if (outcome.kind === 'unknown')
        await deps.db
          .transaction()
          .execute(async (trx) => audit(trx, followed, { ...job, result: 'unknown' }));
      await notifier.notify(userId, answerTo, ...outcome.sentences);
      return unmarkReply(deps, job);
    }
    await record(deps, { followed, what, userId, snapshot: outcome.snapshot });
    await markReply(deps, job);
    if (!answerTo.always) return;
    const text = await textFor(userId);
    const name = linkedTitle(cardView({ ...followed, nowMs: deps.now() }, text), text);
    await notifier.notifyMarkup(userId, answerTo, text.steering.done[what](name));
  }

  return async (job: SteerJob, signal: AbortSignal): Promise<void> => {
    const followed = await findFollowed(deps, job.sessionId);
    if (followed !== null) await steer(job, followed, signal);
  };
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
  { notifier, textFor, now }: SteerDeps,
  { request, session }: Followed,
  { what, userId, answerTo }: SteerJob & { answerTo: AnswerTo },
): Promise<boolean> {
  const by = what === 'archive' ? session.archivedBy : session.stoppedBy;
  if (by === userId || !isDoneAlready(what, session)) return false;
  const text = await textFor(userId);
  const card = cardView({ request, session, nowMs: now() }, text);
  const name = linkedTitle(card, text);
  const sentence = doneAlready(what, { name, card, sinceMs: session.phaseAt.getTime() }, text);
  await notifier.notifyMarkup(userId, answerTo, sentence);
  return true;
}

/**
 * Notes who stops a session before Devin is asked, so that its end isn't announced even if Devin's answer is late. Takes it
 * back if Devin then shows the session as it was, or can't be asked: nobody is named for an end that may have other causes.
 * Another person's note stays: their Stop may still be done.
 */
function stopperOf({ db, sessions }: SteerDeps, { what, sessionId, userId }: SteerJob) {
  const replace = async (before: string | null, stoppedBy: string | null): Promise<void> => {
    if (what !== 'stop') return;
    await db.transaction().execute(async (trx) => {
      const current = await sessions.lock(sessionId, trx);
      // Once it's over, whether that was announced depended on who was noted then.
      if (current !== null && current.stoppedBy === before && !isClosed(current.snapshot))
        await sessions.change(sessionId, { stoppedBy }, trx);
    });
  };
  return { note: async () => replace(null, userId), takeBack: async () => replace(userId, null) };
}

async function act(deps: SteerDeps, job: SteerJob, signal: AbortSignal): Promise<Outcome> {
  const [first, ...others] = CALLS[job.what];
  let outcome = await attempt(deps, { ...job, ...first }, signal);
  for (const call of others)
    if (outcome.kind === 'done') outcome = await attempt(deps, { ...job, ...call }, signal);
  return outcome;
}

type Attempt = SteerJob & Call;

async function attempt(
  deps: SteerDeps,
  { sessionId, what, call, isDone, userId }: Attempt,
  signal: AbortSignal,
): Promise<Outcome> {
  const { devin, textFor } = deps;
  try {
    return { kind: 'done', snapshot: await devin[call](sessionId, { signal }) };
  } catch (error) {
    signal.throwIfAborted();
    const mayBeDone = isOutcomeUnknown(error) || (error instanceof DevinError && error.code === 'conflict');
    const snapshot = mayBeDone ? await lookFor(deps, { sessionId, isDone }, signal) : null;
    if (snapshot !== null) return { kind: 'done', snapshot };
    const text = await textFor(userId);
    if (isOutcomeUnknown(error)) return { kind: 'unknown', sentences: [text.devin.unknownAction] };
    return { kind: 'not-done', sentences: [text.steering.notDone[what], whyNotDone(error, text)] };
  }
}

/** The id of a session that was known here isn't mistyped. */
function whyNotDone(error: unknown, text: Text): string {
  const isGone = error instanceof DevinError && error.code === 'not-found';
  return isGone ? text.thread.gone(error.facts.detail) : notDone(error, text);
}

/** The session, if it was done although the answer was lost; null: it isn't seen that way, or Devin couldn't be asked. */
async function lookFor(
  { devin, searchUntilFound }: SteerDeps,
  { sessionId, isDone }: Pick<Attempt, 'sessionId' | 'isDone'>,
  signal: AbortSignal,
): Promise<SessionSnapshot | null> {
  return searchUntilFound(async () => {
    const snapshot = await devin.get(sessionId, { signal });
    return isDone(snapshot) ? snapshot : null;
  }, signal);
}

type Steered = { followed: Followed; what: SteeringVerb; userId: string; snapshot: SessionSnapshot };

/** First who did it, so that the card never shows an end without a name. */
async function record(
  { db, sessions, cards, enqueue, recordAnswer }: SteerDeps,
  { followed: { request, session }, what, userId, snapshot }: Steered,
): Promise<void> {
  const { id } = request;
  const { sessionId } = session;
  const credit = {
    stop: { stoppedBy: userId },
    archive: { archivedBy: userId },
    sleep: {},
  }[what];
  await db.transaction().execute(async (trx) => {
    await sessions.change(sessionId, credit, trx);
    await cards.markStale(id, trx);
    await enqueue('update-card', { requestId: id }, { trx, startAfterMs: CREDIT_WAIT_MS });
    await audit(trx, { request, session }, { what, userId, result: 'done' });
  });
  await recordAnswer(snapshot);
  // Replies that still wait fail, and their authors hear of it.
  if (what === 'stop') await enqueue('relay-to-devin', { sessionId });
}

type Result = { what: SteeringVerb; userId: string; result: 'done' | 'unknown' };

/** Without a Devin member: only the app's service user can do these. */
async function audit(
  trx: Transaction<Tables>,
  { session: { sessionId, requestId, channelId } }: Followed,
  { what: kind, userId, result }: Result,
): Promise<void> {
  await appendAudit([{ kind, userId, channelId, requestId, sessionId, result }], trx);
}

function inThread(session: SessionRow): AnswerTo {
  const { sessionId: id, channelId, threadTs } = session;
  return { id, channelId, threadTs: threadTs === '' ? null : threadTs, sealed: null, always: false };
}
