import type { Transaction } from 'kysely';
import { failureWord, Later, lookupFailure, Refused, Unclear } from '../failures.ts';
import type { Log } from '../log.ts';
import { devinUserOf, type Identity } from '../session/identity.ts';
import type { LimitReached } from '../session/policy/limits.ts';
import { buildRequest, requestTag, type SessionCreateRequest } from '../session/request.ts';
import type { SessionSnapshot } from '../session/snapshot.ts';
import { EMPTY_ENVELOPE } from '../store/envelope.ts';
import type { Limiter } from '../store/limiter.ts';
import { askedAt, type RequestChanges, type SessionRequest } from '../store/request-row.ts';
import type { StoreParts } from '../store/store.ts';
import type { Tables } from '../store/tables.ts';
import type { Budget, Fit } from '../trust/index.ts';
import type { SessionSearch } from './find-session.ts';
import type { Found, Identify } from './identify.ts';
import type { Adopt, CreateStep, Flow, Run, StepOutcome } from './run.ts';
import type { Earlier, Effects } from './transitions.ts';

type SendDeps = {
  identify: Identify;
  createSession: (request: SessionCreateRequest) => Promise<SessionSnapshot>;
  limiter: Pick<Limiter, 'beforeSending'>;
  budget: Pick<Budget, 'fit'>;
  store: StoreParts<{ envelopes: 'open'; identities: 'forget' }>;
  tagRequests: boolean;
  flow: Flow;
  adopt: Adopt;
  search: Pick<SessionSearch, 'findEarlier' | 'mayAnswer'>;
  /** What time it is at Devin; null: not known. Throws a `DevinError` while Devin doesn't answer. */
  devinTime: () => Promise<Date | null>;
  now: () => number;
  /** From when on the database can't have lost that a request was sent. */
  surelyKnownSince: () => Date;
  log: Log;
};

type SentWith = Found & Pick<RequestChanges, 'prompt' | 'uploads'>;
export type Send = (run: Run, what: { found: SentWith; approved: readonly string[] }) => Promise<StepOutcome>;
type Post = { body: SessionCreateRequest; earlier: Earlier };

/**
 * To `sending`, and from there to `created`. `sending` is on disk before the POST is sent. It's sent once; the request goes
 * back to `attached` only if Devin did nothing or was never reached.
 */
export function createSend(deps: SendDeps): { send: Send; step: CreateStep } {
  const { createSession, flow, adopt, search } = deps;

  /** Devin did nothing: what is known of an earlier attempt holds again. */
  const takeBack = async (run: Run, { earlier }: Post): Promise<StepOutcome> =>
    flow.advance(run, { to: 'attached', earlier });

  async function afterError(run: Run, sending: Post, error: unknown): Promise<StepOutcome> {
    const trouble = failureWord(error);
    if (trouble instanceof Unclear)
      // Devin's reason is kept for the person who decides if nothing is found.
      return trouble.failure === null
        ? { kind: 'next', request: run.request }
        : flow.advance(run, { to: 'sending', changes: { failure: trouble.failure } });
    if (trouble instanceof Refused) {
      // Their account may be gone, or a new one: it's looked up again.
      await deps.store.identities.forget(run.request);
      return flow.end(run, trouble.failure, sending.earlier);
    }
    const back = await takeBack(run, sending);
    if (back.kind !== 'next') return back;
    return flow.wait({ ...run, request: back.request }, trouble);
  }

  async function post(run: Run, sending: Post): Promise<StepOutcome> {
    const { request, lease } = run;
    // If the commit took too long, another process may already search for its session.
    if (!lease.isFresh()) return takeBack(run, sending);
    try {
      const session = await createSession(sending.body);
      if (await search.mayAnswer(session, request)) {
        const adopted = await adopt(request, session, { lease });
        if (adopted.kind !== 'leave') return adopted;
      }
      const found = { requestId: request.id, sessionId: session.sessionId };
      deps.log.warn(
        found,
        "a create wasn't answered with its session, or too late; the session is searched for",
      );
    } catch (error) {
      return afterError(run, sending, error);
    }
    return { kind: 'next', request };
  }

  /** null: nothing was found. `changes`: with what it may have been sent, beside what its row says. */
  async function adoptEarlier(run: Run, changes: Partial<SentWith> = {}): Promise<StepOutcome | null> {
    const { request } = run;
    try {
      const session = await search.findEarlier({ ...request, ...changes });
      if (session === null) return null;
      const moved = await flow.advance(run, { to: 'attached', changes });
      // Its card may exist as well: the job that draws it searches for it.
      if (moved.kind === 'next') await adopt(moved.request, session);
      return { kind: 'leave' };
    } catch (error) {
      const trouble = lookupFailure(error);
      // Without the permission to list sessions, nobody can say.
      return trouble instanceof Later ? flow.wait(run, trouble) : null;
    }
  }

  const send: Send = async (run, { found, approved }) => {
    const { request } = run;
    const mayBeSent = request.sentAt === null && askedAt(request) < deps.surelyKnownSince();
    const earlier = mayBeSent ? await adoptEarlier(run, found) : null;
    if (earlier !== null) return earlier;
    const body = composeRequest({ ...request, ...found }, deps);
    if (body === null) return flow.end(run, { kind: 'secrets-lost' });
    const time = await sentTime(deps);
    if (time instanceof Later) return flow.wait(run, time);
    // If the answer is lost, the search starts from this time.
    const changes = { ...found, sentAt: time.sentAt };
    const card = isAnother(request.identity, found.identity) ? 'now' : 'soon';
    const cap = found.draft.values.max_acu_limit;
    const { onlyIf, checked } = withinLimits(deps, request, { cap, approved });
    const effects: Effects = () => ({
      card,
      ...(checked.fit?.kind === 'fits' && { reserve: { at: checked.fit.at } }),
    });
    const sending = await flow.advance(run, { to: 'sending', changes, effects, onlyIf });
    if (checked.reached !== null) return flow.end(run, { kind: 'limit', ...checked.reached });
    // Others reserved meanwhile: it's judged again by what is left.
    if (checked.fit?.kind === 'over') return { kind: 'next', request };
    // It may have ended instead.
    if (sending.kind !== 'next' || sending.request.state !== 'sending') return sending;
    return post({ ...run, request: sending.request }, { body, earlier: earlierOf(request) });
  };

  /** attached -> sending -> created: minutes or weeks may have passed since the request was identified. */
  const step: CreateStep = async (run) => {
    // First: by now, the person may be someone else in Devin, and the policy may want an approval.
    const earlier = run.request.sentAt === null ? null : await adoptEarlier(run);
    if (earlier !== null) return earlier;
    const now = await deps.identify(run);
    return now.kind === 'not' ? now.outcome : send(run, now);
  };

  return { send, step };
}

