import type { Homes } from '../store/homes.ts';
import type { SessionRequest } from '../store/request-row.ts';
import { homeKey } from '../queue/index.ts';
import type { Enqueue } from '../queue/index.ts';

/** So long after it was opened a Home may still be in view. */
const OPEN_MS = 30 * 60_000;
/** What happens within it is one drawing: Slack takes about 100 a minute for a whole workspace. */
const PAUSE_MS = 2000;

export type RedrawHome = (request: Pick<SessionRequest, 'teamId' | 'userId'>) => Promise<void>;

type RedrawDeps = { homes: Pick<Homes, 'openSince'>; enqueue: Enqueue; now: () => number };

/** Has the Home of the person who asked drawn again, where they may be looking at it. */
export function createHomeRedrawer({ homes, enqueue, now }: RedrawDeps): RedrawHome {
  return async ({ teamId, userId }) => {
    const person = { teamId, userId };
    const channelId = await homes.openSince(person, new Date(now() - OPEN_MS));
    if (channelId === null) return;
    const soon = { key: homeKey(person), startAfterMs: PAUSE_MS };
    await enqueue('publish-home', { ...person, channelId }, soon);
  };
}
