import { z } from 'zod';
import { retryWindow } from '../queue/index.ts';
import { withoutCredentials } from '../session/credentials.ts';
import { REPLY_BY, REPLY_WAYS, shownEvent } from '../session/reply.ts';
import { cardView } from '../slack/card-view.ts';
import { readThreadMessage } from '../slack/command/thread-message.ts';
import { refusalKind, type SlackFailure } from '../slack/edge/errors.ts';
import { messageMetadata } from '../slack/edge/metadata.ts';
import type { Posted } from '../slack/edge/outbound.ts';
import { plainName } from '../slack/edge/people.ts';
import { isDirectMessage } from '../slack/edge/places.ts';
import type { FileToShare, ThreadPlace } from '../slack/edge/thread-writer.ts';
import {
  labeled,
  renderInDevin,
  renderRaw,
  renderReplyBy,
  renderDevinMessage,
  renderWebMessage,
} from '../slack/views/devin-message.ts';
import type { Rendered } from '../slack/views/objects.ts';
import { code } from '../slack/views/text.ts';
import type { Reply } from '../store/replies.ts';
import type { Followed } from '../store/requests.ts';
import { FILE, type MessageRow, type NewMessage } from '../store/session-messages.ts';
import { withCall, type Call } from './announce.ts';
import { turnClassOf, type FollowContext, type PostContext } from './context.ts';
import { readAttachment, readFileRow, shareFile, type PutOff } from './share-file.ts';

/** Says that Devin has a message that can't be read. */
export const TOO_LARGE = 'too-large';
/** A `REPLY_BY` row's text: who wrote what, and how. */
const replyBySchema = z.object({ userId: z.string(), via: z.enum(REPLY_WAYS), text: z.string() });
type ReplyBy = z.infer<typeof replyBySchema>;

/**
 * A reply from a dialog or a command, as its thread shows it to the others: without the credentials that only Devin should
 * get. null: they see it anyway, or shouldn't. In direct messages with the app, the requester is alone.
 */
export function mirrorReply(
  { reply, session, request }: Followed & { reply: Reply },
  saidAt: Date,
): NewMessage | null {
  const { id, userId, via, text } = reply;
  const { channelId, threadTrouble } = session;
  if (via === null || threadTrouble !== null) return null;
  const isAlone = isDirectMessage(channelId) && userId === request.userId;
  if (isAlone || readThreadMessage(text, '').kind === 'aside') return null;
  return {
    eventId: shownEvent(id),
    source: REPLY_BY,
    text: JSON.stringify({ userId, via, text: withoutCredentials(text) } satisfies ReplyBy),
    state: 'pending',
    saidAt,
  };
}

export type PostOutcome =
  | { kind: 'posted'; ts: string | null }
  /** Slack refused it, and may take it later. */
  | PutOff
  /** `refused`: the thread accepts nothing for now. */
  | SlackFailure;

type Content = {
  posts: Rendered[];
  file: ((signal: AbortSignal) => Promise<FileToShare | PutOff | null>) | null;
  name: string;
};

/** `call`: what calls the requester together with the message; null: nothing. */
export type MessageJob = { followed: Followed; row: MessageRow; call: Call | null; context: PostContext };

/** Nothing is posted anywhere until an app admin replaces the token and starts the app again, which doesn't wait for this. */
const WITHOUT_TOKEN_MS = 10 * 60_000;

/** The number of what is posted instead of what Slack refuses. */
const INSTEAD = -1;

/** Posts a message in the session's thread, in as many parts as it needs, once each. */
export async function postMessage(c: FollowContext, job: MessageJob): Promise<PostOutcome> {
  const { messages, calls } = c.store;
  const { log, now } = c.tuning;
  const { row, followed } = job;
  const tried = { triedForMs: triedForMs(c, row) };
  if (row.attemptedAt === null) await messages.attempt(row, new Date(now()));
  let outcome = await postAll(c, job);
  if (outcome.kind === 'refused') await calls.part(row.sessionId, row.eventId);
  const refusal = outcome.kind === 'refused' ? refusalKind(outcome.code) : null;
  if (refusal === 'token') return { kind: 'put-off', afterMs: WITHOUT_TOKEN_MS };
  if (outcome.kind === 'refused' && refusal !== 'place') {
    const retry = retryWindow('message', tried);
    if (refusal === 'other' && retry.kind === 'wait') return { kind: 'put-off', afterMs: retry.afterMs };
    // The next messages can't wait forever.
    log.error(
      { code: outcome.code, eventId: row.eventId },
      "Slack refused Devin's message as it was composed",
    );
    const instead = renderInDevin(c.text.thread.notShown, followed.session.url, c.text);
    outcome = await postPart(c, job, { part: INSTEAD, rendered: instead });
  }
  if (outcome.kind === 'posted') await messages.settle(row, outcome.ts);
  return outcome;
}

