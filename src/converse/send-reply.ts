import { handOverFile } from '../create/index.ts';
import type { Devin } from '../devin/devin.ts';
import { DevinError, orDevinError } from '../devin/errors.ts';
import { failureWord, lookupFailure } from '../failures.ts';
import { messagePages } from '../follow/index.ts';
import type { ResolveIdentity } from '../identity/resolve.ts';
import {
  type Enqueue,
  Later,
  type Lease,
  type SearchUntilFound,
  Unclear,
  type WithLease,
} from '../queue/index.ts';
import type { SentFile } from '../session/context.ts';
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
import type { Followed, SteeredThread } from '../store/requests.ts';
import type { SessionRow } from '../store/sessions.ts';
import type { Store, StoreParts } from '../store/store.ts';
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
  now: () => number;
};

/** A reply, and where its session's thread is. */
export type ReplyInThread = SteeredThread & { reply: Reply };

/** A reply with the session it is for, and the lease of the process that works on this session's replies. */
export type SendingReply = Followed & { reply: Reply; signal: AbortSignal; lease: Lease };

/**
 * One transaction, with the jobs that tell people how it ended. False: another process moved it. With a lease, it throws a
 * LeaseLostError if another process has taken over. `as`: the Devin member it was sent as; null: the service user.
 */
export async function moveReply(
  {
    store: { db, replies, messages },
    enqueue,
  }: Pick<ConverseContext, 'enqueue'> & {
    store: StoreParts<{ db: 'transaction'; replies: 'move' | 'takeEdit'; messages: 'answer' }>;
  },
  { reply: { id }, session }: Pick<ReplyInThread, 'reply' | 'session'>,
  { as = null, lease, ...step }: Omit<ReplyStep, 'id'> & { as?: string | null; lease?: Lease },
): Promise<boolean> {
  const { to } = step;
  return db.transaction().execute(async (trx) => {
    const reply = await replies.move({ id, ...step }, trx);
    if (reply === null) return false;
    const { sessionId } = reply;
    await lease?.fence(trx);
    if (MAY_TAKE_EDIT.has(to)) await replies.takeEdit(reply, trx);
    if (to === 'accepted' || to === 'sending') return true;
    await enqueue('tell-reply', { replyId: id }, { trx });
    if (to === 'delivered') {
      await messages.answer(sessionId, reply, trx);
      // The thread shows what was said elsewhere, and who answered.
      await enqueue('relay-from-devin', { sessionId }, { trx });
    }
    const wakes = session !== null && isResting(session.phase);
    await appendAudit(replyEntries(reply, { as, wakes }), trx);
    return true;
  });
}

/** It isn't at Devin for certain, nor on its way there: there is nothing to correct. */
const MAY_TAKE_EDIT: ReadonlySet<ReplyState> = new Set(['accepted', 'failed', 'unknown']);

