import { handOverFile } from '../create/index.ts';
import type { Devin } from '../devin/devin.ts';
import { DevinError, orDevinError } from '../devin/errors.ts';
import { failureWord, lookupFailure } from '../failures.ts';
import { messagePages, mirrorReply } from '../follow/index.ts';
import type { ResolveIdentity } from '../identity/resolve.ts';
import {
  type Enqueue,
  Later,
  type Lease,
  type SearchUntilFound,
  Unclear,
  type WithLease,
} from '../queue/index.ts';
import type { SentFile, SlackFile } from '../session/context.ts';
import { devinUserOf, type Identity } from '../session/identity.ts';
import { isResting } from '../session/lifecycle.ts';
import {
  composeReply,
  isRefusedReply,
  type ReplyFailure,
  type ReplyState,
  sentAs,
} from '../session/reply.ts';
import { isClosed, type SessionSnapshot } from '../session/snapshot.ts';
import type { SteeringCheck } from '../slack/authority.ts';
import type { Slack } from '../slack/edge/slack.ts';
import { appendAudit, type AuditEntry } from '../store/audit.ts';
import type { Reply, ReplyStep } from '../store/replies.ts';
import type { Followed } from '../store/requests.ts';
import type { SessionRow } from '../store/sessions.ts';
import type { Store, StoreParts } from '../store/store.ts';
import type { NewMessage } from '../store/thread-messages.ts';
import type { Budget } from '../trust/index.ts';

export type ConverseContext = {
  store: Store;
  devin: Pick<Devin, 'sessions' | 'messages' | 'attachments'>;
  slack: Pick<Slack, 'outbound' | 'people' | 'nameMentions' | 'files' | 'presence' | 'textFor'>;
  enqueue: Enqueue;
  resolve: ResolveIdentity;
  check: SteeringCheck;
  /** Reserves what a session that rests may still use; why it can't be woken: it doesn't fit. */
  budget: Pick<Budget, 'wake' | 'letGo'>;
  recordAnswer: (session: SessionRow, snapshot: SessionSnapshot) => Promise<void>;
  withLease: WithLease;
  searchUntilFound: SearchUntilFound;
  /** Whether to send as the service user, with the author's name in the text, if Devin refuses the author. */
  mayFallBack: boolean;
  now: () => number;
};

/** A reply with the session it is for, and the request that session was started for. */
export type ReplyInSession = Followed & { reply: Reply };

/** A reply that its author may send. `lease`: of the process that works on this session's replies. */
export type SendingReply = ReplyInSession & { identity: Identity; signal: AbortSignal; lease: Lease };

/**
 * One transaction, with the jobs that tell people how it ended; null: another process moved it. With a lease, it throws
 * a LeaseLostError if another process has taken over.
 */
export async function moveReply(
  {
    store: { db, replies, messages },
    enqueue,
  }: {
    store: StoreParts<{ db: 'transaction'; replies: 'move' | 'takeEdit'; messages: 'add' | 'answer' }>;
    enqueue: Enqueue;
  },
  {
    as = null,
    wakes = false,
    mirror = null,
    ...step
  }: ReplyStep & {
    /** The Devin member it was sent as; null: the service user. */
    as?: string | null;
    /** The session was at rest. */
    wakes?: boolean;
    /** What to show in the thread of a delivered reply that wasn't written there; null: nothing. */
    mirror?: NewMessage | null;
  },
  lease?: Lease,
): Promise<Reply | null> {
  return db.transaction().execute(async (trx) => {
    const moved = await replies.move(step, trx);
    if (moved === null) return null;
    await lease?.fence(trx);
    const { id, sessionId } = moved;
    if (MAY_TAKE_EDIT.has(step.to)) await replies.takeEdit(moved, trx);
    if (step.to === 'accepted' || step.to === 'sending') return moved;
    await enqueue('tell-reply', { replyId: id }, { trx });
    if (mirror !== null) {
      await messages.add(sessionId, [mirror], trx);
      await enqueue('relay-from-devin', { sessionId }, { trx });
    }
    if (step.to === 'delivered') await messages.answer(sessionId, moved, trx);
    await appendAudit(replyEntries(moved, { as, wakes }), trx);
    return moved;
  });
}

/** It isn't at Devin for certain, nor on its way there: there is nothing to correct. */
const MAY_TAKE_EDIT: ReadonlySet<ReplyState> = new Set(['accepted', 'failed', 'unknown']);

