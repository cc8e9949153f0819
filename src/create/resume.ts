import { DevinError } from '../devin/errors.ts';
import type { Jobs } from '../queue/index.ts';
import type { SessionRequest } from '../store/request-row.ts';
import type { Requests } from '../store/requests.ts';
import { surelyBefore, type FindSession } from './find-session.ts';
import type { Adopt } from './send.ts';
import type { Transitions } from './transitions.ts';

type ResumeDeps = {
  requests: Pick<Requests, 'find'>;
  findSession: FindSession;
  adopt: Adopt;
  transitions: Pick<Transitions, 'move' | 'moveLocked'>;
  now: () => number;
};

/** An approval is for one session; another one needs its own. */
const NOTHING_APPROVED = { approved: [], approvedAs: null };

/** The buttons on the card of a request that ended. Each moves the request only from the state in which it was shown. */
export function createResumer({ requests, findSession, adopt, transitions, now }: ResumeDeps) {
  /** Not if it was restarted meanwhile, and ended again: a search can take long, and people press twice. */
  async function restart(
    request: SessionRequest,
    to: 'accepted' | 'attached',
    sentAt: Date | null = null,
  ): Promise<void> {
    const { id, state: from } = request;
    const changes = {
      checkedAt: null,
      failure: null,
      sentAt,
      ...NOTHING_APPROVED,
      resumedAt: new Date(now()),
    };
    const consequences = { card: true, run: true };
    await transitions.moveLocked(id, (locked) =>
      attemptOf(locked) === attemptOf(request) ? { step: { id, from, to, changes }, consequences } : null,
    );
  }

  /** Searches once; true if the session was found. */
  async function found(request: SessionRequest): Promise<boolean> {
    const session = await findSession(request);
    if (session !== null) await adopt(request, session, { asked: true });
    return session !== null;
  }

  /** If Devin can't be asked, it waits as any request does, and is searched for before it is sent. */
  async function startAnyway(request: SessionRequest): Promise<void> {
    const isFound = await found(request).catch((error: unknown) => {
      if (error instanceof DevinError) return null;
      throw error;
    });
    if (isFound === true) return;
    await restart(request, 'attached', isFound === null ? (request.sentAt ?? surelyBefore(request)) : null);
  }

  return async ({ requestId, how, resumedAtMs }: Jobs['resume']): Promise<void> => {
    const request = await requests.find(requestId);
    // A job can run twice; another attempt has buttons of its own.
    if (request === null || attemptOf(request) !== resumedAtMs) return;
    const { state } = request;
    if (how === 'try-again' && (state === 'failed' || state === 'refused'))
      await restart(request, 'accepted');
    if (how === 'check-again' && state === 'unknown' && !(await found(request))) {
      const changes = { checkedAt: new Date(now()) };
      await transitions.move({ id: request.id, from: state, to: state, changes }, { card: true });
    }
    if (how === 'start-anyway' && state === 'unknown') await startAnyway(request);
  };
}

/** When a person last restarted it, in ms; null: it is the first attempt. */
const attemptOf = ({ resumedAt }: SessionRequest): number | null => resumedAt?.getTime() ?? null;
