import { DevinError } from '../devin/errors.ts';
import type { SessionResponse } from '../devin/schemas.ts';
import type { SessionMessageRequest } from '../devin/sessions.ts';
import type { Failure } from '../session/failure.ts';
import type { Identity } from '../session/identity.ts';
import type { ReplyFailure } from '../session/reply.ts';
import type { Reply } from '../store/replies.ts';
import type { LeftOut } from '../store/request-row.ts';
import type { SessionRow } from '../store/sessions.ts';
import { retryWindow } from '../queue/index.ts';
import type { Lease } from '../queue/index.ts';
import { devinTrouble } from '../create/index.ts';
import type { DevinTrouble } from '../create/index.ts';
import type { Composed, Content } from './compose-reply.ts';
import { DONE } from './reply-moves.ts';
import type { MoveReply, ReplyOutcome } from './reply-moves.ts';

type SendDeps = {
  compose: (reply: Reply, signal: AbortSignal) => Promise<Composed>;
  sendMessage: (sessionId: string, request: SessionMessageRequest) => Promise<SessionResponse>;
  getSession: (sessionId: string) => Promise<SessionResponse>;
  /** What Devin answered is how the session is now. */
  recordAnswer: (response: SessionResponse) => Promise<unknown>;
  settle: (session: SessionRow, reply: Reply, signal: AbortSignal) => Promise<ReplyOutcome>;
  tellLeftOut: (reply: Reply, leftOut: LeftOut[]) => Promise<void>;
  move: MoveReply;
  /** Whether words may go as the service user, with the author's name in them, where Devin refuses the author. */
  mayFallBack: boolean;
  now: () => number;
};

type Sending = {
  session: SessionRow;
  reply: Reply;
  identity: Identity;
  signal: AbortSignal;
  lease?: Lease;
};

export type SendReply = ReturnType<typeof createSendReply>;

/**
 * accepted -> sending -> delivered. `sending` is on disk before the POST leaves; the POST is made once, and repeated
 * only where Devin did nothing.
 */
