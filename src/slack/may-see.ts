import type { SessionRequest } from '../store/request-row.ts';

type Place = Pick<SessionRequest, 'userId' | 'channelId' | 'cardChannelId' | 'placeKind'>;

/**
 * Whether a person may read what a session is about: its requester; everyone, if it was asked for in a channel known to
 * be public; otherwise only people who are in it. A channel's id does not tell whether it is private.
 */
export function maySee(place: Place, viewer: { userId: string; channelId: string }): boolean {
  const { userId: requester, channelId: askedIn, cardChannelId: cardIn, placeKind: kind } = place;
  if (kind === 'public' || requester === viewer.userId) return true;
  return viewer.channelId === askedIn || viewer.channelId === cardIn;
}
