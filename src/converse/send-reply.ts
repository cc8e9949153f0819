import {
  devinTrouble,
  handOverFile,
  type DevinTrouble,
  type UploadFile,
  type Waiting,
} from '../create/index.ts';
import { DevinError, orDevinError } from '../devin/errors.ts';
import type { SessionMessageRequest } from '../devin/sessions.ts';
import { mirrorReply } from '../follow/index.ts';
import { retryWindow } from '../queue/index.ts';
import type { SentFile, SlackFile } from '../session/context.ts';
import type { Failure } from '../session/failure.ts';
import { devinUserOf } from '../session/identity.ts';
import { composeReply, type ReplyFailure } from '../session/reply.ts';
import { isClosed, type SessionSnapshot } from '../session/snapshot.ts';
import type { SlackFiles } from '../slack/files.ts';
import type { Identities } from '../store/identities.ts';
import type { Reply } from '../store/replies.ts';
import type { SessionRow } from '../store/sessions.ts';
import type { Budget } from '../trust/index.ts';
import type { MoveReply, RelayParts, ReplyOutcome, Sending } from './relay.ts';

type SendDeps = {
  files: Pick<SlackFiles, 'find' | 'open'>;
  upload: UploadFile;
  nameMentions: (text: string) => Promise<string>;
  nameOf: (userId: string) => Promise<string>;
  sendMessage: (sessionId: string, request: SessionMessageRequest) => Promise<SessionSnapshot>;
  getSession: (sessionId: string) => Promise<SessionSnapshot>;
  /** What Devin answered is how the session is now. */
  recordAnswer: (response: SessionSnapshot) => Promise<unknown>;
  settle: RelayParts['settle'];
  move: MoveReply;
  /** Reserves what a session that rests may still use; why it can't be woken: it doesn't fit. */
  budget: Pick<Budget, 'wake' | 'letGo'>;
  /** Who the author is in Devin is then looked up again. */
  forgetIdentity: Identities['forget'];
  /** Whether to send as the service user, with the author's name in the text, if Devin refuses the author. */
  mayFallBack: boolean;
  now: () => number;
};

/** accepted -> sending -> delivered. `sending` is on disk before the POST leaves, and the POST is made once. */
export function createReplySender(deps: SendDeps): RelayParts['sender'] {
  const { move } = deps;

  async function fail({ id }: Reply, failure: ReplyFailure): Promise<ReplyOutcome> {
    await move({ id, from: ['accepted', 'sending'], to: 'failed', changes: { failure } });
    return null;
  }

  /** Back to `accepted`. Retries after as long as Devin says, or longer each time. */
  async function wait(reply: Reply, { waiting, retryAfterMs }: Waiting): Promise<ReplyOutcome> {
    const triedForMs = deps.now() - reply.createdAt.getTime();
    const retry = retryWindow('devin', { triedForMs, retryAfterMs });
    if (retry.kind === 'over') return fail(reply, { kind: 'gave-up', waiting });
    const { afterMs } = retry;
    const changes = { sentAt: null, sentText: null, waitMs: afterMs };
    await move({ id: reply.id, from: ['accepted', 'sending'], to: 'accepted', changes });
    return afterMs;
  }

  /** The commit took so long that another process may already be searching for it. */
  async function takeBack({ reply: { id }, lease }: Sending): Promise<null> {
    const changes = { sentAt: null, sentText: null };
    await move({ id, from: ['sending'], to: 'accepted', changes }, lease);
    return null;
  }

  async function post(sending: Sending, content: Content, asUserId: string | null) {
    const { session, reply, lease } = sending;
    const message = await messageOf(deps, reply, { content, namesAuthor: asUserId === null });
    const changes = { sentAt: 'now' as const, sentText: message, files: content.files };
    const { id, text: whileText } = reply;
    const step = { id, from: ['accepted', 'sending'] as const, to: 'sending' as const, whileText, changes };
    const moved = await move(step, lease);
    if (moved === null) return null;
    if (lease?.isFresh() === false) return takeBack(sending);
    const response = await deps.sendMessage(session.sessionId, {
      message,
      ...(content.urls.length > 0 && { attachmentUrls: content.urls }),
      ...(asUserId !== null && { messageAsUserId: asUserId }),
    });
    return { response, as: asUserId };
  }

  async function postAsAuthor(sending: Sending, content: Content) {
    const { identity } = sending;
    const asUserId = devinUserOf(identity);
    try {
      return await post(sending, content, asUserId);
    } catch (error) {
      const isRefused = error instanceof DevinError && error.code === 'forbidden';
      if (!isRefused || asUserId === null || !deps.mayFallBack) throw error;
      return post(sending, content, null);
    }
  }

  async function afterError(sending: Sending, error: unknown): Promise<ReplyOutcome> {
    const { session, reply, signal } = sending;
    const trouble = devinTrouble(error);
    switch (trouble.kind) {
      case 'wait':
        return wait(reply, trouble);
      case 'unknown-outcome':
        return deps.settle(sending, signal);
      case 'final':
        // The author's account may be gone, or a new one.
        await Promise.all([deps.forgetIdentity(reply), deps.budget.letGo(session.sessionId)]);
        return fail(reply, await classifyRefusal(deps, session, trouble.failure));
    }
  }

  async function deliver(sending: Sending, content: Content): Promise<ReplyOutcome> {
    const sent = await postAsAuthor(sending, content);
    // It was edited while its files were uploaded: the next run sends the new text.
    if (sent === null) return null;
    const { id, text: whileText } = sending.reply;
    const wakes = sending.session.phase === 'asleep';
    const mirror = mirrorReply(sending, new Date(deps.now()));
    const step = { id, to: 'delivered', as: sent.as, wakes, mirror } as const;
    // If this took long, another process has searched for it and called it unconfirmed, and its author may have edited it.
    if ((await move({ ...step, from: ['sending'] })) === null)
      await move({ ...step, from: ['unknown'], whileText });
    await deps.recordAnswer(sent.response);
    return null;
  }

  async function send(sending: Sending): Promise<ReplyOutcome> {
    const { reply, signal } = sending;
    const content = await contentOf(deps, reply, signal);
    switch (content.kind) {
      case 'final':
        return fail(reply, content.failure);
      case 'wait':
        return wait(reply, content);
      case 'unknown-outcome':
        return wait(reply, { waiting: 'down', retryAfterMs: null });
      case 'empty':
        await move({ id: reply.id, from: ['accepted'], to: 'skipped', changes: { files: content.files } });
        return null;
      case 'content': {
        const over = await deps.budget.wake(sending.session.sessionId);
        if (over !== null) return fail(reply, over);
        return deliver(sending, content).catch(async (error: unknown) => afterError(sending, error));
      }
    }
  }

  return { fail, wait, send };
}

