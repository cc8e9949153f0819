import { withoutCredentials } from '../session/credentials.ts';
import { readMilestone } from '../session/milestones.ts';
import { REPLY_BY, shownEvent } from '../session/reply.ts';
import { cardView } from '../slack/card-view.ts';
import { readThreadMessage } from '../slack/command/message.ts';
import type { FileToShare } from '../slack/edge/outbound.ts';
import { plainName } from '../slack/edge/people.ts';
import { isDirectMessage } from '../slack/edge/places.ts';
import {
  labeled,
  renderDevinMessage,
  renderReplyBy,
  renderWebMessage,
} from '../slack/views/devin-message.ts';
import type { Rendered } from '../slack/views/objects.ts';
import type { Reply } from '../store/replies.ts';
import type { Followed } from '../store/requests.ts';
import type { NewMessage, ThreadMessage } from '../store/thread-messages.ts';
import { post, wordsMessage, type FollowContext, type PostJob } from './context.ts';
import { share } from './files.ts';
import { milestoneMessage, milestoneWith } from './milestones.ts';

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

/** Posts a message in the session's thread, in as many parts as it needs, once each. */
export async function postWords(c: FollowContext, job: PostJob): Promise<void> {
  const { messages, sessions } = c.store;
  const { row, followed } = job;
  const { channelId, sessionId, threadTrouble } = followed.session;
  const milestone = row.source === 'devin' ? await milestoneWith(c, job) : null;
  if (row.attemptedAt === null) await messages.change(row, { attemptedAt: new Date(c.now()) });
  const { posts, file } = await contentOf(c, row);
  for (const [part, words] of posts.entries()) {
    const carried = part === 0 ? milestone : null;
    const rendered = part === 0 ? await withMilestone(c, job, { milestone, shown: words }) : words;
    await post(c, job, {
      ...wordsMessage(job, part, rendered),
      isQuestion: carried !== null && readMilestone(carried.key)?.kind === 'needs-you',
      async posted(_c, _desired, _at, trx) {
        if (carried !== null) await messages.change(carried, { state: 'posted', channelId }, trx);
      },
    });
  }
  if (file !== null)
    await share(c, job, { part: posts.length, name: file.name, read: async () => Promise.resolve(file) });
  await messages.change(row, { state: 'posted' });
  if (threadTrouble !== null) await sessions.change(sessionId, { threadTrouble: null });
}

/** With the call, and with the session's name if two share a thread. */
async function withMilestone(
  c: FollowContext,
  { followed, row }: PostJob,
  { milestone, shown }: { milestone: ThreadMessage | null; shown: Rendered },
): Promise<Rendered> {
  const { session, request } = followed;
  if (milestone !== null) {
    const said = { key: row.key, text: row.text, shown };
    return milestoneMessage(c, followed, { row: milestone, where: 'thread', said, isDevins: true });
  }
  if (row.source !== 'devin' || (await c.store.sessions.shareOf(session)) === 'alone') return shown;
  return labeled(shown, cardView({ request, session, nowMs: c.now() }, c.text), c.text);
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
