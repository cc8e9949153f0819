import type { Devin } from '../devin/devin.ts';
import type { PostOnce, Queue, WithLease } from '../queue/index.ts';
import type { Slack } from '../slack/slack.ts';
import type { Store } from '../store/store.ts';
import type { Text } from '../text/index.ts';
import { sleep } from '../time.ts';
import type { Budget, SteeringCheck } from '../trust/index.ts';
import type { Tuning } from '../tuning.ts';
import { createFetchMessages } from './fetch-messages.ts';
import { createRelayFromDevin } from './from-devin.ts';
import { composeMilestone, markAnsweredCalls, shareResult } from './milestone-message.ts';
import { createFrameOf, createNotified, type Notified } from './notified.ts';
import { createMilestoneNotifier } from './notify-milestones.ts';
import { createPoll } from './poll.ts';
import { createPostMessage } from './post-message.ts';
import { createOutbox, createPostPending } from './post-pending.ts';
import { createRecorder, type Recorder } from './record.ts';
import { createRound } from './round.ts';
import { createFindAttachments } from './share-file.ts';
import { createWatcher, type Watcher } from './watcher.ts';

export { lastWordsOf, messagePages, messageRow, type ListMessages } from './fetch-messages.ts';
export { fileRow } from './share-file.ts';
export { relayLease } from './from-devin.ts';
export { RELAY_TIMES, type RelayTimes } from './post-pending.ts';
export { LEFT_OUT, mirrorReply } from './post-message.ts';
export { ROUND_TIMES, type RoundTimes } from './round.ts';
export { WATCHER_TIMES, type Watcher, type WatcherTimes } from './watcher.ts';

type FollowingDeps = {
  queue: Pick<Queue, 'enqueue' | 'work'>;
  store: Store;
  devin: Pick<Devin, 'sessions' | 'messages' | 'attachments'>;
  slack: Pick<Slack, 'outbound' | 'metadata' | 'findLeaver' | 'isOutside' | 'nameMentions' | 'textFor'>;
  check: SteeringCheck;
  budget: Pick<Budget, 'follow'>;
  withLease: WithLease;
  postOnce: PostOnce;
  knownSince: () => Date;
  /** Runs once, when this process starts to watch. */
  prepare: (signal: AbortSignal) => Promise<void>;
  /** Runs after each round; returns how long Devin wants a pause, in ms. */
  findUnconfirmed: (signal: AbortSignal) => Promise<number>;
  command: string;
  tuning: Pick<Tuning, 'log' | 'now' | 'watchTimes' | 'relayTimes' | 'inFlightMs'>;
  text: Text;
};

/** Each may wait for Devin or Slack; a slow session delays only itself. */
const THREADS = { concurrency: 10 };

/** Brings a session's status and Devin's words to its card and its thread. */
export function createFollowing(deps: FollowingDeps) {
  const { queue, store, devin, slack, check, budget, withLease } = deps;
  const { log, now, watchTimes, relayTimes: times } = deps.tuning;
  const { enqueue } = queue;
  const { findLeaver, isOutside } = slack;
  const random = Math.random;
  const recorder = createRecorder({ store, budget, enqueue, times: watchTimes, now, random });
  const fetchMessages = createFetchMessages({ store, listMessages: devin.messages.list, enqueue });
  const findAttachments = createFindAttachments({ store, listAttachments: devin.attachments.list, now, log });
  const relay = createRelayFromDevin({
    store,
    fetchMessages,
    findAttachments,
    withLease,
    enqueue,
    times,
    now,
    log,
  });
  const notified = createNotified({ store, findLeaver, isOutside, check });
  const post = createOutbox({
    store,
    notified,
    postPending: createPosting(deps, notified),
    notify: createNotifying(deps, notified),
    withLease,
  });
  queue.work('relay-from-devin', async ({ sessionId }, { signal }) => relay(sessionId, signal), THREADS);
  queue.work('post-waiting', async ({ sessionId }, { signal }) => post(sessionId, signal), THREADS);
  /** `recorder`: for everything else that gets a session's status from Devin. */
  return { watcher: createWatching(deps, recorder), recorder, fetchMessages };
}

function createWatching(deps: FollowingDeps, recorder: Recorder): Watcher {
  const { queue, store, devin, prepare, findUnconfirmed } = deps;
  const { log, now, watchTimes: times } = deps.tuning;
  const { enqueue } = queue;
  const poll = createPoll(devin.sessions);
  const pollDue = createRound({ store, poll, recorder, enqueue, times, now, random: Math.random, log });
  const round = async (signal: AbortSignal): Promise<number> =>
    Math.max(await pollDue(signal), await findUnconfirmed(signal));
  return createWatcher({ leases: store.leases, prepare, round, times, sleep, log });
}

function createNotifying(deps: FollowingDeps, notified: Notified) {
  const { store, slack, postOnce, command, text } = deps;
  const { log, now } = deps.tuning;
  const { outbound, nameMentions, textFor } = slack;
  const composing = { store, outbound, notified, nameMentions, command, text, textFor, now };
  return createMilestoneNotifier({
    store,
    notified,
    postOnce,
    compose: async (notice) => composeMilestone(composing, notice),
    markAnsweredCalls: async (followed) => markAnsweredCalls(composing, followed),
    shareResult: async (place, session) => shareResult(composing, place, session),
    outbound,
    now,
    log,
  });
}

function createPosting(deps: FollowingDeps, notified: Notified) {
  const { store, devin, slack, postOnce, knownSince, text } = deps;
  const { log, now, relayTimes: times, inFlightMs } = deps.tuning;
  const { outbound, metadata, nameMentions, textFor } = slack;
  const { download } = devin.attachments;
  const frameOf = createFrameOf({ store, notified, text, now });
  const posting = { store, inFlightMs, postOnce, outbound, frameOf, download, nameMentions, text, now, log };
  const postMessage = createPostMessage(posting);
  return createPostPending({ store, metadata, knownSince, postMessage, outbound, times, textFor, now, log });
}
