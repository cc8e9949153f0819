import { z } from 'zod';
import { readAtMost } from '../bounds.ts';
import type { SessionAttachment } from '../devin/attachments.ts';
import { DevinError } from '../devin/errors.ts';
import { Later, retryWindow } from '../queue/index.ts';
import { withoutCredentials } from '../session/credentials.ts';
import type { SessionPhase } from '../session/lifecycle.ts';
import { readMilestone } from '../session/milestones.ts';
import { REPLY_BY, shownEvent } from '../session/reply.ts';
import { cardView } from '../slack/card-view.ts';
import { readThreadMessage } from '../slack/command/message.ts';
import { laterFor, refusalKind, slackFailure } from '../slack/edge/errors.ts';
import type { FileToShare } from '../slack/edge/outbound.ts';
import { plainName } from '../slack/edge/people.ts';
import { isDirectMessage } from '../slack/edge/places.ts';
import {
  labeled,
  renderDevinMessage,
  renderInDevin,
  renderReplyBy,
  renderWebMessage,
} from '../slack/views/milestone.ts';
import type { Rendered } from '../slack/views/objects.ts';
import { code } from '../slack/views/text.ts';
import type { Reply } from '../store/replies.ts';
import type { Followed } from '../store/requests.ts';
import type { SessionRow } from '../store/sessions.ts';
import { isInFlight } from '../store/shown.ts';
import { FILE, type NewMessage, type ThreadMessage } from '../store/thread-messages.ts';
import {
  type FollowContext,
  NotTakenError,
  post,
  type PostJob,
  triedForMs,
  wordsMessage,
} from './context.ts';
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
  if (row.source !== 'devin' || (await c.store.sessions.sharing(session)).share === 'alone') return shown;
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

/** The text of the row of a file that Devin made. */
const fileSchema = z.object({ name: z.string(), url: z.string() });
type SessionFile = z.infer<typeof fileSchema>;

/** A file that Devin made, as a row of its thread. */
export function fileRow(
  { attachmentId: id, name, url }: SessionAttachment,
  saidAt: Date,
  state: NewMessage['state'],
): NewMessage {
  const text = JSON.stringify({ name, url } satisfies SessionFile);
  return { key: `${FILE}:${id}`, source: FILE, text, state, saidAt };
}

function readFileRow({ text }: Pick<ThreadMessage, 'text'>): SessionFile {
  return fileSchema.parse(JSON.parse(text));
}

/** In these phases a file comes with a message, or can wait. */
const ACTIVE: ReadonlySet<SessionPhase> = new Set(['queued', 'starting', 'working']);

/** No message announces a file. `hasSpoken`: there are new messages. */
export async function findFiles(
  { store: { messages }, devin, now }: FollowContext,
  { sessionId, phase }: SessionRow,
  { hasSpoken, signal }: { hasSpoken: boolean; signal: AbortSignal },
): Promise<void> {
  if (!hasSpoken && ACTIVE.has(phase)) return;
  const files = await devin.attachments.list(sessionId, { signal });
  const made = files.filter(({ source }) => source === 'devin');
  await messages.add(
    sessionId,
    made.map((file) => fileRow(file, new Date(now()), 'pending')),
  );
}

/** Posts a file that Devin made. */
export async function postFile(c: FollowContext, job: PostJob): Promise<void> {
  const { row, context } = job;
  const { messages } = c.store;
  if (row.attemptedAt === null) await messages.change(row, { attemptedAt: new Date(c.now()) });
  const made = readFileRow(row);
  const read = async (): Promise<FileToShare | null> =>
    readAttachment(c, made, context.signal).catch((error: unknown) => {
      context.signal.throwIfAborted();
      c.log.warn({ err: error, key: row.key }, 'a file that Devin made could not be read');
      if (mayWait(c, row)) throw new Later('down');
      return null;
    });
  await share(c, job, { part: 0, name: made.name, read });
  await messages.change(row, { state: 'posted' });
}

