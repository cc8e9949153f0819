import { createComposeReply } from '../converse/compose-reply.ts';
import { createFetchMessages } from '../follow/fetch-messages.ts';
import { createFindAttachments } from '../follow/find-attachments.ts';
import { createRelayFromDevin } from '../follow/from-devin.ts';
import { createFrameOf } from '../follow/frame.ts';
import { createTakenMarker } from '../converse/mark-taken.ts';
import { createListMessages } from '../follow/list-messages.ts';
import { createPostMessage } from '../follow/post-message.ts';
import type { ReadFile } from '../follow/post-message.ts';
import { createReplyMoves } from '../converse/reply-moves.ts';
import { createSendReply } from '../converse/send-reply.ts';
import { createSettleReply } from '../converse/settle-reply.ts';
import { readAttachment } from '../follow/share-file.ts';
import { createLeftOutTeller, createReplyTeller } from '../converse/tell-reply.ts';
import { createToShow } from '../converse/show-reply.ts';
import { createSyncThread } from '../converse/sync-thread.ts';
import { createThreadWords } from '../converse/thread-words.ts';
import { createRelayToDevin } from '../converse/to-devin.ts';
import { createSteeringCheck } from '../steer/check.ts';
import type { Recorder } from '../follow/record.ts';
import { en } from '../text/index.ts';
import type { Parts } from './parts.ts';

/** Each may wait for Devin: a slow session delays only itself. */
const THREADS = { concurrency: 10, most: 300 };

function createThreadFetch({ queue: { enqueue }, store, devin }: Parts) {
  const listMessages = createListMessages(devin.messages.list);
  return createFetchMessages({ ...store, settings: store.defaults, listMessages, enqueue });
}

/** What Devin says goes into the thread, with the files it made. */
export function createRelayToThread(parts: Parts): void {
  const { settings, queue, store, devin, slack } = parts;
  const { log, now, relayTimes: times } = settings;
  const { enqueue } = queue;
  const { outbound, nameMentions } = slack;
  const { attachments } = devin;
  const readFile: ReadFile = async (file, signal) => readAttachment(attachments.download, file, signal);
  const relay = createRelayFromDevin({
    ...store,
    fetchMessages: createThreadFetch(parts),
    findAttachments: createFindAttachments({ ...store, listAttachments: attachments.list, now, log }),
    postMessage: createPostMessage({
      ...store,
      postOnce: parts.postOnce,
      outbound,
      frameOf: createFrameOf({ ...store, settings: store.defaults, text: en, now }),
      readFile,
      nameMentions,
      text: en,
      now,
      log,
    }),
    outbound,
    withLease: parts.withLease,
    enqueue,
    times,
    text: en,
    now,
    log,
  });
  queue.work('relay-from-devin', async ({ sessionId }, { signal }) => relay(sessionId, signal), THREADS);
}

/** What people say in the thread, in boxes and by commands goes to Devin. */
export function createRelayToSession(parts: Parts, recorder: Recorder): void {
  const { config, settings, queue, store, devin, slack, resolver } = parts;
  const { now, relayTimes } = settings;
  const { enqueue } = queue;
  const { outbound, people, nameMentions } = slack;
  const move = createReplyMoves({ ...store, toShow: createToShow({ ...store, now }), enqueue });
  const listMessages = createListMessages(devin.messages.list);
  const settle = createSettleReply({
    ...store,
    listMessages,
    move,
    searchUntilFound: parts.searchUntilFound,
  });
  const sender = createSendReply({
    compose: createComposeReply({
      files: slack.files,
      upload: devin.attachments.upload,
      nameMentions,
      nameOf: async (userId) => (await people.find(userId))?.name ?? userId,
      now,
    }),
    sendMessage: devin.sessions.sendMessage,
    getSession: devin.sessions.get,
    recordAnswer: recorder.answer,
    settle,
    tellLeftOut: createLeftOutTeller({ ...store, outbound, text: en }),
    move,
    mayFallBack: config.impersonation !== 'required',
    now,
  });
  const relay = createRelayToDevin({
    ...store,
    resolver,
    check: createSteeringCheck({ resolver, settings: store.defaults }),
    presence: slack.presence,
    sender,
    settle,
    words: createThreadWords({ ...store, enqueue }),
    sync: createSync(parts),
    move,
    oneAtATime: parts.oneAtATime,
    enqueue,
    busyMs: relayTimes.busyMs,
  });
  const tell = createReplyTeller({ ...store, notices: store.threadNotices, outbound, text: en });
  const markTaken = createTakenMarker({
    ...store,
    check: createSteeringCheck({ resolver, settings: store.defaults }),
    outbound,
  });
  queue.work('relay-to-devin', async ({ sessionId }, { signal }) => relay(sessionId, signal), THREADS);
  queue.work('mark-taken', async ({ replyId }) => markTaken(replyId), { concurrency: 4 });
  queue.work('tell-reply', async ({ replyId }) => tell(replyId), { concurrency: 4 });
}

/** What was said while a thread was not tied to its session stays out of it. */
function createSync(parts: Parts) {
  const { settings, queue, store } = parts;
  const { log, now, relayTimes } = settings;
  return createSyncThread({
    ...store,
    fetchMessages: createThreadFetch(parts),
    oneAtATime: parts.oneAtATime,
    enqueue: queue.enqueue,
    busyMs: relayTimes.busyMs,
    now,
    log,
  });
}