export function createSendReply(deps: SendDeps) {
  const { compose, move } = deps;

  async function fail({ id }: Reply, failure: ReplyFailure): Promise<ReplyOutcome> {
    await move({ id, from: ['accepted', 'sending'], to: 'failed', changes: { failure } });
    return DONE;
  }

  /** Back to `accepted`, and again after as long as Devin says, or longer each time. */
  async function wait(reply: Reply, trouble: Extract<DevinTrouble, { kind: 'wait' }>): Promise<ReplyOutcome> {
    const { waiting, retryAfterMs } = trouble;
    const triedForMs = deps.now() - reply.createdAt.getTime();
    const retry = retryWindow('devin', { triedForMs, retryAfterMs });
    if (retry.kind === 'over') return fail(reply, { kind: 'gave-up', waiting });
    const { afterMs } = retry;
    const changes = { sentAt: null, sentText: null, waitMs: afterMs };
    await move({ id: reply.id, from: ['accepted', 'sending'], to: 'accepted', changes });
    return { kind: 'later', afterMs };
  }

  /** Not before it is sent: a reply that waits is put together again each time. */
  async function tellLeftOut(reply: Reply, { leftOut }: Pick<Content, 'leftOut'>): Promise<void> {
    if (leftOut.length > 0) await deps.tellLeftOut(reply, leftOut);
  }

  /** The commit took so long that another process may look for it at Devin already: it is taken up again. */
  async function takeBack({ reply: { id }, lease }: Sending): Promise<null> {
    const changes = { sentAt: null, sentText: null };
    await move({ id, from: ['sending'], to: 'accepted', changes }, lease);
    return null;
  }

  async function post(sending: Sending, content: Content, asUserId: string | null) {
    const { session, reply, lease } = sending;
    const words = await content.words(asUserId !== null);
    const changes = { sentAt: 'now' as const, sentText: words };
    const { id, text: whileText } = reply;
    const step = { id, from: ['accepted', 'sending'] as const, to: 'sending' as const, whileText, changes };
    const moved = await move(step, lease);
    if (moved === null) return null;
    if (lease?.isFresh() === false) return takeBack(sending);
    const response = await deps.sendMessage(session.sessionId, {
      message: words,
      ...(content.urls.length > 0 && { attachment_urls: content.urls }),
      ...(asUserId !== null && { message_as_user_id: asUserId }),
    });
    return { response, as: asUserId };
  }

  async function postAsWhoMay(sending: Sending, content: Content) {
    const { identity } = sending;
    const asUserId = identity.kind === 'matched' ? identity.devinUserId : null;
    try {
      return await post(sending, content, asUserId);
    } catch (error) {
      const isRefused = error instanceof DevinError && error.code === 'forbidden';
      if (!isRefused || asUserId === null || !deps.mayFallBack) throw error;
      return post(sending, content, null);
    }
  }

  async function afterError(sending: Sending, content: Content, error: unknown): Promise<ReplyOutcome> {
    const { session, reply, signal } = sending;
    const trouble = devinTrouble(error);
    switch (trouble.kind) {
      case 'wait':
        return wait(reply, trouble);
      case 'unknown-outcome':
        await tellLeftOut(reply, content);
        return deps.settle(session, reply, signal);
      case 'final':
        return fail(reply, await reasonFor(deps, session, { error, failure: trouble.failure }));
    }
  }

  async function deliver(sending: Sending, content: Content) {
    const sent = await postAsWhoMay(sending, content);
    // It was edited while its files went to Devin: it is taken up again as it reads now.
    if (sent === null) return DONE;
    const { id } = sending.reply;
    const wakes = sending.session.phase === 'asleep';
    await move({ id, from: ['sending'], to: 'delivered', as: sent.as, wakes });
    await deps.recordAnswer(sent.response);
    await tellLeftOut(sending.reply, content);
    return DONE;
  }

  return {
    fail,
    wait,
    async send(sending: Sending): Promise<ReplyOutcome> {
      const { reply, signal } = sending;
      const content = await compose(reply, signal);
      if (content.kind === 'trouble') {
        const { trouble } = content;
        if (trouble.kind === 'final') return fail(reply, trouble.failure);
        return wait(
          reply,
          trouble.kind === 'wait' ? trouble : { kind: 'wait', waiting: 'down', retryAfterMs: null },
        );
      }
      if (content.kind === 'empty') {
        await tellLeftOut(reply, content);
        await move({ id: reply.id, from: ['accepted'], to: 'skipped' });
        return DONE;
      }
      try {
        return await deliver(sending, content);
      } catch (error) {
        if (!(error instanceof DevinError)) throw error;
        return afterError(sending, content, error);
      }
    },
  };
}

type Refused = { error: unknown; failure: Failure };

async function reasonFor(
  deps: SendDeps,
  session: SessionRow,
  { error, failure }: Refused,
): Promise<ReplyFailure> {
  if (await isOver(deps, session, error)) return { kind: 'ended' };
  const isUnknown = failure.kind === 'devin' && failure.code === 'not-found';
  return isUnknown ? notFound(deps, session, failure) : failure;
}

/**
 * A 404 may be about the session, about a person the message names, or about what this app may not see: the session
 * itself is asked for.
 */
async function notFound(
  { getSession }: SendDeps,
  session: SessionRow,
  failure: Extract<Failure, { kind: 'devin' }>,
): Promise<ReplyFailure> {
  try {
    await getSession(session.sessionId);
    return { ...failure, code: 'unexpected' };
  } catch (error) {
    if (!(error instanceof DevinError)) throw error;
    const isForbidden = error.code === 'forbidden' || error.code === 'unauthorized';
    return isForbidden ? { kind: 'devin', ...error.facts } : failure;
  }
}

/** Which code Devin has for a session that is over is not documented, so the session itself is asked. */
async function isOver({ getSession }: SendDeps, session: SessionRow, error: unknown): Promise<boolean> {
  const code = error instanceof DevinError ? error.code : null;
  if (code !== 'conflict' && code !== 'invalid-request' && code !== 'unexpected') return false;
  if (session.phase === 'ended' || session.phase === 'failed') return true;
  const status = await getSession(session.sessionId).then(
    (response) => response.status,
    () => null,
  );
  return status === 'exit' || status === 'error';
}
