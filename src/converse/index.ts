import type { Devin } from '../devin/devin.ts';
import type { ListMessages } from '../follow/index.ts';
import type { IdentityResolver } from '../identity/resolve.ts';
import type { Queue, SearchUntilFound, WithLease } from '../queue/index.ts';
import type { SessionSnapshot } from '../session/snapshot.ts';
import type { Slack } from '../slack/slack.ts';
import type { SteeringCheck } from '../slack/steering-check.ts';
import type { Followed } from '../store/requests.ts';
import type { Store } from '../store/store.ts';
import type { Tuning } from '../tuning.ts';
import { createMoveReply, createSettleReply } from './move-reply.ts';
import { createReplyNotifier } from './notify-reply.ts';
import { createRelayToDevin } from './relay-to-devin.ts';
import { createReplySender } from './send-reply.ts';
import { createApplyKeyword } from './thread-keywords.ts';

export { createMoveReply } from './move-reply.ts';
export type { MoveReply } from './move-reply.ts';

type ConversingDeps = {
  queue: Pick<Queue, 'enqueue' | 'work'>;
  store: Store;
  devin: Pick<Devin, 'sessions' | 'attachments'>;
  slack: Pick<Slack, 'outbound' | 'people' | 'nameMentions' | 'files' | 'presence' | 'textFor'>;
  resolver: IdentityResolver;
  check: SteeringCheck;
  /** What Devin answered is how the session is now. */
  recordAnswer: (snapshot: SessionSnapshot) => Promise<unknown>;
  listMessages: ListMessages;
  fetchMessages: (followed: Followed, signal: AbortSignal) => Promise<number>;
  withLease: WithLease;
  searchUntilFound: SearchUntilFound;
  /** Whether to send as the service user, with the author's name in the text, if Devin refuses the author. */
  mayFallBack: boolean;
  tuning: Pick<Tuning, 'log' | 'now' | 'relayTimes'>;
};

/** Each may wait for Devin: a slow session delays only itself. */
const THREADS = { concurrency: 10, most: 300 };

/** Takes what people say in the thread, in dialogs and by commands to Devin. */
export function createConversing(deps: ConversingDeps): void {
  const { queue, store, slack, check } = deps;
  const { requests, sessions, replies, forms, threadNotices: notices } = store;
  const { outbound, textFor } = slack;
  const notifier = createReplyNotifier({
    replies,
    sessions,
    requests,
    forms,
    notices,
    check,
    outbound,
    textFor,
  });
  const relay = createRelay(deps, notifier);
  queue.work('relay-to-devin', async ({ sessionId }, { signal }) => relay(sessionId, signal), THREADS);
  queue.work('mark-taken', async ({ replyId }) => notifier.markTaken(replyId), { concurrency: 4 });
  queue.work('tell-reply', async ({ replyId }) => notifier.notify(replyId), { concurrency: 4 });
}

type Notifier = ReturnType<typeof createReplyNotifier>;

function createRelay(deps: ConversingDeps, { notifyLeftOut }: Notifier) {
  const { queue, store, devin, slack, resolver, check, recordAnswer, mayFallBack } = deps;
  const { withLease, listMessages, fetchMessages, searchUntilFound } = deps;
  const { log, now, relayTimes } = deps.tuning;
  const { db, requests, sessions, replies, echoes, messages, cards } = store;
  const { enqueue } = queue;
  const { busyMs } = relayTimes;
  const move = createMoveReply({ db, replies, messages, enqueue });
  const settle = createSettleReply({ replies, echoes, listMessages, move, searchUntilFound, now });
  const sender = createReplySender({
    files: slack.files,
    upload: devin.attachments.upload,
    nameMentions: slack.nameMentions,
    nameOf: async (userId) => (await slack.people.find(userId))?.name ?? userId,
    sendMessage: devin.sessions.sendMessage,
    getSession: devin.sessions.get,
    recordAnswer,
    settle,
    notifyLeftOut,
    move,
    mayFallBack,
    now,
  });
  const applyKeyword = createApplyKeyword({
    db,
    sessions,
    cards,
    messages,
    replies,
    fetchMessages,
    withLease,
    enqueue,
    busyMs,
    now,
    log,
  });
  return createRelayToDevin({
    sessions,
    requests,
    replies,
    resolver,
    check,
    presence: slack.presence,
    sender,
    settle,
    applyKeyword,
    move,
    withLease,
    enqueue,
    busyMs,
  });
}