/**
 * The earlier of Devin's time and ours: a session that was created before it isn't found, and may be started twice. If it's
 * too early, all it adds is sessions with the same words and owner that the app doesn't know. null: Devin's isn't known. While
 * Devin doesn't answer, nothing is sent: whether a session was created, nobody could say.
 */
async function sentTime({ devinTime, now }: Pick<SendDeps, 'devinTime' | 'now'>) {
  try {
    const theirs = await devinTime();
    return { sentAt: theirs === null ? null : new Date(Math.min(theirs.getTime(), now())) };
  } catch (error) {
    const trouble = lookupFailure(error);
    return trouble instanceof Later ? trouble : { sentAt: null };
  }
}

/** Of a request that is about to be sent. */
function earlierOf({ sentAt, identity }: SessionRequest): Earlier {
  return sentAt === null ? { sentAt } : { sentAt, identity };
}

/** A request that nothing delays is sent within this time. */
const JUST_NOW_MS = 10_000;

/** Its person's limits were checked when it was saved, and whatever was saved since has counted it. */
function wasJustCounted(request: SessionRequest, nowMs: number): boolean {
  const { state, resumedAt, createdAt } = request;
  return state === 'accepted' && resumedAt === null && nowMs - createdAt.getTime() < JUST_NOW_MS;
}

/** Checked in the transaction that moves it to `sending`; `checked`: with which result. */
function withinLimits(
  { limiter, budget, now }: SendDeps,
  request: SessionRequest,
  wanted: { cap: number | undefined; approved: readonly string[] },
) {
  const checked: { reached: LimitReached | null; fit: Fit | null } = { reached: null, fit: null };
  const onlyIf = async (trx: Transaction<Tables>): Promise<boolean> => {
    if (!wasJustCounted(request, now())) checked.reached = await limiter.beforeSending(request, trx);
    if (checked.reached !== null) return false;
    checked.fit = await budget.fit({ ...request, ...wanted }, trx);
    return checked.fit.kind === 'fits';
  };
  return { onlyIf, checked };
}

const isAnother = (before: Identity | null, now: Identity): boolean =>
  before !== null && devinUserOf(before) !== devinUserOf(now);

/** null: the session secrets can no longer be read, or were erased. */
function composeRequest(
  request: SessionRequest,
  { store: { envelopes }, tagRequests }: Pick<SendDeps, 'store' | 'tagRequests'>,
): SessionCreateRequest | null {
  // Without secrets, a key that was lost is no reason not to start: only private notices go another way.
  const envelope = envelopes.open(request.id, request.sealed) ?? EMPTY_ENVELOPE;
  if (request.hadSecrets && envelope.sessionSecrets.length === 0) return null;
  const { identity } = request;
  return buildRequest({
    draft: request.draft.values,
    prompt: request.prompt ?? request.draft.values.prompt ?? '',
    tag: tagRequests ? requestTag(request.id) : null,
    createAsUserId: devinUserOf(identity),
    uploadedUrls: request.uploads?.urls ?? [],
    sessionSecrets: envelope.sessionSecrets,
  });
}