async function postAll(c: FollowContext, job: MessageJob): Promise<PostOutcome> {
  const { followed, row, context } = job;
  const { url } = followed.session;
  const { posts, file, name } = await contentOf(c, url, row);
  let first: string | null = null;
  for (const [part, words] of posts.entries()) {
    const rendered = part === 0 ? await around(c, job, words) : words;
    const posted = await postPart(c, job, { part, rendered });
    if (posted.kind !== 'posted') return posted;
    first ??= posted.ts;
  }
  if (file === null) return { kind: 'posted', ts: first };
  const shared = await shareFile(c, {
    place: placeOf(followed),
    row,
    lease: context.lease,
    read: async () => file(context.signal),
    putOff: () => putOff(c, row),
  });
  if (shared.kind === 'shared') return { kind: 'posted', ts: first };
  if (shared.kind !== 'not-here') return shared;
  const rendered = renderInDevin(c.text.thread.fileInDevin(code(name)), url, c.text);
  return postPart(c, job, { part: posts.length, rendered });
}

/** With the call, and with the session's name if two share a thread. */
async function around(
  c: FollowContext,
  { followed, row, call }: MessageJob,
  shown: Rendered,
): Promise<Rendered> {
  const { session, request } = followed;
  if (call !== null) return withCall(c, followed, { ...call, shown });
  if (row.source !== 'devin' || (await c.store.sessions.shareOf(session)) === 'alone') return shown;
  return labeled(shown, cardView({ request, session, nowMs: c.tuning.now() }, c.text), c.text);
}

const placeOf = ({ session: { channelId, threadTs } }: Followed): ThreadPlace => ({ channelId, threadTs });

async function postPart(
  c: FollowContext,
  { followed, row, context }: MessageJob,
  { part, rendered }: { part: number; rendered: Rendered },
): Promise<Posted> {
  return c.postOnce({
    key: `message:${row.sessionId}:${row.eventId}:${part}`,
    place: placeOf(followed),
    metadata: messageMetadata(row.sessionId, row.eventId, part),
    // In a backup, an attempt can be without its result.
    ...(row.attemptedAt !== null && { since: row.saidAt }),
    turnClass: turnClassOf(followed.session),
    render: async () => Promise.resolve(rendered),
    lease: context.lease,
  });
}

/** Since its first attempt. */
export function triedForMs({ tuning }: FollowContext, { attemptedAt }: MessageRow): number {
  return attemptedAt === null ? 0 : tuning.now() - attemptedAt.getTime();
}

/** Devin may give a file later, or Slack take it, but the next files can't wait forever. null: they waited long enough. */
function putOff(c: FollowContext, row: MessageRow): PutOff | null {
  const retry = retryWindow('message', { triedForMs: triedForMs(c, row) });
  return retry.kind === 'wait' ? { kind: 'put-off', afterMs: retry.afterMs } : null;
}

/** A message that can't be rendered is shown as it is. */
async function contentOf(c: FollowContext, url: string, row: MessageRow): Promise<Content> {
  try {
    return await rendered(c, url, row);
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof RangeError || error instanceof SyntaxError))
      throw error;
    c.tuning.log.error({ err: error, eventId: row.eventId }, 'a message could not be rendered');
    return onlyPosts(renderRaw(row.text));
  }
}

const onlyPosts = (...posts: Rendered[]): Content => ({ posts, file: null, name: '' });

async function rendered(c: FollowContext, url: string, row: MessageRow): Promise<Content> {
  const { text } = c;
  const { nameMentions } = c.slack;
  switch (row.source) {
    case TOO_LARGE:
      return onlyPosts(renderInDevin(text.thread.tooLarge, url, text));
    case REPLY_BY: {
      const { userId, via, text: said } = replyBySchema.parse(JSON.parse(row.text));
      const by = { name: await plainName(userId, nameMentions), via };
      return onlyPosts(...renderReplyBy({ ...by, words: await nameMentions(said) }, text));
    }
    case FILE: {
      const made = readFileRow(row);
      const file = async (signal: AbortSignal) =>
        readAttachment(c.devin.attachments.download, made, signal).catch((error: unknown) => {
          signal.throwIfAborted();
          c.tuning.log.warn({ err: error, eventId: row.eventId }, 'a file that Devin made could not be read');
          return putOff(c, row);
        });
      return { posts: [], file, name: made.name };
    }
    case 'devin': {
      const { posts, file } = renderDevinMessage(row.text, text);
      if (file === null) return onlyPosts(...posts);
      const name = `devin-${row.saidAt.toISOString().slice(0, 19).replaceAll(':', '')}.md`;
      const content = new TextEncoder().encode(file);
      return { posts, file: async () => Promise.resolve({ name, content }), name };
    }
    default:
      return onlyPosts(...renderWebMessage(row.text, text));
  }
}
