import { lookUpMembers } from '../identity/members.ts';
import { createBringIn } from '../restore/bring-in.ts';
import { createReadHistory } from '../restore/read-history.ts';
import { createSessionMember } from '../restore/session-member.ts';
import { createFindPlaces } from '../restore/find-places.ts';
import { createFindRequester } from '../restore/find-requester.ts';
import { createRestoreSession } from '../restore/restore-session.ts';
import { createSessionsRestorer } from '../restore/restore-sessions.ts';
import type { Parts } from './parts.ts';

/** After the database was lost: sessions find their way back to their cards. */
export function createRestoring({ config, settings, queue, store, devin, slack, resolver }: Parts): void {
  const { log, now, watchTimes } = settings;
  const { enqueue } = queue;
  const { outbound, marks, people, teamId } = slack;
  const { findMember } = lookUpMembers(devin.members);
  const findRequester = createFindRequester({ findMember, people });
  const listMessages = devin.messages.list;
  const restore = createSessionsRestorer({
    ...store,
    findPlaces: createFindPlaces({ listMessages, findRequester, outbound, marks, log }),
    marks,
    restore: createRestoreSession({
      getSession: devin.sessions.get,
      readHistory: createReadHistory(devin),
      findRequester,
      sessionMember: createSessionMember({ findMember, now }),
      resolver,
      marks,
      bringIn: createBringIn(store),
      enqueue,
      teamId,
    }),
    enqueue,
    pauseMs: watchTimes.restorePauseMs,
    command: config.slack.command,
    log,
  });
  queue.work('restore-sessions', async (search, { signal }) => restore(search, signal), { concurrency: 1 });
}
