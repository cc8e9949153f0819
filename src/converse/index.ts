import type { Devin } from '../devin/devin.ts';
import type { ResolveIdentity } from '../identity/resolve.ts';
import type { Queue, SearchUntilFound, WithLease } from '../queue/index.ts';
import type { SessionSnapshot } from '../session/snapshot.ts';
import type { Slack } from '../slack/slack.ts';
import { createTellOnce } from '../slack/tell-once.ts';
import type { Followed } from '../store/requests.ts';
import type { Store } from '../store/store.ts';
import type { Budget, SteeringCheck } from '../trust/index.ts';
import type { Tuning } from '../tuning.ts';
import { createReplyNotifier } from './notify-reply.ts';
import { createMoveReply, createRelay, type RelayParts } from './relay.ts';
import { createReplySender } from './send-reply.ts';
import { createSettleReply } from './settle-reply.ts';
import { createApplyKeyword } from './thread-keywords.ts';

export { createMoveReply, type MoveReply } from './relay.ts';

type ConversingDeps = {
  queue: Pick<Queue, 'enqueue' | 'work'>;
  store: Store;
  devin: Pick<Devin, 'sessions' | 'messages' | 'attachments'>;
  slack: Pick<Slack, 'outbound' | 'people' | 'nameMentions' | 'files' | 'presence' | 'textFor'>;
  resolve: ResolveIdentity;
  check: SteeringCheck;
  budget: Pick<Budget, 'wake' | 'letGo'>;
  recordAnswer: (snapshot: SessionSnapshot) => Promise<unknown>;
  fetchMessages: (followed: Followed, signal: AbortSignal) => Promise<number>;
  withLease: WithLease;
  searchUntilFound: SearchUntilFound;
  /** Whether to send as the service user, with the author's name in the text, if Devin refuses the author. */
  mayFallBack: boolean;
  tuning: Pick<Tuning, 'log' | 'now'>;
};

/** Each may wait for Devin: a slow session delays only itself. */
const THREADS = { concurrency: 30 };

/** Takes what people say in the thread, in dialogs and by commands to Devin. */
export function createConversing(deps: ConversingDeps): void {
  const { queue, store, slack, check, withLease, resolve } = deps;
  const { outbound, textFor, presence } = slack;
  const tellOnce = createTellOnce({ leases: store.leases, notices: store.threadNotices });
  const notifier = createReplyNotifier({ store, tellOnce, check, outbound, textFor });
  const relay = createRelay({ store, resolve, check, presence, withLease }, createParts(deps));
  queue.work('relay-to-devin', relay, THREADS);
  queue.work('mark-taken', notifier.markTaken, { concurrency: 4 });
  queue.work('tell-reply', notifier.notify, { concurrency: 4 });
}

function createParts(deps: ConversingDeps): RelayParts {
  const { queue, store, devin, slack, recordAnswer, fetchMessages, withLease, searchUntilFound } = deps;
  const { log, now } = deps.tuning;
  const { enqueue } = queue;
  const move = createMoveReply({ store, enqueue });
  const { list: listMessages } = devin.messages;
  const settle = createSettleReply({ store, listMessages, move, searchUntilFound, now });
  const sender = createReplySender({
    files: slack.files,
    upload: devin.attachments.upload,
    nameMentions: slack.nameMentions,
    nameOf: async (userId) => (await slack.people.find(userId))?.name ?? userId,
    sendMessage: devin.sessions.sendMessage,
    getSession: devin.sessions.get,
    recordAnswer,
    settle,
    move,
    budget: deps.budget,
    forgetIdentity: store.identities.forget,
    mayFallBack: deps.mayFallBack,
    now,
  });
  const applyKeyword = createApplyKeyword({ store, fetchMessages, withLease, enqueue, now, log });
  return { sender, settle, applyKeyword, move };
}