type Content = { kind: 'content'; text: string; urls: string[]; files: SentFile[] };
/** It had nothing but files, and none of them can be sent. */
type Empty = { kind: 'empty'; files: SentFile[] };

/** The text with names in place of mentions, and where its files are at Devin. */
async function contentOf(
  deps: SendDeps,
  reply: Reply,
  signal: AbortSignal,
): Promise<Content | Empty | DevinTrouble> {
  const urls: string[] = [];
  const files: SentFile[] = [];
  for (const file of reply.files) {
    const asked = { askedAt: reply.createdAt, signal };
    const handedOver = await handOverFile(deps, await findWhole(deps, file), asked);
    if (handedOver.kind !== 'uploaded' && handedOver.kind !== 'left-out') return handedOver;
    if (handedOver.kind === 'uploaded') urls.push(handedOver.url);
    files.push({ ...file, leftOut: handedOver.kind === 'left-out' ? handedOver.leftOut.reason : undefined });
  }
  if (reply.text.trim() === '' && urls.length === 0) return { kind: 'empty', files };
  return { kind: 'content', text: await deps.nameMentions(reply.text), urls, files };
}

/** In shared channels a message has only a stub of each file. */
async function findWhole({ files }: SendDeps, file: SlackFile): Promise<SlackFile> {
  return file.url === null ? ((await files.find(file.id)) ?? file) : file;
}

type Wording = { content: Content; namesAuthor: boolean };

async function messageOf({ nameOf }: SendDeps, reply: Reply, { content, namesAuthor }: Wording) {
  const { kind, userId } = reply;
  const files = reply.files.map(({ name }) => name);
  const author = namesAuthor ? await nameOf(userId) : null;
  return composeReply({ kind, text: content.text, files, author });
}

/** Devin doesn't document its code for a session that is over; a 404 may also be about a person that the message names. */
const ABOUT_SESSION: ReadonlySet<string> = new Set([
  'conflict',
  'invalid-request',
  'unexpected',
  'not-found',
]);

/** What Devin's refusal is about: the session may be over, or gone, or something this app can't see. */
async function classifyRefusal(
  { getSession }: SendDeps,
  { sessionId, snapshot }: SessionRow,
  failure: Failure,
): Promise<ReplyFailure> {
  if (failure.kind !== 'devin' || !ABOUT_SESSION.has(failure.code)) return failure;
  const found = await orDevinError(getSession(sessionId));
  const isSeen = !(found instanceof DevinError);
  if (isClosed(isSeen ? found : snapshot)) return { kind: 'ended' };
  if (failure.code !== 'not-found') return failure;
  if (isSeen) return { ...failure, code: 'unexpected' };
  const mayNotSee = found.code === 'forbidden' || found.code === 'unauthorized';
  return mayNotSee ? { kind: 'devin', ...found.facts } : failure;
}
