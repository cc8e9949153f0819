import { z } from 'zod';
import { readAtMost } from '../bounds.ts';
import type { SessionAttachment } from '../devin/attachments.ts';
import { DevinError } from '../devin/errors.ts';
import { backOffMs, HELD_WAIT_MS, Later, retryWindow, sooner } from '../queue/index.ts';
import { STANDING } from '../session/lifecycle.ts';
import { announces, isLatest, readMilestone, type Milestone } from '../session/milestones.ts';
import type { EffectivePreferences } from '../session/preferences.ts';
import { cardView } from '../slack/card-view.ts';
import { isRefused, laterFor, refusalKind, slackFailure } from '../slack/edge/errors.ts';
import {
  beginningOf,
  labeled,
  renderDevinMessage,
  renderMilestone,
  renderToldElsewhere,
} from '../slack/views/milestone.ts';
import { notice, slackRefusal } from '../slack/views/notices.ts';
import { line, type Rendered } from '../slack/views/objects.ts';
import { linkedTitle } from '../slack/views/session-card.ts';
import { code, link } from '../slack/views/text.ts';
import { findFollowed, type Followed } from '../store/requests.ts';
import type { SessionRow } from '../store/sessions.ts';
import {
  type DevinSaid,
  FILE,
  MILESTONE,
  type NewMessage,
  type ThreadMessage,
} from '../store/thread-messages.ts';
import type { Text } from '../text/index.ts';
import {
  type FollowContext,
  NotTakenError,
  post,
  type PostJob,
  type ThreadPost,
  wordsMessage,
} from './context.ts';

/** What a session's thread shows, in this order. `inOrder`: nothing overtakes what waits of them. */
const STEPS = [
  { what: 'words', post: postWords, inOrder: true },
  // They may go to the person.
  { what: 'milestones', post: postMilestone, inOrder: false },
  { what: 'files', post: postFile, inOrder: true },
  { what: 'answers', post: markAnswered, inOrder: false },
] as const;

/** Posts what a session's thread doesn't show yet, in order and once each. Returns when to run again, in ms; null: nothing waits. */
export async function postWaiting(
  c: FollowContext,
  sessionId: string,
  run: Pick<PostJob, 'signal' | 'lease' | 'fetched'>,
): Promise<number | null> {
  let againMs: number | null = null;
  let isBusy = false;
  for (const { what, post, inOrder } of STEPS)
    for (const row of await c.store.messages.pending(sessionId, what)) {
      if (isBusy && inOrder) break;
      run.signal.throwIfAborted();
      const followed = await findFollowed(c.store, sessionId);
      // Everything waits for the card.
      if (followed === null || followed.session.threadTs === '') return null;
      const job = { ...run, followed, row, isBusy };
      const waitMs = await postOrSkip(c, job, async () => post(c, job));
      againMs = sooner(againMs, waitMs);
      isBusy ||= waitMs !== null && inOrder;
    }
  return againMs;
}

/** What keeps failing is skipped and counted, and holds up nothing. When to try again, in ms; null: done. */
async function postOrSkip(c: FollowContext, job: PostJob, post: () => Promise<void>): Promise<number | null> {
  const { row, signal } = job;
  const { sessionId, key } = row;
  try {
    await post();
    return null;
  } catch (error) {
    if (error instanceof Later) return error.afterMs ?? backOffMs(row.ageMs);
    if (signal.aborted) throw error;
    const isRefused = error instanceof NotTakenError;
    if (isRefused && error.isThread && refusalKind(error.code) === 'place')
      return waitForThread(c, job, error.code);
    if (!(await c.store.messages.failed(row, { isRefused }))) throw error;
    c.log.error({ err: error, sessionId, key }, 'a message could not be posted');
    return null;
  }
}

/** A milestone goes to the person then. The rest is tried again when the session or the channel changes, and rarely without that. */
async function waitForThread(c: FollowContext, { followed, row }: PostJob, code: string): Promise<number> {
  await noteTrouble(c, followed, code);
  if (row.source === MILESTONE) return HELD_WAIT_MS;
  return Math.max(c.tuning.troubleMs, row.ageMs);
}

/** Tells the requester, once until something can be posted again. */
async function noteTrouble(
  { store: { sessions }, slack: { outbound, textFor } }: FollowContext,
  { session, request: { userId } }: Followed,
  code: string,
): Promise<void> {
  if (session.threadTrouble !== null) return;
  const text = await textFor(userId);
  const opened = link(session.snapshot.url, text.card.buttons.open);
  const sentence = text.thread.trouble(slackRefusal(code, text), opened);
  const place = { userId, channelId: null, threadTs: null };
  // If Slack is busy, the next try tells them.
  const told = outbound.tellPrivately(place, notice([sentence])).then(
    () => true,
    () => false,
  );
  if (await told) await sessions.change(session.sessionId, { threadTrouble: code });
}

