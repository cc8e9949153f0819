import type { Kysely } from 'kysely';
import type { Transitions } from '../create/index.ts';
import { DevinError, isOutcomeUnknown } from '../devin/errors.ts';
import type { SessionResponse } from '../devin/schemas.ts';
import type { AnswerTo, Enqueue, Jobs, SearchUntilFound, SteeringVerb } from '../queue/index.ts';
import { PENDING_STATES } from '../session/request.ts';
import type { TextFor } from '../slack/text-for.ts';
import { appendAudit } from '../store/audit.ts';
import type { Cards } from '../store/cards.ts';
import type { Envelopes } from '../store/envelope.ts';
import type { SessionRequest } from '../store/request-row.ts';
import type { Requests } from '../store/requests.ts';
import type { SessionRow, Sessions } from '../store/sessions.ts';
import type { Tables } from '../store/tables.ts';
import type { Text } from '../text/index.ts';
import { notDone } from './outcome.ts';
import type { Answerer, SteeringRefusal } from './outcome.ts';

/** The answer is recorded right after, and shown at once; this is for when it changed nothing. */
const CREDIT_WAIT_MS = 500;

type Options = { signal: AbortSignal };
type OnSession = (sessionId: string, options: Options) => Promise<SessionResponse>;

type SteerDeps = {
  db: Kysely<Tables>;
  requests: Pick<Requests, 'find'>;
  cards: Pick<Cards, 'markStale'>;
  sessions: Pick<Sessions, 'find' | 'change'>;
  refusalOf: SteeringRefusal;
  devin: { stop: OnSession; archive: OnSession; sleep: OnSession; get: OnSession };
  enqueue: Enqueue;
  /** Writes down what Devin answered, and has it shown. */
  recordAnswer: (response: SessionResponse) => Promise<unknown>;
  answer: Answerer;
  searchUntilFound: SearchUntilFound;
  textFor: TextFor;
};

type Job = Jobs['steer'];
type Subject = { request: SessionRequest; session: SessionRow };
type Outcome = { kind: 'done'; response: SessionResponse } | { kind: 'not-done'; sentences: string[] };

/** Stops or archives a session. Both can be done twice without harm, so a job that comes twice does no harm. */
export function createSteerer(deps: SteerDeps) {
  const { requests, sessions, refusalOf, answer, textFor } = deps;

  async function subjectOf(sessionId: string): Promise<Subject | null> {
    const session = await sessions.find(sessionId);
    const request = session === null ? null : await requests.find(session.requestId);
    return session === null || request === null ? null : { request, session };
  }

  return async (job: Job, signal: AbortSignal): Promise<void> => {
    const { userId, what } = job;
    const subject = await subjectOf(job.sessionId);
    if (subject === null) return;
    const answerTo = job.answerTo ?? inThread(subject.session);
    const refusal = await refusalOf(subject.request, userId);
    if (refusal !== null) {
      await answer.sayEscaped(userId, answerTo, refusal);
      return;
    }
    const outcome = await act(deps, job, signal);
    if (outcome.kind === 'not-done') {
      await answer.say(userId, answerTo, ...outcome.sentences);
      return;
    }
    await record(deps, subject, { ...job, response: outcome.response });
    if (job.replyId !== undefined) await deps.enqueue('tell-reply', { replyId: job.replyId });
    if (!answerTo.always) return;
    const { steering } = await textFor(userId);
    await answer.say(userId, answerTo, steering.done[what]);
  };
}

async function act(deps: SteerDeps, { sessionId, what, userId }: Job, signal: AbortSignal): Promise<Outcome> {
  const { devin, textFor } = deps;
  try {
    return { kind: 'done', response: await devin[what](sessionId, { signal }) };
  } catch (error) {
    signal.throwIfAborted();
    const mayBeDone = isOutcomeUnknown(error) || (error instanceof DevinError && error.code === 'conflict');
    const response = mayBeDone ? await findDone(deps, { sessionId, what }, signal) : null;
    if (response !== null) return { kind: 'done', response };
    const text = await textFor(userId);
    const sentences = isOutcomeUnknown(error)
      ? [text.devin.unknownAction]
      : [text.steering.notDone[what], whyNotDone(error, text)];
    return { kind: 'not-done', sentences };
  }
}

