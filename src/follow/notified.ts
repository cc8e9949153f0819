import type { Notify } from '../session/preferences.ts';
import type { SteeringCheck } from '../slack/authority.ts';
import type { Called } from '../slack/blocks/devin-message.ts';
import type { FindLeaver } from '../slack/people.ts';
import type { Calls } from '../store/calls.ts';
import type { SessionRequest } from '../store/request-row.ts';
import type { SessionRow } from '../store/sessions.ts';
import type { Settings } from '../store/settings.ts';

type NotifiedDeps = {
  settings: Pick<Settings, 'preferencesFor'>;
  findLeaver: FindLeaver;
  check: SteeringCheck;
  calls: Pick<Calls, 'recentAuthors'>;
};

/** Who is notified of a session, and where. */
export type Notified = {
  /** As the requester prefers; nobody reads direct messages of a person who left. */
  where: (session: SessionRow, request: SessionRequest) => Promise<Notify>;
  /** The requester; if they left Slack, people who took part lately and may steer the session. */
  called: (sessionId: string, request: SessionRequest) => Promise<Called>;
};

const MOST_CALLED = 3;

export function createNotified({ settings, findLeaver, check, calls }: NotifiedDeps): Notified {
  return {
    async where({ notify: chosen, threadTs }, request) {
      const notify = chosen ?? (await settings.preferencesFor(request)).notify;
      if (notify !== 'dm' || threadTs === '') return notify;
      return (await findLeaver(request)) === null ? notify : 'thread';
    },

    async called(sessionId, request) {
      const left = await findLeaver(request);
      if (left === null) return { kind: 'people', userIds: [request.userId] };
      const userIds: string[] = [];
      for (const userId of await calls.recentAuthors(sessionId, request.userId)) {
        if (userIds.length === MOST_CALLED) break;
        if ((await check(request, userId)).kind === 'allowed') userIds.push(userId);
      }
      return userIds.length === 0 ? { kind: 'nobody', name: left.name } : { kind: 'people', userIds };
    },
  };
}