/** Posts a message in the session's thread, in as many parts as it needs, once each. */
async function postWords(c: FollowContext, job: PostJob): Promise<void> {
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
  // A mention would notify them of what they did.
  const name = userId && (await slack.nameMentions(`<@${userId}>`)).replace(/^@/, '');
  return renderToldElsewhere({ name, words: await slack.nameMentions(words) }, text);
}

/** What a milestone announces; null: it is no longer news, or its requester doesn't want to hear of it. */
async function newsOf(c: FollowContext, job: Pick<PostJob, 'followed' | 'row'>): Promise<News | null> {
  const { settings, messages } = c.store;
  const [{ notify }, lastWords] = await Promise.all([
    settings.preferencesFor(job.followed.request),
    messages.lastWords(job.row.sessionId),
  ]);
  const news = { what: readMilestone(job.row.key), lastWords, notify };
  return (await isWanted(c, job, news)) ? news : null;
}

type News = { what: Milestone; lastWords: DevinSaid | null; notify: EffectivePreferences['notify'] };

/** A person who wrote this recently sees the result without a notice. */
const RECENT_MS = 10 * 60_000;

/** A session that costs without anyone's knowledge is always news. */
async function isWanted(
  { store: { messages } }: FollowContext,
  { followed: { session }, row }: Pick<PostJob, 'followed' | 'row'>,
  { what, lastWords, notify }: News,
): Promise<boolean> {
  const { kind } = what;
  const { sessionId, phase, told, stoppedBy } = session;
  if (kind === 'found-late' || kind === 'duplicate') return true;
  if (notify === 'card') return false;
  // What is said about a session at rest names what it used and its pull requests.
  if (kind === 'near-cap') return STANDING[phase] !== 'earlier';
  if (what.kind === 'pr')
    return STANDING[phase] !== 'earlier' && !(await messages.isLinked(sessionId, what.url));
  if (phase !== kind || !isLatest(row.key, told)) return false;
  if (kind === 'ended') return stoppedBy === null;
  // An attempt that was made before may have been posted.
  if (kind === 'needs-you' && lastWords !== null && row.attemptedAt === null)
    return !(await messages.isAsked(sessionId, lastWords.key));
  if (kind !== 'finished' || row.key === 'finished:1') return true;
  return !(await messages.isFollowedUp(sessionId, new Date(row.createdAt.getTime() - RECENT_MS)));
}

/** Throws a Later while Devin's words may still say it, or carry it. */
function untilDue({ tuning }: FollowContext, { row, fetched }: PostJob, { kind }: Milestone): void {
  const { holdMs, tellAfterMs } = tuning.watchTimes;
  const holds: { readonly [Kind in Milestone['kind']]?: number } = holdMs;
  const waitMs = Math.ceil((fetched.includes(row.key) ? (holds[kind] ?? 0) : tellAfterMs) - row.ageMs);
  if (waitMs > 0) throw new Later('busy', waitMs);
}

/** The milestone that Devin's last words carry, about the present phase. Throws a Later until it's due. */
async function milestoneWith(c: FollowContext, job: PostJob): Promise<ThreadMessage | null> {
  const { messages } = c.store;
  const { followed, row: words } = job;
  const { sessionId, phase } = followed.session;
  const ofPhase = (await messages.pending(sessionId, 'milestones')).filter(
    ({ key, attemptedAt }) => attemptedAt === null && announces(key, phase),
  );
  // Slack may have it as it was then, unless Devin has gone on since.
  if (words.attemptedAt !== null) return ofPhase.find(({ about }) => about === words.key) ?? null;
  const row = ofPhase.at(-1);
  // What may have been announced before the database was restored is searched for: it goes on its own.
  if (row === undefined || row.saidAt < c.knownSince()) return null;
  const news = await newsOf(c, { followed, row });
  if (news === null || news.notify !== 'thread' || news.lastWords?.key !== words.key) return null;
  untilDue(c, { ...job, row }, news.what);
  await messages.change(row, { about: words.key });
  return row;
}

/** Posts it in the thread, or to the person, as they prefer; also to the person if the thread takes nothing. */
async function postMilestone(c: FollowContext, job: PostJob): Promise<void> {
  const { messages } = c.store;
  const { row, followed } = job;
  const news = await newsOf(c, job);
  if (news === null) return messages.change(row, { state: 'skipped' });
  const { what, notify, lastWords } = news;
  untilDue(c, job, what);
  // A pull request calls nobody.
  const isInThread = followed.session.threadTrouble === null && (notify === 'thread' || what.kind === 'pr');
  // With the words.
  if (isInThread && job.isBusy) return;
  const isFirstTry = row.attemptedAt === null;
  if (isFirstTry)
    await messages.change(row, { attemptedAt: new Date(c.now()), about: lastWords?.key ?? null });
  await post(c, job, {
    ...(await announcement(c, followed, { row, words: lastWords, where: isInThread ? 'thread' : 'direct' })),
    // In a database that was restored, the row may be new although it was announced before.
    since: new Date(Math.min(row.createdAt.getTime(), row.saidAt.getTime())),
    isQuestion: what.kind === 'needs-you',
    async posted(at, trx) {
      // Before the database was restored, it may have been posted with Devin's words: an edit would lose them.
      const state = at.earlier && isFirstTry ? 'answered' : 'posted';
      await messages.change(row, { state, channelId: at.channelId }, trx);
    },
  });
}

