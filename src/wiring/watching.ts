import { createCallAnswerer } from '../follow/answer-calls.ts';
import { createMilestoneComposer } from '../follow/compose-milestone.ts';
import { createLateFinder } from '../create/find-late.ts';
import { createReconciler } from '../restore/reconcile.ts';
import { createRecorder } from '../follow/record.ts';
import type { Recorder } from '../follow/record.ts';
import { createRound } from '../follow/round.ts';
import { createResultSharer } from '../follow/share-result.ts';
import { createPollingSource } from '../follow/status-source.ts';
import { createMilestoneTeller } from '../follow/tell-milestones.ts';
import { createWatcher } from '../follow/watcher.ts';
import type { Watcher } from '../follow/watcher.ts';
import { en } from '../text/index.ts';
import type { Parts } from './parts.ts';
import { createSessionFinder } from './session-finder.ts';
import { sleep } from './sleep.ts';

/** `recorder`: for everything else that learns from Devin how a session is. */
export function createWatching(parts: Parts): { watcher: Watcher; recorder: Recorder } {
  const { config, settings, queue, store, devin, slack } = parts;
  const { sessions, leases, setAside } = store;
  const { log, now, watchTimes: times } = settings;
  const { enqueue } = queue;
  const { outbound } = slack;
  const random = Math.random;
  const recorder = createRecorder({ ...store, enqueue, times, now, random });
  const source = createPollingSource(devin.sessions);
  const round = createRound({ sessions, setAside, source, recorder, enqueue, times, now, random, log });
  const { command } = config.slack;
  const compose = createMilestoneComposer({ sessions, outbound, command, text: en, now });
  const answerCalls = createCallAnswerer({ ...store, outbound, compose, text: en, now });
  const shareResult = createResultSharer({ outbound });
  const { withLease, postOnce } = parts;
  const telling = { ...store, compose, answerCalls, shareResult, withLease, postOnce };
  const tell = createMilestoneTeller({ ...telling, outbound, enqueue, now, log });
  queue.work('tell-milestones', async ({ sessionId }) => tell(sessionId), { concurrency: 4 });
  const prepare = createReconciliation(parts);
  const findLate = createLateFinding(parts);
  const watcher = createWatcher({
    leases,
    prepare,
    round: async (signal) => Math.max(await round(signal), await findLate(signal)),
    times,
    sleep,
    log,
  });
  return { watcher, recorder };
}

function createLateFinding(parts: Parts) {
  const { settings, store, queue, adopt } = parts;
  const { log, now } = settings;
  const findSessions = createSessionFinder(parts).many;
  return createLateFinder({ ...store, findSessions, adopt, enqueue: queue.enqueue, now, log });
}

/** null: the key is not that of a service user. */
function createWhoAmI({ devin }: Parts) {
  return async (options: { signal: AbortSignal }): Promise<string | null> => {
    const self = await devin.self.get(options);
    return self.principal_type === 'service_user' ? self.service_user_id : null;
  };
}

/** Nothing to find where sessions carry no tag. */
function createReconciliation(parts: Parts) {
  const { config, settings, store, queue, devin, adopt } = parts;
  const { log } = settings;
  const { listAll: listSessions } = devin.sessions;
  const { enqueue } = queue;
  const reconcile = createReconciler({
    ...store,
    serviceUserId: createWhoAmI(parts),
    listSessions,
    devinTime: devin.time,
    adopt,
    enqueue,
    log,
  });
  return async (signal: AbortSignal): Promise<void> => {
    if (config.requestTag) await reconcile(signal);
  };
}
