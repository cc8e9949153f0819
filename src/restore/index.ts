import type { Adopt } from '../create/index.ts';
import type { Shared } from '../shared.ts';
import { createFindPlaces, createFindRequester } from './find-places.ts';
import { createImportSession, createReadHistory, createSessionMember } from './import-session.ts';
import { createReconciler } from './reconcile.ts';
import { createRestoreSession } from './restore-session.ts';
import { createSessionsRestorer } from './restore-sessions.ts';

export type { ImportSession } from './import-session.ts';

type RestoringDeps = Pick<
  Shared,
  'queue' | 'store' | 'devin' | 'slack' | 'resolve' | 'findMember' | 'tagRequests' | 'command' | 'tuning'
> & { adopt: Adopt };

/** Imports existing sessions: followed ones, and those whose database was lost, with their cards. */
export function createRestoring(deps: RestoringDeps) {
  const { queue, store, devin, slack, resolve, findMember, adopt, tagRequests, command } = deps;
  const { log, now, watchTimes } = deps.tuning;
  const { enqueue } = queue;
  const { outbound, metadata, people, teamId } = slack;
  const findRequester = createFindRequester({ findMember, people });
  const readHistory = createReadHistory(devin);
  const sessionMember = createSessionMember({ findMember, now });
  const importSession = createImportSession({ store, readHistory, sessionMember });
  const listMessages = devin.messages.list;
  const restoreAll = createSessionsRestorer({
    store,
    findPlaces: createFindPlaces({ listMessages, findRequester, outbound, metadata, log }),
    metadata,
    restore: createRestoreSession({
      getSession: devin.sessions.get,
      readHistory,
      findRequester,
      sessionMember,
      resolve,
      metadata,
      importSession,
      enqueue,
      teamId,
    }),
    enqueue,
    pauseMs: watchTimes.restorePauseMs,
    command,
    log,
  });
  queue.work('restore-sessions', async (search, { signal }) => restoreAll(search, signal), {
    concurrency: 1,
  });
  const reconcile = createReconciler({
    serviceUserId: async (options) => (await devin.self.get(options)).serviceUserId,
    listSessions: devin.sessions.listAll,
    devinTime: devin.time,
    store,
    teamId,
    adopt,
    enqueue,
    log,
  });
  return { reconcile: tagRequests ? reconcile : async () => Promise.resolve(), importSession };
}
