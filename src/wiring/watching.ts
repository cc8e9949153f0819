import { randomUUID } from 'node:crypto';
import { createAdopt } from '../jobs/create-session/send.ts';
import { createOneAtATime } from '../jobs/relay/one-at-a-time.ts';
import { createMilestoneComposer } from '../jobs/watch/compose-milestone.ts';
import { createReconciler } from '../jobs/watch/reconcile.ts';
import { createRecorder } from '../jobs/watch/record.ts';
import type { Recorder } from '../jobs/watch/record.ts';
import { createRound } from '../jobs/watch/round.ts';
import { createResultSharer } from '../jobs/watch/share-result.ts';
import { createPollingSource } from '../jobs/watch/status-source.ts';
import { createMilestoneTeller } from '../jobs/watch/tell-milestones.ts';
import { createWatcher } from '../jobs/watch/watcher.ts';
import type { Watcher } from '../jobs/watch/watcher.ts';
import { en } from '../text/index.ts';
import type { Parts } from './parts.ts';
import { sleep } from './sleep.ts';

/** `recorder`: for everything else that learns from Devin how a session is. */
export function createWatching(parts: Parts): { watcher: Watcher; recorder: Recorder } {
  const { settings, queue, store, devin, slack } = parts;
  const { sessions, messages, leases } = store;
  const { log, now, watchTimes: times } = settings;
  const { enqueue } = queue;
  const { outbound } = slack;
  const random = Math.random;
  const recorder = createRecorder({ ...store, enqueue, times, now, random });
  const source = createPollingSource(devin.sessions);
  const round = createRound({ sessions, source, recorder, enqueue, times, now, random, log });
  const compose = createMilestoneComposer({ lastSaid: messages.lastSaid, text: en, now });
  const shareResult = createResultSharer({ outbound });
  const oneAtATime = createOneAtATime(leases);
  const telling = { ...store, compose, shareResult, oneAtATime };
  const tell = createMilestoneTeller({ ...telling, outbound, enqueue, now, log });
  queue.work('tell-milestones', async ({ sessionId }) => tell(sessionId), { concurrency: 4 });
  const prepare = createReconciliation(parts);
  const watcher = createWatcher({ leases, owner: randomUUID(), prepare, round, times, sleep, log });
  return { watcher, recorder };
}

/** Nothing to find where sessions carry no tag. */
function createReconciliation({ config, settings, store, queue, devin, transitions }: Parts) {
  const { log, now } = settings;
  const serviceUserId = async (options: { signal: AbortSignal }): Promise<string | null> => {
    const self = await devin.self.get(options);
    return self.principal_type === 'service_user' ? self.service_user_id : null;
  };
  const adopt = createAdopt(transitions, store.envelopes);
  const { listAll: listSessions } = devin.sessions;
  const { enqueue } = queue;
  const reconcile = createReconciler({
    ...store,
    serviceUserId,
    listSessions,
    adopt,
    enqueue,
    now,
    log,
  });
  return async (signal: AbortSignal): Promise<void> => {
    if (config.requestTag) await reconcile(signal);
  };
}
