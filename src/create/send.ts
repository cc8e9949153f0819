import type { Transaction } from 'kysely';
import type { Lease } from '../queue/index.ts';
import type { Failure } from '../session/failure.ts';
import type { Identity } from '../session/identity.ts';
import type { LimitReached } from '../session/limits.ts';
import { FOUND_LATE } from '../session/milestones.ts';
import { buildRequest, isOpen, requestTag } from '../session/request.ts';
import type { RequestState, SessionCreateRequest } from '../session/request.ts';
import type { SessionSnapshot } from '../session/snapshot.ts';
import type { Envelopes } from '../store/envelope.ts';
import type { Limiter } from '../store/limiter.ts';
import type { RequestChanges, SessionRequest } from '../store/request-row.ts';
import type { Tables } from '../store/tables.ts';
import type { Budget, Fit } from '../trust/index.ts';
import type { Found, Identify } from './identify.ts';
import { devinTrouble, nextOrLeave, waitFor } from './step.ts';
import type { CreateStep, EndRequest, Run, StepOutcome } from './step.ts';
import type { Transitions } from './transitions.ts';

type SendDeps = {
  createSession: (request: SessionCreateRequest) => Promise<SessionSnapshot>;
  limiter: Pick<Limiter, 'beforeSending'>;
  budget: Pick<Budget, 'fit'>;
  envelopes: Envelopes;
  /** Off where the organization enforces its own tags. */
  tagRequests: boolean;
  transitions: Transitions;
  adopt: Adopt;
  /** What time it is at Devin; null: not known. */
  devinTime: () => Promise<Date | null>;
  end: EndRequest;
  now: () => number;
};

/**
 * Binds a session to its request, which is then `created`, whatever it was before. Where that was over already, the
 * person is told, unless it was them who asked for another look.
 */
export type Adopt = (
  request: SessionRequest,
  session: SessionSnapshot,
  how?: { asked?: boolean; lease?: Lease },
) => Promise<StepOutcome>;
type Adoption = { session: SessionSnapshot; asked: boolean; lease?: Lease };

/** `found` is written down with the state. */
export type Send = (
  run: Run,
  what: { found: Found & Pick<RequestChanges, 'prompt' | 'uploads'>; approved: readonly string[] },
) => Promise<StepOutcome>;

/**
 * To `sending`, and from there to `created`. `sending` is on disk before the POST leaves. The POST is made once; only when
 * Devin says that it did nothing, or was never reached, does the request go back to `attached`.
 */
export function createSend(deps: SendDeps): Send {
  const { createSession, transitions, adopt, end } = deps;

  /** Nothing was done at Devin. */
  async function takeBack({ request: { id }, lease }: Run): Promise<SessionRequest | null> {
    const changes = { sentAt: null };
    return transitions.move({ id, from: 'sending', to: 'attached', changes }, {}, { lease });
  }

  /** Devin's reason is kept, for the person who decides if nothing is found. */
  async function unsure(run: Run, failure: Failure | null): Promise<StepOutcome> {
    if (failure === null) return { kind: 'next', request: run.request };
    return nextOrLeave(await transitions.stay(run, { failure }));
  }

  async function afterError(run: Run, error: unknown): Promise<StepOutcome> {
    const trouble = devinTrouble(error);
    switch (trouble.kind) {
      case 'unknown-outcome':
        return unsure(run, trouble.failure);
      case 'final':
        return end(run, trouble.failure);
      case 'wait': {
        const attached = await takeBack(run);
        return attached === null ? { kind: 'leave' } : waitFor({ ...run, request: attached }, trouble, deps);
      }
    }
  }

  async function post(run: Run, body: SessionCreateRequest): Promise<StepOutcome> {
    const { request, lease } = run;
    // The commit may have taken so long that another process looks for its session already.
    if (!lease.isFresh()) return nextOrLeave(await takeBack(run));
    try {
      return await adopt(request, await createSession(body), { lease });
    } catch (error) {
      return afterError(run, error);
    }
  }

  return async (run, { found, approved }) => {
    const { request, lease } = run;
    const body = composeRequest({ ...request, ...found }, deps);
    if (body === null) return end(run, { kind: 'secrets-lost' });
    const { id, state } = request;
    // The lost answer of a session is looked for from here on.
    const changes = { ...found, sentAt: await deps.devinTime() };
    const card = run.isSlow() || isAnother(request.identity, found.identity);
    const cap = found.draft.values.max_acu_limit;
    const { onlyIf, asked } = withinLimits(deps, request, { cap, approved });
    const sending = await transitions.move(
      { id, from: state, to: 'sending', changes },
      () => ({ card, ...(asked.fit?.kind === 'fits' && { reserve: asked.fit }) }),
      { lease, onlyIf },
    );
    if (asked.reached !== null) return end(run, { kind: 'limit', ...asked.reached });
    // Others reserved meanwhile: it is judged again, by what is left now.
    if (asked.fit?.kind === 'over') return { kind: 'next', request };
    return sending === null ? { kind: 'leave' } : post({ ...run, request: sending }, body);
  };
}

