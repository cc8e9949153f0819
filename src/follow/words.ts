import { z } from 'zod';
import { readAtMost } from '../bounds.ts';
import type { SessionAttachment } from '../devin/attachments.ts';
import { DevinError, MEANING } from '../devin/errors.ts';
import { Later, retryWindow } from '../queue/index.ts';
import { withoutCredentials } from '../session/credentials.ts';
import type { SessionPhase } from '../session/lifecycle.ts';
import { REPLY_BY, shownEvent } from '../session/reply.ts';
import { cardView } from '../slack/card-view.ts';
import { readThreadMessage } from '../slack/command/message.ts';
import { isRefused, laterFor, refusalKind, slackFailure } from '../slack/edge/errors.ts';
import { isDirectMessage } from '../slack/edge/places.ts';
import { labeled, renderDevinMessage, renderInDevin, renderToldElsewhere } from '../slack/views/milestone.ts';
import type { Rendered } from '../slack/views/objects.ts';
import { code } from '../slack/views/text.ts';
import type { Reply } from '../store/replies.ts';
import type { Followed } from '../store/requests.ts';
import type { SessionRow } from '../store/sessions.ts';
import { FILE, type NewMessage } from '../store/thread-messages.ts';
import { type FollowContext, NotTakenError, post, type PostJob, wordsMessage } from './context.ts';
import { announcement, milestoneWith } from './milestones.ts';

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
  const { channelId, sessionId, threadTrouble, phase } = followed.session;
  const milestone = row.source === 'devin' ? await milestoneWith(c, job) : null;
  if (row.attemptedAt === null) await messages.change(row, { attemptedAt: new Date(c.now()) });
  for (const [part, rendered] of (await renderedWords(c, job)).entries()) {
    const carried = part === 0 ? milestone : null;
    const words = { ...row, state: 'pending' } as const;
    await post(c, job, {
      ...(carried === null
        ? wordsMessage(followed, row, { part, rendered })
        : await announcement(c, followed, { row: carried, words, where: 'words' })),
      isQuestion: phase === 'needs-you' && carried !== null,
      async posted(_at, trx) {
        if (carried !== null) await messages.change(carried, { state: 'posted', channelId }, trx);
      },
    });
  }
  await messages.change(row, { state: 'posted' });
  if (threadTrouble !== null) await sessions.change(sessionId, { threadTrouble: null });
}

/** Devin's words begin with the session's name if two share a thread. */
async function renderedWords(
  c: FollowContext,
  { followed: { session, request }, row }: PostJob,
): Promise<Rendered[]> {
  const { text, slack, now } = c;
  const { source, text: words, userId } = row;
  if (source === 'devin') {
    const parts = renderDevinMessage(words, text);
    if ((await c.store.sessions.sharing(session)).share === 'alone') return parts;
    const card = cardView({ request, session, nowMs: now() }, text);
    return parts.map((part, at) => (at === 0 ? labeled(part, card, text) : part));
  }
  if (source !== REPLY_BY || userId === null) return renderToldElsewhere({ name: null, words }, text);
  // A mention would notify them of what they did.
  const name = (await slack.nameMentions(`<@${userId}>`)).replace(/^@/, '');
  return renderToldElsewhere({ name, words: await slack.nameMentions(words) }, text);
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

/** Posts a file that Devin made; a sentence instead if Devin or Slack refuses it, or if Slack may have it. */
export async function postFile(c: FollowContext, job: PostJob): Promise<void> {
  const { row, followed } = job;
  const file = fileSchema.parse(JSON.parse(row.text));
  if (row.attemptedAt !== null || !(await share(c, job, file))) {
    const sentence = c.text.thread.fileInDevin(code(file.name));
    const rendered = renderInDevin(sentence, followed.session.snapshot.url, c.text);
    await post(c, job, { ...wordsMessage(followed, row, { part: 0, rendered }), isQuestion: false });
  }
  await c.store.messages.change(row, { state: 'posted' });
}

/** Attempts it once, and remembers that before. False: there is no file to post. */
async function share(c: FollowContext, job: PostJob, file: SessionFile): Promise<boolean> {
  const { row, followed, lease, signal } = job;
  const { db, messages } = c.store;
  const { channelId, threadTs } = followed.session;
  const fileId = await handOver(c, file, signal).catch((error: unknown) => {
    signal.throwIfAborted();
    c.log.warn({ err: error, key: row.key }, "a file that Devin made couldn't be taken to Slack");
    // The next files can't wait forever.
    const againInMs = retryWindow('message', { triedForMs: c.now() - row.createdAt.getTime() });
    if (isPassing(error) && againInMs !== null) throw new Later('down');
    return null;
  });
  if (fileId === null) return false;
  await db.transaction().execute(async (trx) => {
    await lease.fence(trx);
    await messages.change(row, { attemptedAt: new Date(c.now()) }, trx);
  });
  lease.assertFresh();
  await c.slack.outbound.share({ channelId, threadTs }, fileId, file.name).catch(async (error: unknown) => {
    const failure = slackFailure(error);
    const takesNothing = failure.kind === 'refused' && refusalKind(failure.code) === 'place';
    // Slack certainly doesn't have it, and may take it later.
    if (takesNothing || failure.kind === 'rate-limited') await messages.change(row, { attemptedAt: null });
    throw takesNothing ? new NotTakenError(failure.code) : laterFor(failure);
  });
  return true;
}

/** Larger files stay in Devin; the thread links there. */
const MAX_FILE_BYTES = 50 * 1024 * 1024;
/** What else waits for the thread doesn't wait longer for a file that doesn't come. */
const LONGEST_READ_MS = 60_000;

/** The file's id at Slack, where nobody sees it yet; null: it's empty, or too large. */
async function handOver(
  { devin: { attachments }, slack: { outbound } }: FollowContext,
  { name, url }: SessionFile,
  signal: AbortSignal,
): Promise<string | null> {
  const { body, size } = await attachments.download(url, {
    signal: AbortSignal.any([signal, AbortSignal.timeout(LONGEST_READ_MS)]),
  });
  if (size !== null && size > MAX_FILE_BYTES) {
    await body.cancel();
    return null;
  }
  const content = await readAtMost(body, MAX_FILE_BYTES);
  return content === null || content.byteLength === 0 ? null : outbound.upload({ name, content });
}

/** Whether asking again later may help. */
function isPassing(error: unknown): boolean {
  return error instanceof DevinError ? MEANING[error.code] !== 'refused' : !isRefused(error);
}