/** Only what Devin has, or may have. */
function replyEntries(reply: Reply, { as, wakes }: { as: string | null; wakes: boolean }): AuditEntry[] {
  const { state, userId, channelId, messageTs, sessionId, failure } = reply;
  const about = { userId, channelId, messageTs, sessionId };
  if (state === 'failed' && failure !== null && isRefusedReply(failure))
    return [{ ...about, kind: 'refusal', result: `reply:${failure.kind}` }];
  if (state !== 'delivered' && state !== 'unknown') return [];
  return [{ ...about, kind: wakes ? 'wake' : 'reply', devinUserId: as, result: state }];
}

/** Devin did nothing. */
const UNSENT = { sentAt: null, sentText: null };

/** It doesn't go to Devin. */
export class NotDeliveredError extends Error {
  override readonly name = 'NotDeliveredError';
  readonly failure: ReplyFailure;

  constructor(failure: ReplyFailure) {
    super(failure.kind);
    this.failure = failure;
  }
}

const asLookup = (error: unknown): never => {
  throw lookupFailure(error);
};

/**
 * accepted -> sending -> delivered. `sending` is on disk before the POST leaves, and the POST is made once. Throws a Later, a
 * Refused, or a NotDeliveredError.
 */
export async function send(c: ConverseContext, sending: SendingReply): Promise<void> {
  const { session, reply, signal } = sending;
  const { text, urls, files } = await contentOf(c, reply, signal);
  if (text.trim() === '' && urls.length === 0) {
    await moveReply(c, { id: reply.id, from: ['accepted'], to: 'skipped', changes: { files } });
    return;
  }
  const over = await c.budget.wake(session.sessionId);
  if (over !== null) throw new NotDeliveredError(over);
  try {
    if (isResting(session.phase)) await wake(c, sending);
    await deliver(c, sending, { text, urls, files });
  } catch (error) {
    const word = error instanceof NotDeliveredError ? error : failureWord(error);
    if (word instanceof Later) {
      await moveReply(c, { id: reply.id, from: ['sending'], to: 'accepted', changes: UNSENT });
      throw word;
    }
    if (word instanceof Unclear) return settle(c, sending, signal);
    await c.budget.letGo(session.sessionId);
    if (word instanceof NotDeliveredError) throw word;
    // Its author's account may be gone, or a new one: it is looked up again.
    await c.store.identities.forget(reply);
    throw new NotDeliveredError((await isOverByNow(c, session)) ? { kind: 'ended' } : word.failure);
  }
}

/** The one place where a message wakes a session at rest. In the archive it would be taken and wake nothing. */
async function wake({ devin: { sessions } }: ConverseContext, { session }: SendingReply): Promise<void> {
  const { isArchived } = await sessions.get(session.sessionId).catch(asLookup);
  if (!isArchived) return;
  await sessions.unarchive(session.sessionId).catch((error: unknown) => {
    const word = lookupFailure(error);
    if (word instanceof Later) throw word;
    throw archived(word.failure.kind === 'devin' ? word.failure.detail : null);
  });
}

const archived = (detail: string | null) => new NotDeliveredError({ kind: 'archived', detail });

async function deliver(c: ConverseContext, sending: SendingReply, content: Content): Promise<void> {
  const { session, reply } = sending;
  const sent = await postAsAuthor(c, sending, content);
  // It was edited while its files were uploaded: the next run sends the new text.
  if (sent === null) return;
  // It was archived just before: nobody reads the message there.
  if (sent.response.isArchived) throw archived(null);
  const { id, text: whileText } = reply;
  const mirror = mirrorReply(sending, new Date(c.now()));
  const step = { id, to: 'delivered', as: sent.as, wakes: isResting(session.phase), mirror } as const;
  // If this took long, another process has searched for it and called it unconfirmed, and its author may have edited it.
  if ((await moveReply(c, { ...step, from: ['sending'] })) === null)
    await moveReply(c, { ...step, from: ['unknown'], whileText });
  await c.recordAnswer(session, sent.response);
}

/**
 * sending -> delivered or unknown: the answer to a POST was lost, and a second POST might say everything twice. The
 * reply is searched for in the session's messages. If it isn't there, a person decides whether to send it again.
 */
export async function settle(
  c: ConverseContext,
  inSession: ReplyInSession,
  signal: AbortSignal,
): Promise<void> {
  const { session, reply } = inSession;
  const { id } = reply;
  const eventId = await c.searchUntilFound(async () => findEvent(c, session, id), signal);
  if (eventId === null) await moveReply(c, { id, from: ['sending'], to: 'unknown' });
  else {
    const mirror = mirrorReply(inSession, new Date(c.now()));
    await moveReply(c, { id, from: ['sending'], to: 'delivered', changes: { eventId }, mirror });
  }
}

