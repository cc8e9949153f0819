import { failureWord, lookupFailure } from '../failures.ts';
import { Later, Refused, Unclear } from '../queue/index.ts';
import { devinUserOf } from '../session/identity.ts';
import { buildRequest, requestTag, type SessionCreateRequest } from '../session/request.ts';
import { EMPTY_ENVELOPE } from '../store/envelope.ts';
import { askedAt, type RequestChanges, type SessionRequest } from '../store/requests.ts';
import type { CreateContext, InTransaction, Next, Step } from './context.ts';
import { CLOCKS_MS, findOne, mayAnswer } from './find-session.ts';
import { identify } from './identify.ts';
import { after, created, ended } from './move.ts';

/**
 * To `sending`, unless its session exists already. Weeks may have passed since the request was ready: its person may be
 * someone else in Devin, and the policy may want an approval by now.
 */
export const send: Step = async (c, request) => {
  // As it was sent before. null: there is none, or the app may not list sessions, so that nobody can say.
  const earlier = mayBeSent(c, request) ? await findOne(c, request).catch(nullIfRefused) : null;
  if (earlier !== null) return created({ snapshot: earlier });
  const { changes, approved } = await identify(c, request);
  if (approved === null) return { to: 'ready', changes: { ...changes, uploads: null } };
  return sendAs(c, request, { changes, approved });
};

/** A person started it anyway; or the database may have lost that it was sent: it was restored, or its server failed over. */
export function mayBeSent(c: CreateContext, request: SessionRequest): boolean {
  return request.sentAt !== null || askedAt(request) < c.surelyKnownSince();
}

/** `sending` is on disk before the POST is sent, and it's sent once. */
export async function sendAs(
  c: CreateContext,
  request: SessionRequest,
  { changes, approved }: { changes: RequestChanges; approved: readonly string[] },
): Promise<InTransaction> {
  const toSend = { ...request, ...changes };
  const body = composeRequest(c, toSend);
  const sentAt = await sentTime(c);
  return async (trx) => {
    // Its person's limits were checked when it was saved, and whatever was saved since has counted it.
    const wasCounted = request.state === 'accepted' && request.resumedAt === null;
    const reached = wasCounted ? null : await c.limiter.beforeSending(request, trx);
    if (reached !== null) return ended(request, { kind: 'limit', ...reached }, c.tuning.now());
    const cap = toSend.draft.values.max_acu_limit;
    const fit = await c.budget.fit({ ...request, cap, approved }, trx);
    // Others reserved meanwhile: it's judged again by what is left.
    if (fit === null) return { to: request.state };
    // If the answer is lost, the search starts from this time.
    const step = post(body, request);
    return { to: 'sending', changes: { ...changes, sentAt }, reserve: { at: fit.at }, step };
  };
}

function nullIfRefused(error: unknown): null {
  const word = lookupFailure(error);
  if (word instanceof Later) throw word;
  return null;
}

/**
 * The earlier of Devin's time and ours: a session that was created before it isn't found, and may be started twice. If it's
 * too early, all it adds is sessions with the same words and owner that the app doesn't know. While Devin doesn't answer,
 * nothing is sent: whether a session was created, nobody could say.
 */
async function sentTime({ devin, tuning }: CreateContext): Promise<Date> {
  const theirs = await devin.time().catch(nullIfRefused);
  const nowMs = tuning.now();
  return new Date(Math.min(nowMs, theirs?.getTime() ?? nowMs - CLOCKS_MS));
}

/** sending -> created; or back to `ready` if Devin did nothing, or was never reached. */
function post(body: SessionCreateRequest, before: SessionRequest): Step {
  return async (c, request, { lease }) => {
    // If the commit took too long, another process may already search for its session.
    const answer = lease.isFresh()
      ? await c.devin.sessions.create(body).catch(failureWord)
      : new Later('down');
    // The session is searched for next. Devin's reason is kept for the person who decides if it isn't found.
    if (answer instanceof Unclear)
      return { to: 'sending', changes: { waiting: 'looking', failure: answer.failure } };
    if (answer instanceof Later || answer instanceof Refused) return notSent(c, { before, request }, answer);
    if (await mayAnswer(c, answer, request)) return created({ snapshot: answer });
    const found = { requestId: request.id, sessionId: answer.sessionId };
    c.tuning.log.warn(found, "a create wasn't answered with its session; the session is searched for");
    return { to: 'sending', changes: { waiting: 'looking' } };
  };
}

/** Devin did nothing: what is known of an earlier attempt holds again. */
async function notSent(
  c: CreateContext,
  { before: { sentAt, identity }, request }: { before: SessionRequest; request: SessionRequest },
  word: Later | Refused,
): Promise<Next> {
  // Their account may be gone, or a new one: it's looked up again.
  if (word instanceof Refused) await c.store.identities.forget(request);
  const next = after(c, { ...request, state: 'ready' }, word);
  const changes = { ...next.changes, sentAt, ...(sentAt !== null && { identity }) };
  return { ...next, changes, released: true };
}

/**
 * sending -> created or unknown: the answer to a POST was lost, and repeating it could pay for a second session. So Devin's
 * list is searched; if the session isn't found, the request is unknown and a person decides.
 */
export const settle: Step = async (c, request, { signal }) => {
  const snapshot = await c.searchUntilFound(async () => findOne(c, request), signal);
  return snapshot === null ? { to: 'unknown', outcome: true } : created({ snapshot });
};

/** Throws a `Refused` if the session secrets can no longer be read, or were erased. */
function composeRequest(
  { store: { envelopes }, tagRequests }: CreateContext,
  { id, sealed, hadSecrets, identity, draft, prompt, uploads }: SessionRequest,
): SessionCreateRequest {
  // Without secrets, a key that was lost is no reason not to start: only private notices go another way.
  const { sessionSecrets } = envelopes.open(id, sealed) ?? EMPTY_ENVELOPE;
  if (hadSecrets && sessionSecrets.length === 0) throw new Refused({ kind: 'secrets-lost' });
  return buildRequest({
    draft: draft.values,
    prompt: prompt ?? draft.values.prompt ?? '',
    tag: tagRequests ? requestTag(id) : null,
    createAsUserId: devinUserOf(identity),
    uploadedUrls: uploads?.urls ?? [],
    sessionSecrets,
  });
}