/** Writes on a question who answered what. */
async function markAnswered(c: FollowContext, job: PostJob): Promise<void> {
  const { messages } = c.store;
  const { row, followed } = job;
  const words = row.about === null ? null : await messages.words(row.sessionId, row.about);
  const own = row.channelId === followed.session.channelId ? 'thread' : 'direct';
  const where = row.attemptedAt === null ? 'words' : own;
  const message = await announcement(c, followed, { row, words, where });
  await post(c, job, { ...message, isQuestion: true, isAnswered: true });
  // A message that can't be edited stays as it is.
  await messages.change(row, { state: 'answered', text: '' });
}

type Announced = {
  row: ThreadMessage;
  /** What Devin said about it; null: nothing. */
  words: DevinSaid | null;
  /** With these words, on its own in the session's thread, or to the person. */
  where: 'words' | 'thread' | 'direct';
};

/** The message that announces a milestone. */
async function announcement(
  c: FollowContext,
  followed: Followed,
  { row, words, where }: Announced,
): Promise<Pick<ThreadPost, 'key' | 'place' | 'mark' | 'since' | 'render'>> {
  const { session, request } = followed;
  const { channelId, threadTs } = session;
  const { userId } = request;
  const { key: name, answeredAt: at, userId: answerer, text: answer } = row;
  const key = `milestone:${session.sessionId}:${name}`;
  const isDirect = where === 'direct';
  const text = isDirect ? await c.slack.textFor(userId) : c.text;
  const card = cardView({ request, session, nowMs: c.now() }, text);
  const isAlone = !isDirect && (await c.store.sessions.sharing(session)).share === 'alone';
  const thread = isDirect ? c.slack.outbound.permalink({ channelId, ts: threadTs, threadTs: null }) : null;
  const result = session.snapshot.structuredOutput;
  const message = {
    said: words && { ...words, shown: shownOf(words, where, c.text) },
    isDevins: where === 'words',
    what: readMilestone(name),
    key,
    card,
    name: isAlone ? null : linkedTitle(card, text),
    beside: thread === null ? [] : [link(thread, text.milestones.thread)],
    userId,
    answered: at === null ? null : { userId: answerer, at, words: answer },
    result: result === null ? null : JSON.stringify(result, null, 2),
  };
  const rendered = renderMilestone(message, text);
  if (where === 'words' && words !== null) return wordsMessage(followed, words, { part: 0, rendered });
  return { key, place: isDirect ? where : { channelId, threadTs }, render: () => rendered };
}

/** null: the words are above it. */
function shownOf(words: DevinSaid, where: Announced['where'], text: Text): Rendered | null {
  if (where === 'words') return renderDevinMessage(words.text, text)[0] ?? null;
  return where === 'thread' && words.state === 'posted' ? null : beginningOf(words.text, text);
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

/** No message announces a file; while Devin works, it comes with one, or can wait. `hasSpoken`: there are new messages. */
export async function findFiles(
  { store: { messages }, devin, now }: FollowContext,
  { sessionId, phase }: SessionRow,
  { hasSpoken, signal }: { hasSpoken: boolean; signal: AbortSignal },
): Promise<void> {
  if (!hasSpoken && STANDING[phase] === 'under-way') return;
  const files = await devin.attachments.list(sessionId, { signal });
  const made = files.filter(({ source }) => source === 'devin');
  await messages.add(
    sessionId,
    made.map((file) => fileRow(file, new Date(now()), 'pending')),
  );
}

/** Posts a file that Devin made; a sentence instead if Devin or Slack refuses it, or if Slack may have it. */
async function postFile(c: FollowContext, job: PostJob): Promise<void> {
  const { row, followed } = job;
  const file = fileSchema.parse(JSON.parse(row.text));
  if (row.attemptedAt !== null || !(await share(c, job, file))) {
    const sentence = c.text.thread.fileInDevin(code(file.name));
    const opened = link(followed.session.snapshot.url, c.text.card.buttons.open);
    const rendered = line(`${sentence} ${opened}`);
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
  return error instanceof DevinError ? error.meaning !== 'refused' : !isRefused(error);
}
