import type { IdentityResolver } from '../identity/resolve.ts';
import type { Failure } from '../session/failure.ts';
import type { Identity, RefusedIdentity } from '../session/identity.ts';
import { slackFailure } from '../slack/errors.ts';
import type { PresenceOf } from '../slack/presence.ts';
import type { Person } from '../store/identities.ts';
import type { RequestChanges, SessionRequest } from '../store/request-row.ts';
import { DevinError } from '../devin/errors.ts';
import type { Transitions } from './transitions.ts';
import type { EffectiveDraft } from '../session/defaults.ts';
import type { Gate, Verdict } from '../trust/index.ts';
import { devinTrouble } from './devin-trouble.ts';
import { nextOrLeave } from './outcome.ts';
import type { CreateStep, Run, StepOutcome } from './outcome.ts';
import { waitFor } from './patience.ts';
import type { EndRequest } from './patience.ts';

type IdentifyDeps = {
  judge: Gate['judge'];
  resolver: IdentityResolver;
  presence: PresenceOf;
  transitions: Transitions;
  end: EndRequest;
  now: () => number;
};

/** Why a card is not where it was asked for, beside Slack's own codes. */
export const PERSON_NOT_IN_CONVERSATION = 'person_not_in_conversation';

/** Slack delivers a command only from a conversation its author is in; that counts for a minute, as an answer would. */
const SLACKS_WORD_MS = 60_000;

/** accepted -> identified, or refused. */
export function createIdentifyStep(deps: IdentifyDeps): CreateStep {
  const { resolver, transitions, end } = deps;

  /** Nothing is posted in a conversation for a person who is not in it. */
  async function placeChanges(request: SessionRequest): Promise<RequestChanges> {
    const { source, channelId, userId } = request;
    if (request.cardElsewhere !== null) return {};
    if (source === 'command' && deps.now() - request.createdAt.getTime() < SLACKS_WORD_MS) return {};
    const presence = await deps.presence({ channelId, userId });
    return presence === 'out' ? { cardElsewhere: PERSON_NOT_IN_CONVERSATION } : {};
  }

  return async (run) => {
    const { request, lease } = run;
    try {
      const [identity, placing] = await Promise.all([
        resolver.resolve(requesterOf(request)),
        placeChanges(request),
      ]);
      if (identity.kind === 'refused') return await end(run, refusedAs(identity));
      const verdict = await deps.judge(request);
      if (verdict.kind !== 'allowed') return await end(run, notAllowed(verdict));
      const changes = { identity, draft: verdict.draft, waiting: null, ...placing };
      return nextOrLeave(
        await transitions.move(
          { id: request.id, from: 'accepted', to: 'identified', changes },
          {},
          { lease },
        ),
      );
    } catch (error) {
      return afterTrouble(run, error, deps);
    }
  };
}

type AcceptedIdentity = Exclude<Identity, RefusedIdentity>;
type Identified =
  | {
      kind: 'accepted';
      identity: AcceptedIdentity;
      draft: EffectiveDraft;
      approved: readonly string[];
      rule: string | null;
    }
  | { kind: 'not'; outcome: StepOutcome };
type AgainDeps = Pick<IdentifyDeps, 'resolver' | 'judge' | 'transitions' | 'end' | 'now'>;

/**
 * Who the session runs as, and whether the policy allows it, as things are now: minutes or weeks may have passed since
 * the request was identified.
 */
export function createIdentifyAgain(deps: AgainDeps) {
  return async (run: Run): Promise<Identified> => {
    try {
      const identity = await deps.resolver.resolve(requesterOf(run.request));
      if (identity.kind === 'refused')
        return { kind: 'not', outcome: await deps.end(run, refusedAs(identity)) };
      const verdict = await deps.judge(run.request);
      if (verdict.kind === 'allowed') {
        const { draft, approved, rule } = verdict;
        return { kind: 'accepted', identity, draft, approved, rule };
      }
      return { kind: 'not', outcome: await deps.end(run, notAllowed(verdict)) };
    } catch (error) {
      return { kind: 'not', outcome: await afterTrouble(run, error, deps) };
    }
  };
}

/** Nobody can be asked for an approval yet: unanswered is never yes. */
function notAllowed(verdict: Exclude<Verdict, { kind: 'allowed' }>): Failure {
  if (verdict.kind === 'refused') return verdict.failure;
  const { rule, say } = verdict.asks;
  return { kind: 'policy', rule, say };
}

function requesterOf({ teamId, userId }: SessionRequest): Person {
  return { teamId, userId };
}

function refusedAs({ reason, maskedEmail }: RefusedIdentity): Failure {
  return { kind: 'identity', reason, maskedEmail };
}

async function afterTrouble(run: Run, error: unknown, deps: AgainDeps): Promise<StepOutcome> {
  const trouble = lookupTrouble(error);
  return trouble.kind === 'final' ? deps.end(run, trouble.failure) : waitFor(run, trouble, deps);
}

/** A look-up changes nothing, so whatever happened to its answer, it can be repeated. */
export function lookupTrouble(error: unknown) {
  if (!(error instanceof DevinError)) {
    const failure = slackFailure(error);
    const retryAfterMs = failure.kind === 'rate-limited' ? failure.retryAfterMs : null;
    return { kind: 'wait', waiting: 'busy', retryAfterMs } as const;
  }
  const trouble = devinTrouble(error);
  if (trouble.kind === 'unknown-outcome')
    return { kind: 'wait', waiting: 'down', retryAfterMs: null } as const;
  return trouble;
}
