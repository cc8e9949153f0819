import type { Lease } from '../queue/index.ts';
import type { WithNames } from '../session/defaults.ts';
import { FOUND_LATE } from '../session/milestones.ts';
import { isOpen, type RequestState } from '../session/request.ts';
import type { SessionSnapshot } from '../session/snapshot.ts';
import type { SessionRequest } from '../store/request-row.ts';
import type { StoreParts } from '../store/store.ts';
import type { StepOutcome } from './run.ts';
import type { Effects, Transitions } from './transitions.ts';

/** `asked`: by a person, who needn't be told what was found. `lease`: of the process that works on the request. */
type How = { asked?: boolean; lease?: Lease };

/**
 * Binds a session to its request, which is then `created`, whatever it was before. If it had ended, the person is told,
 * unless they asked for the search themselves.
 */
export type Adopt = (request: SessionRequest, session: SessionSnapshot, how?: How) => Promise<StepOutcome>;

type AdoptDeps = {
  transitions: Pick<Transitions, 'move'>;
  store: StoreParts<{ envelopes: 'open' }>;
  withNames: WithNames;
};

export function createAdopt({ store: { envelopes }, transitions, withNames }: AdoptDeps): Adopt {
  return async (request, session, { asked = false, ...held } = {}) => {
    const { id, sealed, resumedAt } = request;
    const { sessionId, url } = session;
    const changes = { sessionId, cardStale: true, draft: withNames(request.draft), failure: null };
    // A notice may still be on its way.
    const hasNotice = envelopes.open(id, sealed)?.noticeUrl !== undefined;
    const moveFrom = async (state: RequestState, under: Pick<How, 'lease'>) => {
      const hadEnded = !isOpen(state);
      const effects: Effects = ({ cardTs }) => ({
        // The process that works on the request posts its card at once, unless one was posted while Devin was slow.
        card: under.lease === undefined || cardTs !== null,
        ...(hasNotice && { tell: 'started' as const }),
        // What was said of an earlier attempt no longer holds.
        outcome: hadEnded || resumedAt !== null,
        session: {
          sessionId,
          requestId: id,
          url,
          snapshot: session,
          ...(hadEnded && !asked && { told: [FOUND_LATE] }),
        },
      });
      return transitions.move({ request: { ...request, state }, to: 'created', changes, effects }, under);
    };
    // A session that exists beats a verdict of `unknown` reached meanwhile.
    const moved = (await moveFrom(request.state, held)) ?? (await moveFrom('unknown', {}));
    return moved === null ? { kind: 'leave' } : { kind: 'next', ...moved };
  };
}
