import type { Lease } from '../queue/index.ts';
import { FOUND_LATE } from '../session/milestones.ts';
import { isOpen, type RequestState } from '../session/request.ts';
import type { SessionSnapshot } from '../session/snapshot.ts';
import type { Envelopes } from '../store/envelope.ts';
import type { SessionRequest } from '../store/request-row.ts';
import type { WithNames } from './identify.ts';
import type { StepOutcome } from './run.ts';
import type { Transitions } from './transitions.ts';

/**
 * Binds a session to its request, which is then `created`, whatever it was before. If it had ended, the person is told,
 * unless they asked for the search themselves.
 */
export type Adopt = (
  request: SessionRequest,
  session: SessionSnapshot,
  how?: { asked?: boolean; lease?: Lease },
) => Promise<StepOutcome>;
type Adoption = { session: SessionSnapshot; asked: boolean; lease?: Lease };

type AdoptDeps = {
  transitions: Transitions;
  envelopes: Pick<Envelopes, 'open' | 'withoutSecrets'>;
  withNames: WithNames;
};

export function createAdopt({ transitions, envelopes, withNames }: AdoptDeps): Adopt {
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
          draft: withNames(request.draft),
          waiting: null,
          failure: null,
          // A notice may still be on its way.
          sealed: envelopes.withoutSecrets(request.id, request.sealed),
        },
      },
      // The process that works on the request posts its card at once, unless one was posted while Devin was slow.
      ({ cardTs }) => ({
        card: held.lease === undefined || cardTs !== null,
        ...(hasNotice(request) && { tell: 'started' as const }),
        // What was said of an earlier attempt no longer holds.
        outcome: !isOpen(state) || request.resumedAt !== null,
        session: {
          sessionId: session.sessionId,
          requestId: request.id,
          url: session.url,
          snapshot: session,
          ...(!isOpen(state) && !asked && { told: [FOUND_LATE] }),
        },
      }),
      held,
    );
  return async (request, session, { asked = false, ...held } = {}) => {
    // A session that exists beats a verdict of `unknown` reached meanwhile.
    const moved =
      (await from(request.state, request, { session, asked, ...held })) ??
      (await from('unknown', request, { session, asked }));
    return moved === null ? { kind: 'leave' } : { kind: 'next', ...moved };
  };
}