/** The row has what was sent, and another process may have found it. */
async function findEvent(c: ConverseContext, session: SessionRow, id: string): Promise<string | null> {
  const reply = await c.store.replies.find(id);
  return reply === null ? null : (reply.eventId ?? findEcho(c, session, reply));
}

/**
 * The message at Devin that is certainly this reply: Devin has more messages with this text than other replies account
 * for. null: it isn't there, or it may be another's.
 */
async function findEcho(
  { store: { echoes }, devin }: ConverseContext,
  session: SessionRow,
  reply: Reply,
): Promise<string | null> {
  const unclaimed: string[] = [];
  const { sessionId, messagesCursor: after } = session;
  for await (const { items } of messagePages(devin.messages.list, sessionId, { after })) {
    const same = items
      .filter(({ source, message }) => source !== 'devin' && sentAs(message).includes(reply.sentText ?? ''))
      .map(({ eventId }) => eventId);
    const claimed = await echoes.recognized(sessionId, same);
    unclaimed.push(...same.filter((id) => !claimed.has(id)));
  }
  return unclaimed[await echoes.unseenTwins(reply)] ?? null;
}

async function postAsAuthor(c: ConverseContext, sending: SendingReply, content: Content) {
  const asUserId = devinUserOf(sending.identity);
  try {
    return await post(c, sending, { content, asUserId });
  } catch (error) {
    const isRefused = error instanceof DevinError && error.code === 'forbidden';
    if (!isRefused || asUserId === null || !c.mayFallBack) throw error;
    return post(c, sending, { content, asUserId: null });
  }
}

async function post(
  c: ConverseContext,
  { session, reply, lease }: SendingReply,
  { content, asUserId }: { content: Content; asUserId: string | null },
) {
  const message = await messageOf(c, reply, { content, namesAuthor: asUserId === null });
  const { id, text: whileText } = reply;
  const changes = { sentAt: 'now' as const, sentText: message, files: content.files };
  const step = { id, from: ['accepted', 'sending'] as const, to: 'sending' as const, whileText, changes };
  if ((await moveReply(c, step, lease)) === null) return null;
  if (!lease.isFresh()) {
    // The commit took so long that another process may already be searching for it.
    await moveReply(c, { id, from: ['sending'], to: 'accepted', changes: UNSENT }, lease);
    return null;
  }
  const response = await c.devin.sessions.sendMessage(session.sessionId, {
    message,
    ...(content.urls.length > 0 && { attachmentUrls: content.urls }),
    ...(asUserId !== null && { messageAsUserId: asUserId }),
  });
  return { response, as: asUserId };
}

type Content = { text: string; urls: string[]; files: SentFile[] };

/** The text with names in place of mentions, and where its files are at Devin. */
async function contentOf(c: ConverseContext, reply: Reply, signal: AbortSignal): Promise<Content> {
  const urls: string[] = [];
  const files: SentFile[] = [];
  const handing = { files: c.slack.files, upload: c.devin.attachments.upload, now: c.now };
  for (const file of reply.files) {
    const asked = { askedAt: reply.createdAt, signal };
    const sent = await handOverFile(handing, await findWhole(c, file), asked);
    if (sent.leftOut === null) urls.push(sent.url);
    files.push({ ...file, leftOut: sent.leftOut ?? undefined });
  }
  return { text: await c.slack.nameMentions(reply.text), urls, files };
}

/** In shared channels a message has only a stub of each file. */
async function findWhole({ slack }: ConverseContext, file: SlackFile): Promise<SlackFile> {
  return file.url === null ? ((await slack.files.find(file.id)) ?? file) : file;
}

async function messageOf(
  { slack }: ConverseContext,
  reply: Reply,
  { content, namesAuthor }: { content: Content; namesAuthor: boolean },
) {
  const { kind, userId } = reply;
  const files = reply.files.map(({ name }) => name);
  const author = namesAuthor ? ((await slack.people.find(userId))?.name ?? userId) : null;
  return composeReply({ kind, text: content.text, files, author });
}

/** Devin doesn't document how it refuses a message to a session that is over. */
async function isOverByNow(
  { devin }: ConverseContext,
  { sessionId, snapshot }: SessionRow,
): Promise<boolean> {
  const found = await orDevinError(devin.sessions.get(sessionId));
  return isClosed(found instanceof DevinError ? snapshot : found);
}
