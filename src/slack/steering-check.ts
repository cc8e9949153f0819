import { refusalSentence } from '../errors.ts';
import type { Identity } from '../session/identity.ts';
import type { Listen, Steer } from '../session/preferences.ts';
import { maySteer, ownershipOf, type Began, type Steering } from '../session/steering.ts';
import type { Person } from '../store/identities.ts';
import { cardThread, type SessionRequest } from '../store/request-row.ts';
import type { Requests } from '../store/requests.ts';
import type { SessionRow } from '../store/sessions.ts';
import type { Settings } from '../store/settings.ts';
import type { Text } from '../text/index.ts';
import { escape } from './blocks/text.ts';
import { isDirectMessage } from './places.ts';

type CheckDeps = {
  resolve: (person: Person) => Promise<Identity>;
  settings: Pick<Settings, 'preferencesFor'>;
};
type Asked = Pick<SessionRequest, 'teamId' | 'channelId' | 'userId' | 'source' | 'identity'>;

/** Whether a person may steer a request's session, by the rules of its channel. `identity`: if it was just resolved. */
export type SteeringCheck = (request: Asked, userId: string, identity?: Identity) => Promise<Steering>;

/** Throws if Slack or Devin can't be asked who the person is. */
export function createSteeringCheck({ resolve, settings }: CheckDeps): SteeringCheck {
  return async (request, userId, resolved) => {
    const { teamId, channelId } = request;
    const [identity, { steer: policy }] = await Promise.all([
      resolved ?? resolve({ teamId, userId }),
      settings.preferencesFor({ teamId, channelId, userId }),
    ]);
    return maySteer({ policy, ownership: ownershipOf(request), person: { userId, identity } });
  };
}

type OwnedRequest = Pick<SessionRequest, 'source' | 'userId' | 'identity'>;

/** Why a person may not, with a mention of who may; null: the person may. */
export function refuseSteering(
  verdict: Steering,
  { request, userId }: { request: OwnedRequest; userId: string },
  text: Text,
): string | null {
  if (verdict.kind === 'allowed') return null;
  const who = whoElse(request, userId);
  if (verdict.kind === 'requester-only') return text.steering.requesterOnly(who);
  const why = verdict.identity === null ? null : escape(refusalSentence(verdict.identity, text));
  return text.steering.membersOnly(who, why);
}

/** null: nobody is known, or it is the same person. */
function whoElse(request: OwnedRequest, userId: string): string | null {
  const { requester, owner } = ownershipOf(request);
  if (requester === null) return owner === null ? null : escape(owner.name);
  return requester === userId ? null : `<@${requester}>`;
}

/** Which messages of a session's thread go to Devin, if someone chose; from whom; and who started the thread. */
export type ThreadHere = { listen: Listen | null; steer: Steer; began: Began };
export type ListenHere = (session: SessionRow, request: SessionRequest) => Promise<ThreadHere>;

type HereDeps = {
  settings: Pick<Settings, 'preferencesFor'>;
  requests: Pick<Requests, 'isUnderCard'>;
};

export function createListenHere({ settings, requests }: HereDeps): ListenHere {
  async function chosenFor({ listen }: SessionRow, { teamId, channelId, userId }: SessionRequest) {
    const chosen = await settings.preferencesFor({ teamId, channelId, userId });
    return { listen: listen ?? chosen.listen, steer: chosen.steer };
  }

  /** The thread may start with another session's card. */
  async function begunBy(session: SessionRow, request: SessionRequest): Promise<Began> {
    const began = beganBy(session, request);
    const isUnderCard =
      began === 'people' && (await requests.isUnderCard(session.channelId, session.threadTs));
    return isUnderCard ? 'app' : began;
  }

  return async (session, request) => {
    const [chosen, began] = await Promise.all([chosenFor(session, request), begunBy(session, request)]);
    return { ...chosen, began };
  };
}

/** As far as the session alone can tell. */
export function beganBy({ channelId, threadTs }: SessionRow, request: SessionRequest): Began {
  if (isDirectMessage(channelId)) return 'direct';
  return cardThread(request) === threadTs ? 'people' : 'app';
}
