import type { SessionRequest } from '../store/request-row.ts';
import type { Requests } from '../store/requests.ts';
import type { Adopt } from './send.ts';
import type { FindSession } from './find-session.ts';
import type { Resumption } from '../queue/index.ts';
import type { Transitions } from './transitions.ts';

type ResumeDeps = {
  requests: Pick<Requests, 'find'>;
  findSession: FindSession;
  adopt: Adopt;
  transitions: Transitions;
  now: () => number;
};

/** An approval is for one session: another one needs its own. */
const NOTHING_APPROVED = { approved: [], approvedAs: null };

/** What the buttons of a card that ended do. Each moves the request only from the state its button was shown in. */
export function createResumer({ requests, findSession, adopt, transitions, now }: ResumeDeps) {
  async function goOn(request: SessionRequest, to: 'accepted' | 'attached'): Promise<void> {
    const changes = {
      checkedAt: null,
      failure: null,
      sentAt: null,
      ...NOTHING_APPROVED,
      resumedAt: new Date(now()),
    };
    await transitions.move({ id: request.id, from: request.state, to, changes }, { card: true, run: true });
  }

  /** Looks once; true when the session turned up. */
  async function found(request: SessionRequest): Promise<boolean> {
    const session = await findSession(request);
    if (session !== null) await adopt(request, session, { asked: true });
    return session !== null;
  }

  return async (requestId: string, how: Resumption): Promise<void> => {
    const request = await requests.find(requestId);
    if (request === null) return;
    const { state } = request;
    if (how === 'try-again' && (state === 'failed' || state === 'refused')) await goOn(request, 'accepted');
    if (how === 'check-again' && state === 'unknown' && !(await found(request))) {
      await transitions.stay({ request }, { checkedAt: new Date(now()) }, { card: true });
    }
    if (how === 'start-anyway' && state === 'unknown' && !(await found(request)))
      await goOn(request, 'attached');
  };
}
