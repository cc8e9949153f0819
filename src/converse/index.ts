import type { Devin } from '../devin/devin.ts';
import type { SessionResponse } from '../devin/schemas.ts';
import type { Followed, ListMessages } from '../follow/index.ts';
import type { IdentityResolver } from '../identity/resolve.ts';
import type { Queue, SearchUntilFound, WithLease } from '../queue/index.ts';
import { TAKEN_REACTION } from '../slack/ids.ts';
import type { Outbound } from '../slack/outbound.ts';
import type { Slack } from '../slack/slack.ts';
import type { SteeringCheck } from '../steer/index.ts';
import type { Replies, Reply } from '../store/replies.ts';
import type { Requests } from '../store/requests.ts';
import type { Sessions } from '../store/sessions.ts';
import type { Store } from '../store/store.ts';
import type { Tuning } from '../tuning.ts';
import { createComposeReply } from './compose-reply.ts';
import { createLeftOutTeller, createReplyTeller, createToShow } from './notify-reply.ts';
import { createReplyMoves, createSettleReply } from './reply-moves.ts';
import type { MoveReply } from './reply-moves.ts';
import { createSendReply } from './send-reply.ts';
import { createSyncThread, createThreadWords } from './thread-words.ts';
import { createRelayToDevin } from './to-devin.ts';

type ConversingDeps = {
  queue: Pick<Queue, 'enqueue' | 'work'>;
  store: Store;
  devin: Pick<Devin, 'sessions' | 'attachments'>;
  slack: Pick<Slack, 'outbound' | 'people' | 'nameMentions' | 'files' | 'presence' | 'textFor'>;
  resolver: IdentityResolver;
  check: SteeringCheck;
  /** What Devin answered is how the session is now. */
  recordAnswer: (response: SessionResponse) => Promise<unknown>;
  listMessages: ListMessages;
  fetchMessages: (followed: Followed, signal: AbortSignal) => Promise<number>;
  withLease: WithLease;
  searchUntilFound: SearchUntilFound;
  /** Whether words may go as the service user, with the author's name in them, if Devin refuses the author. */
  mayFallBack: boolean;
  tuning: Pick<Tuning, 'log' | 'now' | 'relayTimes'>;
};

/** Each may wait for Devin: a slow session delays only itself. */
const THREADS = { concurrency: 10, most: 300 };

/** What people say in the thread, in boxes and by commands goes to Devin. */
export function createConversing(deps: ConversingDeps): void {
  const { queue, store, slack, check } = deps;
  const { requests, sessions, replies, forms, threadNotices: notices } = store;
  const { outbound, textFor } = slack;
  const relay = createRelay(deps);
  const tell = createReplyTeller({ replies, sessions, requests, forms, notices, outbound, textFor });
  const markTaken = createTakenMarker({ replies, sessions, requests, check, outbound });
  queue.work('relay-to-devin', async ({ sessionId }, { signal }) => relay(sessionId, signal), THREADS);
  queue.work('mark-taken', async ({ replyId }) => markTaken(replyId), { concurrency: 4 });
  queue.work('tell-reply', async ({ replyId }) => tell(replyId), { concurrency: 4 });
}

function createRelay(deps: ConversingDeps) {
  const { queue, store, slack, resolver, check, withLease, listMessages, searchUntilFound } = deps;
  const { now, relayTimes } = deps.tuning;
  const { db, requests, sessions, replies, messages, cards } = store;
  const { enqueue } = queue;
  const toShow = createToShow({ replies, sessions, requests, now });
  const move = createReplyMoves({ db, replies, messages, toShow, enqueue });
  const settle = createSettleReply({ replies, listMessages, move, searchUntilFound });
  return createRelayToDevin({
    sessions,
    requests,
    replies,
    resolver,
    check,
    presence: slack.presence,
    sender: createSender(deps, { move, settle }),
    settle,
    words: createThreadWords({ db, sessions, cards, replies, enqueue }),
    sync: createSync(deps),
    move,
    withLease,
    enqueue,
    busyMs: relayTimes.busyMs,
  });
}

type SenderDeps = { move: MoveReply; settle: ReturnType<typeof createSettleReply> };

function createSender(deps: ConversingDeps, { move, settle }: SenderDeps) {
  const { store, devin, slack, recordAnswer, mayFallBack } = deps;
  const { now } = deps.tuning;
  const { sessions } = store;
  const { outbound, people, nameMentions, files, textFor } = slack;
  const nameOf = async (userId: string): Promise<string> => (await people.find(userId))?.name ?? userId;
  return createSendReply({
    compose: createComposeReply({ files, upload: devin.attachments.upload, nameMentions, nameOf, now }),
    sendMessage: devin.sessions.sendMessage,
    getSession: devin.sessions.get,
    recordAnswer,
    settle,
    tellLeftOut: createLeftOutTeller({ sessions, outbound, textFor }),
    move,
    mayFallBack,
    now,
  });
}

/** What was said while a thread was disconnected from its session stays out of it. */
function createSync({ queue, store, fetchMessages, withLease, tuning }: ConversingDeps) {
  const { db, sessions, cards, messages, replies } = store;
  const { enqueue } = queue;
  const { log, now } = tuning;
  const { busyMs } = tuning.relayTimes;
  return createSyncThread({
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
}

type MarkDeps = {
  replies: Pick<Replies, 'find'>;
  sessions: Pick<Sessions, 'find'>;
  requests: Pick<Requests, 'find'>;
  check: SteeringCheck;
  outbound: Pick<Outbound, 'react' | 'unreact'>;
};

/** Marks a message in the thread as taken until Devin has it, if its author may steer the session. */
function createTakenMarker({ replies, sessions, requests, check, outbound }: MarkDeps) {
  async function isTaken(reply: Reply): Promise<boolean> {
    const session = await sessions.find(reply.sessionId);
    const request = session === null ? null : await requests.find(session.requestId);
    return request !== null && (await check(request, reply.userId)).kind === 'allowed';
  }

  return async (replyId: string): Promise<void> => {
    const reply = await replies.find(replyId);
    if (reply === null || !isUnderWay(reply)) return;
    const { channelId, messageTs: ts } = reply;
    if (channelId === null || ts === null || !(await isTaken(reply))) return;
    await outbound.react(channelId, ts, TAKEN_REACTION);
    // It may have ended meanwhile, before there was a mark to take away.
    const after = await replies.find(replyId);
    if (after === null || !isUnderWay(after)) await outbound.unreact(channelId, ts, TAKEN_REACTION);
  };
}

function isUnderWay({ state }: Reply): boolean {
  return state === 'accepted' || state === 'sending';
}