/** attached -> sending -> created: minutes or weeks may have passed since the request was identified. */
export function createSendStep({ identify, send }: { identify: Identify; send: Send }): CreateStep {
  return async (run) => {
    const now = await identify(run);
    return now.kind === 'not' ? now.outcome : send(run, now);
  };
}

/** Looked up in the transaction that moves it to `sending`; `asked`: what came of it. */
function withinLimits(
  { limiter, budget }: SendDeps,
  request: SessionRequest,
  wanted: { cap: number | undefined; approved: readonly string[] },
) {
  const asked: { reached: LimitReached | null; fit: Fit | null } = { reached: null, fit: null };
  const onlyIf = async (trx: Transaction<Tables>): Promise<boolean> => {
    asked.reached = await limiter.beforeSending(request, trx);
    if (asked.reached !== null) return false;
    asked.fit = await budget.fit({ ...request, ...wanted }, trx);
    return asked.fit.kind === 'fits';
  };
  return { onlyIf, asked };
}

const isAnother = (before: Identity | null, now: Identity): boolean =>
  before !== null && runsAs(before) !== runsAs(now);

function runsAs(identity: Identity | null): string | null {
  return identity?.kind === 'matched' ? identity.devinUserId : null;
}

/** null: the session secrets can no longer be read. */
function composeRequest(
  request: SessionRequest,
  { envelopes, tagRequests }: Pick<SendDeps, 'envelopes' | 'tagRequests'>,
): SessionCreateRequest | null {
  const envelope = envelopes.open(request.id, request.sealed);
  if (envelope === null) return null;
  const { identity } = request;
  return buildRequest({
    draft: request.draft.values,
    prompt: request.prompt ?? request.draft.values.prompt ?? '',
    tag: tagRequests ? requestTag(request.id) : null,
    createAsUserId: runsAs(identity),
    uploadedUrls: request.uploads?.urls ?? [],
    sessionSecrets: envelope.sessionSecrets,
  });
}

export function createAdopt(
  transitions: Transitions,
  envelopes: Pick<Envelopes, 'open' | 'withoutSecrets'>,
): Adopt {
  const hasNotice = ({ id, sealed }: SessionRequest): boolean =>
    envelopes.open(id, sealed)?.noticeUrl !== undefined;
  const from = async (state: RequestState, request: SessionRequest, { session, asked, ...held }: Adoption) =>
    transitions.move(
      {
        id: request.id,
        from: state,
        to: 'created',
        changes: {
          sessionId: session.sessionId,
          cardStale: true,
          waiting: null,
          failure: null,
          // A notice may still be on its way to where the person asked.
          sealed: envelopes.withoutSecrets(request.id, request.sealed),
        },
      },
      {
        // Whoever works on the request posts its card at once.
        card: held.lease === undefined || request.cardTs !== null,
        ...(hasNotice(request) && { tell: 'started' as const }),
        session: {
          sessionId: session.sessionId,
          requestId: request.id,
          url: session.url,
          snapshot: session,
          ...(!isOpen(state) && !asked && { told: [FOUND_LATE] }),
        },
      },
      held,
    );
  return async (request, session, { asked = false, ...held } = {}) => {
    // A session that exists beats a verdict reached meanwhile that nobody knows.
    return nextOrLeave(
      (await from(request.state, request, { session, asked, ...held })) ??
        (await from('unknown', request, { session, asked })),
    );
  };
}
