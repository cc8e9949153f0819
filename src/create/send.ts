import type { Transaction } from 'kysely';
import type { Lease } from '../queue/index.ts';
import type { SessionResponse } from '../devin/schemas.ts';
import type { Failure } from '../session/failure.ts';
import type { Identity } from '../session/identity.ts';
import type { LimitReached } from '../session/limits.ts';
import { FOUND_LATE } from '../session/milestones.ts';
import { buildRequest, isOpen, requestTag } from '../session/request.ts';
import type { RequestState, SessionCreateRequest } from '../session/request.ts';
import type { Envelopes } from '../store/envelope.ts';
import type { Limiter } from '../store/limiter.ts';
import type { Budget, Fit } from '../trust/index.ts';
import type { SessionRequest } from '../store/request-row.ts';
import type { Tables } from '../store/tables.ts';
import type { Transitions } from './transitions.ts';
import type { createIdentifyAgain } from './identify.ts';
import { devinTrouble } from './devin-trouble.ts';
import { nextOrLeave } from './outcome.ts';
import type { CreateStep, Run, StepOutcome } from './outcome.ts';
import { waitFor } from './patience.ts';
import type { EndRequest } from './patience.ts';

type SendDeps = {
  createSession: (request: SessionCreateRequest) => Promise<SessionResponse>;
  /** Once more, as things are right before the session is asked for. */
  identify: ReturnType<typeof createIdentifyAgain>;
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
  session: SessionResponse,
  how?: { asked?: boolean; lease?: Lease },
) => Promise<StepOutcome>;
type Adoption = { session: SessionResponse; asked: boolean; lease?: Lease };

/**
 * attached -> sending -> created. `sending` is on disk before the POST leaves. The POST is made once; only when
 * Devin says that it did nothing, or was never reached, does the request go back to `attached`.
 */
export function createSendStep(deps: SendDeps): CreateStep {
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

  async function send(run: Run, body: SessionCreateRequest): Promise<StepOutcome> {
    const { request, lease } = run;
    // The commit may have taken so long that another process looks for its session already.
    if (!lease.isFresh()) return nextOrLeave(await takeBack(run));
    try {
      return await adopt(request, await createSession(body), { lease });
    } catch (error) {
      return afterError(run, error);
    }
  }

  return async (run) => {
    const { request, lease } = run;
    const now = await deps.identify(run);
    if (now.kind === 'not') return now.outcome;
    const { identity, draft, approved, rule } = now;
    const body = composeRequest({ ...request, identity, draft }, deps);
    if (body === null) return end(run, { kind: 'secrets-lost' });
    const { id } = request;
    // The lost answer of a session is looked for from here on.
    const changes = { sentAt: await deps.devinTime(), waiting: null, identity, draft, rule };
    const card = runsAs(identity) !== runsAs(request.identity);
    const { onlyIf, found } = withinLimits(deps, request, { cap: draft.values.max_acu_limit, approved });
    const sending = await transitions.move(
      { id, from: 'attached', to: 'sending', changes },
      () => ({ card, ...(found.fit?.kind === 'fits' && { reserve: found.fit }) }),
      { lease, onlyIf },
    );
    if (found.reached !== null) return end(run, { kind: 'limit', ...found.reached });
    // Others reserved meanwhile: it is judged again, by what is left now.
    if (found.fit?.kind === 'over') return { kind: 'next', request };
    return sending === null ? { kind: 'leave' } : send({ ...run, request: sending }, body);
  };
}

/** Asked in the transaction that moves it to `sending`; `found`: what came of it. */
function withinLimits(
  { limiter, budget }: SendDeps,
  request: SessionRequest,
  asked: { cap: number | undefined; approved: readonly string[] },
) {
  const found: { reached: LimitReached | null; fit: Fit | null } = { reached: null, fit: null };
  const onlyIf = async (trx: Transaction<Tables>): Promise<boolean> => {
    found.reached = await limiter.beforeSending(request, trx);
    if (found.reached !== null) return false;
    found.fit = await budget.fit({ ...request, ...asked }, trx);
    return found.fit.kind === 'fits';
  };
  return { onlyIf, found };
}

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
          sessionId: session.session_id,
          waiting: null,
          failure: null,
          // A notice may still be on its way to where the person asked.
          sealed: envelopes.withoutSecrets(request.id, request.sealed),
        },
      },
      {
        card: true,
        ...(hasNotice(request) && { tell: 'started' as const }),
        session: {
          sessionId: session.session_id,
          requestId: request.id,
          url: session.url,
          response: session,
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
