import type { Began, Listen } from '../session/listening.ts';
import { effectivePreferences } from '../session/preferences.ts';
import { cardThread } from '../store/request-row.ts';
import type { SessionRequest } from '../store/request-row.ts';
import type { Requests } from '../store/requests.ts';
import type { SessionRow } from '../store/sessions.ts';
import type { Settings } from '../store/settings.ts';

/** Which messages of a session's thread were chosen for Devin, for this session or for the channel; and who began it. */
export type ThreadHere = { listen: Listen | null; began: Began };
export type ListenHere = (session: SessionRow, request: SessionRequest) => Promise<ThreadHere>;

type HereDeps = {
  defaults: Pick<Settings, 'preferencesFor'>;
  requests: Pick<Requests, 'isUnderCard'>;
};

export function createListenHere({ defaults, requests }: HereDeps): ListenHere {
  async function listenTo({ listen }: SessionRow, { teamId, channelId, userId }: SessionRequest) {
    return (
      listen ?? effectivePreferences(await defaults.preferencesFor({ teamId, channelId, userId })).listen
    );
  }

  /** Another session in the thread may have its card at the beginning. */
  async function begunBy(session: SessionRow, request: SessionRequest): Promise<Began> {
    const began = beganBy(session, request);
    const isUnderCard =
      began === 'people' && (await requests.isUnderCard(session.channelId, session.threadTs));
    return isUnderCard ? 'app' : began;
  }

  return async (session, request) => {
    const [listen, began] = await Promise.all([listenTo(session, request), begunBy(session, request)]);
    return { listen, began };
  };
}

/** As far as the session alone can tell. A direct message with the app has an id that begins with a D. */
export function beganBy({ channelId, threadTs }: SessionRow, request: SessionRequest): Began {
  if (channelId.startsWith('D')) return 'direct';
  return cardThread(request) === threadTs ? 'people' : 'app';
}
