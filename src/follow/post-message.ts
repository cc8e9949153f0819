import { Later } from '../failures.ts';
import { withoutCredentials } from '../session/credentials.ts';
import { REPLY_BY, shownEvent } from '../session/reply.ts';
import { cardView } from '../slack/card-view.ts';
import { readThreadMessage } from '../slack/command/thread-message.ts';
import type { SlackFailure } from '../slack/edge/errors.ts';
import { messageMetadata } from '../slack/edge/metadata.ts';
import type { FileToShare, ThreadPlace } from '../slack/edge/outbound.ts';
import { plainName } from '../slack/edge/people.ts';
import { isDirectMessage } from '../slack/edge/places.ts';
import {
  labeled,
  renderDevinMessage,
  renderInDevin,
  renderReplyBy,
  renderWebMessage,
} from '../slack/views/devin-message.ts';
import type { Rendered } from '../slack/views/objects.ts';
import { code } from '../slack/views/text.ts';
import type { Reply } from '../store/replies.ts';
import type { Followed } from '../store/requests.ts';
import type { NewMessage, ThreadMessage } from '../store/thread-messages.ts';
import { turnClassOf, type FollowContext, type PostContext } from './context.ts';
import { mayWait, readAttachment, readFileRow, shareFile } from './files.ts';
import { milestoneMessage } from './milestones.ts';

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
  const shown = { key: shownEvent(id), source: REPLY_BY, text: withoutCredentials(text), userId };
  return { ...shown, state: 'pending', saidAt };
}

export type PostOutcome = { kind: 'posted' } | SlackFailure;

/** `milestone`: what calls the requester together with the message; null: nothing. */
export type MessageJob = {
  followed: Followed;
  row: ThreadMessage;
  milestone: ThreadMessage | null;
  context: PostContext;
};

/** Posts a message in the session's thread, in as many parts as it needs, once each. */
export async function postWords(c: FollowContext, job: MessageJob): Promise<PostOutcome> {
  const { row, followed, milestone } = job;
  await begin(c, row);
  const { posts, file } = await contentOf(c, row);
  for (const [part, words] of posts.entries()) {
    const rendered = part === 0 ? await withMilestone(c, job, words) : words;
    const posted = await postPart(c, job, { part, rendered });
    if (posted.kind !== 'posted') return posted;
    const { channelId } = followed.session;
    if (part === 0 && milestone !== null)
      await c.store.messages.change(milestone, { state: 'posted', channelId, slackTs: posted.ts });
  }
  return file === null
    ? end(c, row)
    : share(c, job, { part: posts.length, name: file.name, read: async () => Promise.resolve(file) });
}

/** Posts a file that Devin made. */
export async function postFile(c: FollowContext, job: MessageJob): Promise<PostOutcome> {
  const { row, context } = job;
  await begin(c, row);
  const made = readFileRow(row);
  const read = async (): Promise<FileToShare | null> =>
    readAttachment(c, made, context.signal).catch((error: unknown) => {
      context.signal.throwIfAborted();
      c.tuning.log.warn({ err: error, key: row.key }, 'a file that Devin made could not be read');
      if (mayWait(c, row)) throw new Later('down');
      return null;
    });
  return share(c, job, { part: 0, name: made.name, read }).catch((error: unknown) => {
    if (error instanceof Later) return { kind: 'unclear' };
    throw error;
  });
}

async function begin({ store: { messages }, tuning }: FollowContext, row: ThreadMessage): Promise<void> {
  if (row.attemptedAt === null) await messages.change(row, { attemptedAt: new Date(tuning.now()) });
}

async function end({ store: { messages } }: FollowContext, row: ThreadMessage): Promise<PostOutcome> {
  await messages.change(row, { state: 'posted' });
  return { kind: 'posted' };
}

type SharedFile = { part: number; name: string; read: () => Promise<FileToShare | null> };

async function share(
  c: FollowContext,
  job: MessageJob,
  { part, name, read }: SharedFile,
): Promise<PostOutcome> {
  const { followed, row, context } = job;
  const shared = await shareFile(c, { place: placeOf(followed), row, lease: context.lease, read });
  if (shared.kind === 'not-here') {
    const rendered = renderInDevin(c.text.thread.fileInDevin(code(name)), followed.session.url, c.text);
    const posted = await postPart(c, job, { part, rendered });
    if (posted.kind !== 'posted') return posted;
  } else if (shared.kind !== 'shared') return shared;
  return end(c, row);
}

/** With the call, and with the session's name if two share a thread. */
async function withMilestone(
  c: FollowContext,
  { followed, row, milestone }: MessageJob,
  shown: Rendered,
): Promise<Rendered> {
  const { session, request } = followed;
  if (milestone !== null) {
    const said = { key: row.key, text: row.text, shown };
    return milestoneMessage(c, followed, { row: milestone, where: 'thread', said, isDevins: true });
  }
  if (row.source !== 'devin' || (await c.store.sessions.shareOf(session)) === 'alone') return shown;
  return labeled(shown, cardView({ request, session, nowMs: c.tuning.now() }, c.text), c.text);
}

const placeOf = ({ session: { channelId, threadTs } }: Followed): ThreadPlace => ({ channelId, threadTs });

async function postPart(
  c: FollowContext,
  { followed, row, context }: MessageJob,
  { part, rendered }: { part: number; rendered: Rendered },
) {
  return c.postOnce({
    key: `message:${row.sessionId}:${row.key}:${part}`,
    place: placeOf(followed),
    metadata: messageMetadata(row.sessionId, row.key, part),
    // In a backup, an attempt can be without its result.
    ...(row.attemptedAt !== null && { since: row.saidAt }),
    turnClass: turnClassOf(followed.session),
    render: async () => Promise.resolve(rendered),
    lease: context.lease,
  });
}

/** `file`: the whole message, if it's too long for the thread. */
async function contentOf(
  c: FollowContext,
  { source, text: words, userId, saidAt }: ThreadMessage,
): Promise<{ posts: Rendered[]; file: FileToShare | null }> {
  const { text } = c;
  const { nameMentions } = c.slack;
  if (source === REPLY_BY && userId !== null) {
    const name = await plainName(userId, nameMentions);
    return { posts: renderReplyBy({ name, words: await nameMentions(words) }, text), file: null };
  }
  if (source !== 'devin') return { posts: renderWebMessage(words, text), file: null };
  const { posts, file } = renderDevinMessage(words, text);
  if (file === null) return { posts, file };
  const name = `devin-${saidAt.toISOString().slice(0, 19).replaceAll(':', '')}.md`;
  return { posts, file: { name, content: new TextEncoder().encode(file) } };
}
