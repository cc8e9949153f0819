import type { Began, Listen } from '../session/listening.ts';
import { effectivePreferences } from '../session/preferences.ts';
import { cardThread } from '../store/request-row.ts';
import type { SessionRequest } from '../store/request-row.ts';
import type { SessionRow } from '../store/sessions.ts';
import type { Settings } from '../store/settings.ts';

/** Which messages of a session's thread were chosen for Devin: for this session, else for the channel. */
export type ListenHere = (session: SessionRow, request: SessionRequest) => Promise<Listen | null>;

export function createListenHere({ defaults }: { defaults: Pick<Settings, 'preferencesFor'> }): ListenHere {
  return async ({ listen }, { teamId, channelId, userId }) =>
    listen ?? effectivePreferences(await defaults.preferencesFor({ teamId, channelId, userId })).listen;
}

/** A direct message with the app has an id that begins with a D. */
export function beganBy({ channelId, threadTs }: SessionRow, request: SessionRequest): Began {
  if (channelId.startsWith('D')) return 'direct';
  return cardThread(request) === threadTs ? 'people' : 'app';
}