/** Only what Devin has, or may have. */
function replyEntries(reply: Reply, { as, wakes }: { as: string | null; wakes: boolean }): AuditEntry[] {
  const { state, userId, channelId, messageTs, sessionId, failure } = reply;
  const about = { userId, channelId, messageTs, sessionId };
  if (failure !== null && isRefusedReply(failure))
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
 * Refused, or a NotDeliveredError. `identity`: of its author, who may send it.
 */
export async function send(c: ConverseContext, sending: SendingReply, identity: Identity): Promise<void> {
  const { session, reply } = sending;
  const content = await contentOf(c, sending);
  if (content.text.trim() === '' && content.urls.length === 0) {
    const changes = { files: content.files };
    await moveReply(c, sending, { from: ['accepted'], to: 'skipped', changes });
    return;
  }
  const over = await c.budget.wake(session.sessionId);
  if (over !== null) throw new NotDeliveredError(over);
  try {
    if (isResting(session.phase)) await wake(c, session);
    await deliver(c, sending, { content, identity });
  } catch (error) {
    const word = error instanceof NotDeliveredError ? error : failureWord(error);
    if (word instanceof Later) {
      await moveReply(c, sending, { from: ['sending'], to: 'accepted', changes: UNSENT });
      throw word;
    }
    if (word instanceof Unclear) return settle(c, sending);
    await c.budget.letGo(session.sessionId);
    if (word instanceof NotDeliveredError) throw word;
    // Its author's account may be gone, or a new one: it is looked up again.
    await c.store.identities.forget(reply);
    throw new NotDeliveredError((await isOverByNow(c, session)) ? { kind: 'ended' } : word.failure);
  }
}

/** The one place where a message wakes a session at rest. In the archive it would be taken and wake nothing. */
async function wake({ devin: { sessions } }: ConverseContext, { sessionId }: SessionRow): Promise<void> {
  const { isArchived } = await sessions.get(sessionId).catch(asLookup);
  if (!isArchived) return;
  await sessions.unarchive(sessionId).catch((error: unknown) => {
    const word = lookupFailure(error);
    if (word instanceof Later) throw word;
    throw archived(word.failure.kind === 'devin' ? word.failure.detail : null);
  });
}

const archived = (detail: string | null) => new NotDeliveredError({ kind: 'archived', detail });

/** Throws a LeaseLostError if another process may already be searching for it. */
async function deliver(
  c: ConverseContext,
  sending: SendingReply,
  { content: { text, urls, files }, identity }: { content: Content; identity: Identity },
): Promise<void> {
  const { session, reply, lease } = sending;
  const { kind, userId, text: whileText } = reply;
  const as = devinUserOf(identity);
  const author = as === null ? ((await c.slack.people.find(userId))?.name ?? userId) : null;
  const message = composeReply({ kind, text, files: files.map(({ name }) => name), author });
  const changes = { sentAt: 'now', sentText: message, files } as const;
  const step = { from: ['accepted'], to: 'sending', whileText, changes, lease } as const;
  // It was edited while its files were uploaded: the next run sends the new text.
  if (!(await moveReply(c, sending, step))) return;
  lease.assertFresh();
  const answer = await c.devin.sessions.sendMessage(session.sessionId, {
    message,
    ...(urls.length > 0 && { attachmentUrls: urls }),
    ...(as !== null && { messageAsUserId: as }),
  });
  // It was archived just before: nobody reads the message there.
  if (answer.isArchived) throw archived(null);
  // If this took long, another process has searched for it and called it unconfirmed.
  await moveReply(c, sending, { from: ['sending', 'unknown'], to: 'delivered', as });
  await c.recordAnswer(session, answer);
}

/**
 * sending -> delivered or unknown: the answer to a POST was lost, and a second POST might say everything twice. The
 * reply is searched for in the session's messages. If it isn't there, a person decides whether to send it again.
 */
export async function settle(c: ConverseContext, sending: SendingReply): Promise<void> {
  const eventId = await c.searchUntilFound(async () => findEcho(c, sending), sending.signal);
  const found =
    eventId === null ? { to: 'unknown' as const } : { to: 'delivered' as const, changes: { eventId } };
  await moveReply(c, sending, { from: ['sending'], ...found });
}

/**
 * The message at Devin that is certainly this reply: Devin has more messages with this text than other replies account
 * for. null: it isn't there, or it may be another's.
 */
async function findEcho(
  { store: { echoes, replies }, devin }: ConverseContext,
  { session, reply: { id } }: SendingReply,
): Promise<string | null> {
  // The row has what was sent, and another process may have found it.
  const reply = await replies.find(id);
  if (reply === null || reply.eventId !== null) return reply?.eventId ?? null;
  const unclaimed: string[] = [];
  const { sessionId, messagesCursor: after } = session;
  for await (const { items } of messagePages(devin.messages.list, sessionId, { after })) {
    const same = items
      .filter(({ source, message }) => source !== 'devin' && sentAs(message).includes(reply.sentText ?? ''))
      .map(({ eventId }) => eventId);
    const claimed = await echoes.recognized(sessionId, same);
    unclaimed.push(...same.filter((one) => !claimed.has(one)));
  }
  return unclaimed[await echoes.unseenTwins(reply)] ?? null;
}

type Content = { text: string; urls: string[]; files: SentFile[] };

/** The text with names in place of mentions, and where its files are at Devin. */
async function contentOf(c: ConverseContext, { reply, signal }: SendingReply): Promise<Content> {
  const urls: string[] = [];
  const files: SentFile[] = [];
  const handing = { files: c.slack.files, upload: c.devin.attachments.upload, now: c.now };
  for (const file of reply.files) {
    // In shared channels a message has only a stub of each file.
    const whole = file.url === null ? ((await c.slack.files.find(file.id, null)) ?? file) : file;
    const sent = await handOverFile(handing, whole, { askedAt: reply.createdAt, signal });
    if (sent.leftOut === null) urls.push(sent.url);
    files.push({ ...file, leftOut: sent.leftOut ?? undefined });
  }
  return { text: await c.slack.nameMentions(reply.text), urls, files };
}

/** Devin doesn't document how it refuses a message to a session that is over. */
async function isOverByNow(
  { devin }: ConverseContext,
  { sessionId, snapshot }: SessionRow,
): Promise<boolean> {
  const found = await orDevinError(devin.sessions.get(sessionId));
  return isClosed(found instanceof DevinError ? snapshot : found);
}
