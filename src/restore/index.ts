import type { Adopt } from '../create/index.ts';
import type { Devin } from '../devin/devin.ts';
import type { FindMember, ResolveIdentity } from '../identity/resolve.ts';
import type { Queue } from '../queue/index.ts';
import type { Slack } from '../slack/edge/slack.ts';
import type { Store } from '../store/store.ts';
import type { Tuning } from '../times.ts';
import { createFindPlaces, createFindRequester } from './find-places.ts';
import { createImportSession, createReadHistory, createSessionMember } from './import-session.ts';
import { createReconciler } from './reconcile.ts';
import { createRestoreSession } from './restore-session.ts';
import { createSessionsRestorer } from './restore-sessions.ts';

export type { ImportSession } from './import-session.ts';

type RestoringDeps = {
  queue: Pick<Queue, 'enqueue' | 'work'>;
  store: Store;
  devin: Pick<Devin, 'sessions' | 'messages' | 'attachments' | 'self' | 'time'>;
  slack: Pick<Slack, 'outbound' | 'metadata' | 'people' | 'teamId'>;
  resolve: ResolveIdentity;
  findMember: FindMember;
  adopt: Adopt;
  /** Sessions have the tag of their request; without tags, nothing can be found. */
  tagRequests: boolean;
  command: string;
  tuning: Pick<Tuning, 'log' | 'now' | 'watchTimes'>;
};

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
      shown: store.shown,
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