type SharedFile = { part: number; name: string; read: () => Promise<FileToShare | null> };

/** Without the permission, or if files aren't allowed, a sentence is posted instead. */
async function share(c: FollowContext, job: PostJob, file: SharedFile): Promise<void> {
  const isShared = await shareFile(c, job, file.read).catch((error: unknown) => {
    const isAboutFile = error instanceof NotTakenError && refusalKind(error.code) !== 'place';
    if (isAboutFile) return false;
    throw error;
  });
  if (isShared) return;
  const sentence = c.text.thread.fileInDevin(code(file.name));
  const rendered = renderInDevin(sentence, job.followed.session.url, c.text);
  await post(c, job, { ...wordsMessage(job, file.part, rendered), isQuestion: false });
}

/**
 * Puts a file into a thread once: if Slack's answer was lost, the thread is searched first. `read`: null: there is none.
 * False: Slack has none.
 */
async function shareFile(
  c: FollowContext,
  { row, followed: { session }, context: { lease } }: PostJob,
  read: SharedFile['read'],
): Promise<boolean> {
  const { db, messages, shown } = c.store;
  const { outbound } = c.slack;
  const { channelId, threadTs } = session;
  const place = { channelId, threadTs };
  const key = `file:${row.sessionId}:${row.key}`;
  const failed = (error: unknown): never => {
    const failure = slackFailure(error);
    if (failure.kind === 'refused' && refusalKind(failure.code) !== 'token')
      throw new NotTakenError(failure.code);
    throw laterFor(failure);
  };
  if (row.slackFileId !== null) {
    if (await outbound.findFile(place, row.slackFileId).catch(failed)) return true;
    const earlier = await shown.find(key);
    if (earlier !== null && isInFlight(earlier, c.tuning.inFlightMs)) throw new Later('slack');
  }
  const file = await read();
  if (file === null || file.content.byteLength === 0) return false;
  const slackFileId = await outbound.upload(file).catch(failed);
  // Nobody sees it yet. Files go to another host of Slack's, which may be blocked.
  if (slackFileId === null && mayWait(c, row)) throw new Later('slack');
  if (slackFileId === null) return false;
  await db.transaction().execute(async (trx) => {
    await lease.fence(trx);
    await messages.change(row, { slackFileId }, trx);
    await shown.attempt({ key, ...place, slackTs: outbound.slackTs(), isFirst: false }, trx);
  });
  lease.assertFresh();
  await outbound.share(place, slackFileId, file.name).catch(async (error: unknown) => {
    if (slackFailure(error).kind !== 'unclear') await shown.forget(key);
    failed(error);
  });
  await shown.forget(key);
  return true;
}

/** Devin may give a file later, or Slack take it, but the next files can't wait forever. */
function mayWait(c: FollowContext, row: ThreadMessage): boolean {
  return retryWindow('message', { triedForMs: triedForMs(c, row) }).kind === 'wait';
}

/** Larger files stay in Devin; the thread links there. */
const MAX_FILE_BYTES = 50 * 1024 * 1024;
/** What else waits for the thread doesn't wait longer for a file that doesn't come. */
const LONGEST_READ_MS = 60_000;

/** null: Devin refuses it, or it's too large. Throws if asking again later may help. */
async function readAttachment(
  { devin: { attachments } }: Pick<FollowContext, 'devin'>,
  { name, url }: SessionFile,
  signal: AbortSignal,
): Promise<FileToShare | null> {
  try {
    const { body, size } = await attachments.download(url, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(LONGEST_READ_MS)]),
    });
    if (size !== null && size > MAX_FILE_BYTES) {
      await body.cancel();
      return null;
    }
    const content = await readAtMost(body, MAX_FILE_BYTES);
    return content === null ? null : { name, content };
  } catch (error) {
    if (error instanceof DevinError && !isPassing(error)) return null;
    throw error;
  }
}

function isPassing({ code }: DevinError): boolean {
  return code === 'rate-limited' || code === 'unavailable' || code === 'not-sent' || code === 'no-answer';
}