/** A session that was known here is not looked for under another id. */
function whyNotDone(error: unknown, text: Text): string {
  const isGone = error instanceof DevinError && error.code === 'not-found';
  return isGone ? text.thread.gone(error.facts.detail) : notDone(error, text);
}

/** The session if the action was done, although its answer was lost; null: it wasn't. */
async function findDone(
  { devin, searchUntilFound }: SteerDeps,
  { sessionId, what }: Pick<Job, 'sessionId' | 'what'>,
  signal: AbortSignal,
): Promise<SessionResponse | null> {
  const found = await searchUntilFound(async () => {
    const response = await devin.get(sessionId, { signal });
    return isDone(what, response) ? response : null;
  }, signal);
  if (found.kind === 'stopped') signal.throwIfAborted();
  return found.kind === 'found' ? found.value : null;
}

function isDone(what: SteeringVerb, { status, is_archived: isArchived }: SessionResponse): boolean {
  if (what === 'sleep') return status === 'suspended';
  return what === 'archive' ? isArchived : status === 'exit' || status === 'error';
}

/** Who did it goes first, so that the card never shows an end without them. */
async function record(
  { db, sessions, cards, enqueue, recordAnswer }: SteerDeps,
  { request, session }: Subject,
  { what, userId, response }: { what: SteeringVerb; userId: string; response: SessionResponse },
): Promise<void> {
  const { id } = request;
  const { sessionId } = session;
  const credit = {
    stop: { stoppedBy: session.stoppedBy ?? userId },
    archive: { archivedBy: session.archivedBy ?? userId },
    sleep: {},
  }[what];
  await db.transaction().execute(async (trx) => {
    await sessions.change(sessionId, credit, trx);
    await cards.markStale(id, trx);
    await enqueue('update-card', { requestId: id }, { trx, key: id, startAfterMs: CREDIT_WAIT_MS });
    // The app's service user does it: Devin takes no other for these.
    const { channelId } = session;
    await appendAudit([{ kind: what, userId, channelId, requestId: id, sessionId, result: 'done' }], trx);
  });
  await recordAnswer(response);
  // What still waits to be said to it ends, and those who said it are told.
  if (what === 'stop') await enqueue('relay-to-devin', { sessionId }, { key: sessionId });
}

function inThread(session: SessionRow): AnswerTo {
  const { sessionId: id, channelId, threadTs } = session;
  return { id, channelId, threadTs: threadTs === '' ? null : threadTs, sealed: null, always: false };
}

type CancelDeps = {
  requests: Pick<Requests, 'find'>;
  refusalOf: SteeringRefusal;
  transitions: Transitions;
  envelopes: Pick<Envelopes, 'withoutSecrets'>;
  answer: Answerer;
  textFor: TextFor;
};

type CancelJob = { requestId: string; userId: string; answerTo: AnswerTo };

/** Whatever has not been sent yet. A request in `sending` has left: it wins. */
const UNSENT = PENDING_STATES.filter((state) => state !== 'sending');

/** Takes a request back. It moves only from the state it was seen in, so that a POST that left meanwhile wins. */
export function createCanceller(deps: CancelDeps) {
  const { requests, refusalOf, transitions, envelopes, answer, textFor } = deps;

  async function cancel(request: SessionRequest, userId: string): Promise<boolean> {
    const { id, state, sealed } = request;
    const moved = await transitions.move(
      {
        id,
        from: state,
        to: 'failed',
        changes: {
          failure: { kind: 'cancelled', userId },
          waiting: null,
          sealed: envelopes.withoutSecrets(id, sealed),
        },
      },
      { card: true },
    );
    return moved !== null;
  }

  return async ({ requestId, userId, answerTo }: CancelJob): Promise<void> => {
    let request = await requests.find(requestId);
    if (request === null) return;
    const refusal = await refusalOf(request, userId);
    if (refusal !== null) {
      await answer.sayEscaped(userId, answerTo, refusal);
      return;
    }
    while (request !== null && UNSENT.some((state) => state === request?.state)) {
      if (await cancel(request, userId)) return;
      request = await requests.find(requestId);
    }
    if (request?.failure?.kind === 'cancelled') return;
    const { steering } = await textFor(userId);
    await answer.say(userId, answerTo, steering.sentAlready);
  };
}
