import type { Queue } from '../queue/index.ts';
import { importSession, type ExistingSession, restoreSession } from './import-session.ts';
import { type RestoreContext, reconcile } from './reconcile.ts';

export type ImportSession = (existing: ExistingSession) => ReturnType<typeof importSession>;

type RestoringContext = Omit<RestoreContext, 'enqueue'> & {
  queue: Pick<Queue, 'enqueue' | 'work'>;
  /** Sessions have the tag of their request; without tags, nothing can be found. */
  tagRequests: boolean;
};

/** Imports existing sessions: followed ones, and those whose database was lost. */
export function createRestoring({ queue, tagRequests, ...rest }: RestoringContext) {
  const c: RestoreContext = { ...rest, enqueue: queue.enqueue };
  queue.work('restore-session', async (lost) => restoreSession(c, lost), { concurrency: 1 });
  return {
    reconcile: async (signal: AbortSignal): Promise<void> => {
      if (tagRequests) await reconcile(c, signal);
    },
    importSession: async (existing: ExistingSession) => importSession(c, existing),
  };
}
