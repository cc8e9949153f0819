import { backOffMs, retryWindow, sooner } from '../queue/index.ts';
import { readMilestone } from '../session/milestones.ts';
import { refusalKind, slackFailure, type SlackFailure } from '../slack/edge/errors.ts';
import { messageMetadata, milestoneMetadata } from '../slack/edge/metadata.ts';
import { directPlace } from '../slack/edge/outbound.ts';
import { privatePlace } from '../slack/edge/places.ts';
import { CLOCK_MARGIN_S } from '../slack/edge/posted-messages.ts';
import { renderDevinMessage } from '../slack/views/devin-message.ts';
import { beginningOf } from '../slack/views/milestone.ts';
import { notice, slackRefusal } from '../slack/views/notices.ts';
import { link } from '../slack/views/text.ts';
import { findFollowed, type Followed } from '../store/requests.ts';
import type { SessionRow } from '../store/sessions.ts';
import { MOST_FAILURES } from '../store/set-aside.ts';
import type { ThreadMessage } from '../store/thread-messages.ts';
import { triedForMs, turnClassOf, type FollowContext, type PostContext } from './context.ts';
import { calledIn, dueInMs, isWanted, milestoneMessage, milestoneWith } from './milestones.ts';
import { postFile, postWords, type PostOutcome } from './post-message.ts';

/**
 * Posts what a session's thread doesn't show yet, in order and once each: words, then what the session came to, then files.
 * Returns when to run again, in ms; null: nothing waits for that.
 */
export async function postWaiting(
  c: FollowContext,
  sessionId: string,
  context: PostContext,
): Promise<number | null> {
  const wordsMs = await postAllWords(c, sessionId, context);
  const session = await c.store.sessions.find(sessionId);
  // Everything waits for the card.
  if (session === null || session.threadTs === '') return null;
  const isOpen = session.threadTrouble === null;
  // In the thread, nothing overtakes words that Slack may have.
  const isBusy = wordsMs !== null;
  const milestonesMs = await postMilestones(c, sessionId, { ...context, isBusy });
  const filesMs = isOpen && !isBusy ? await postFiles(c, sessionId, context) : null;
  const answersMs = await markAnswered(c, sessionId);
  return [milestonesMs, filesMs, answersMs].reduce(sooner, wordsMs);
}

async function postAllWords(
  c: FollowContext,
  sessionId: string,
  context: PostContext,
): Promise<number | null> {
  let hasSearched = false;
  for (;;) {
    context.signal.throwIfAborted();
    const row = await c.store.messages.next(sessionId, 'words');
    const followed = row === null ? null : await findFollowed(c.store, sessionId);
    if (row === null || followed === null || followed.session.threadTs === '') return null;
    if (!hasSearched && row.attemptedAt === null && row.saidAt < c.knownSince()) {
      const failure = await skipPosted(c, followed.session, row.saidAt);
      if (failure !== null)
        return failure.kind === 'rate-limited' ? failure.retryAfterMs : c.tuning.relayTimes.unclearMs;
      hasSearched = true;
      continue;
    }
    const carried = row.source === 'devin' ? await milestoneWith(c, { followed, row, context }) : null;
    if (carried !== null && 'waitMs' in carried) return carried.waitMs;
    const job = { followed, row, milestone: carried, context };
    const done = await postOrSkip(c, job, async () => postWords(c, job));
    if (done.kind === 'waits') return done.ms;
    if (followed.session.threadTrouble !== null)
      await c.store.sessions.change(sessionId, { threadTrouble: null });
  }
}

async function postFiles(c: FollowContext, sessionId: string, context: PostContext): Promise<number | null> {
  for (;;) {
    context.signal.throwIfAborted();
    const row = await c.store.messages.next(sessionId, 'file');
    const followed = row === null ? null : await findFollowed(c.store, sessionId);
    if (row === null || followed === null) return null;
    const job = { followed, row, milestone: null, context };
    const done = await postOrSkip(c, job, async () => postFile(c, job));
    if (done.kind === 'waits') return done.ms;
  }
}

/** `isBusy`: the thread takes nothing now. */
type MilestoneContext = PostContext & { isBusy: boolean };

async function postMilestones(
  c: FollowContext,
  sessionId: string,
  context: MilestoneContext,
): Promise<number | null> {
  // Read before the session, which is at least as new then.
  const rows = await c.store.messages.milestones(sessionId);
  let againMs: number | null = null;
  for (const row of rows) {
    context.signal.throwIfAborted();
    const dueMs = dueInMs(c, row, context);
    const done = dueMs > 0 ? null : await postMilestone(c, row, context);
    if (done?.kind === 'waits') return sooner(againMs, done.ms);
    if (dueMs > 0) againMs = sooner(againMs, dueMs);
  }
  return againMs;
}

/** Posts it in the thread, or to the person, as they prefer; also to the person if the thread takes nothing. */
async function postMilestone(c: FollowContext, row: ThreadMessage, context: MilestoneContext): Promise<Done> {
  const { messages } = c.store;
  const followed = await findFollowed(c.store, row.sessionId);
  const milestone = readMilestone(row.key);
  if (followed === null) return DONE;
  const { session, request } = followed;
  const [called, lastWords] = await Promise.all([calledIn(c, followed), messages.lastWords(row.sessionId)]);
  const isNews =
    milestone !== null && (await isWanted(c, { ...followed, row, milestone, lastWords, called }));
  if (!isNews) {
    await messages.change(row, { state: 'skipped' });
    return DONE;
  }
  const { channelId, threadTs, threadTrouble } = session;
  // A pull request calls nobody.
  const isInThread = threadTrouble === null && (called === 'thread' || milestone.kind === 'pr');
  const where = isInThread ? 'thread' : called === 'thread' ? 'direct' : called;
  // With the words.
  if (isInThread && context.isBusy) return DONE;
  if (row.attemptedAt === null)
    await messages.change(row, { attemptedAt: new Date(c.tuning.now()), about: lastWords?.key ?? null });
  const done = await postOrSkip(c, { followed, row, context }, async () => {
    const place = isInThread ? { channelId, threadTs } : await directPlace(c.slack.outbound, request.userId);
    const posted = await c.postOnce({
      key: `milestone:${row.sessionId}:${row.key}`,
      place,
      metadata: milestoneMetadata(row.sessionId, row.key),
      // In a database that was restored, the row may be new although it was announced before.
      since: new Date(Math.min(row.createdAt.getTime(), row.saidAt.getTime())),
      lease: context.lease,
      turnClass: turnClassOf(session),
      render: async () => {
        const isAbove = lastWords === null || (isInThread && lastWords.state === 'posted');
        const shown = isAbove ? null : beginningOf(lastWords.text, c.text);
        const said = lastWords && { ...lastWords, shown };
        return milestoneMessage(c, followed, { row, where, said, isDevins: false });
      },
    });
    if (posted.kind !== 'posted') return posted;
    // Before the database was restored, it may have been posted with Devin's words: an edit would lose them.
    const isForgotten = posted.earlier && row.attemptedAt === null;
    const slackTs = isForgotten ? null : posted.ts;
    await messages.change(row, { state: 'posted', channelId: place.channelId, slackTs });
    return posted;
  });
  if (done.kind === 'done' || !isInThread) return done;
  const now = await c.store.sessions.find(row.sessionId);
  const isElsewhere = now !== null && (now.threadTrouble !== null || now.threadTs !== threadTs);
  return isElsewhere ? postMilestone(c, row, context) : done;
}

/** `ms`: when to try again; null: once the session or the thread changes. */
type Done = { kind: 'done' } | { kind: 'waits'; ms: number | null };
const DONE: Done = { kind: 'done' };

type Job = { followed: Followed; row: ThreadMessage; context: PostContext };

/** What keeps failing, or is refused, is skipped and counted, and what comes after it no longer waits for it. */
async function postOrSkip(c: FollowContext, job: Job, post: () => Promise<PostOutcome>): Promise<Done> {
  const { setAside, messages } = c.store;
  const { row, context } = job;
  const { sessionId, key } = row;
  const id = `${sessionId}:${key}`;
  const note = async (error: unknown, by = 1): Promise<number> => setAside.note('message', id, { error, by });
  try {
    const outcome = await post();
    if (outcome.kind === 'posted') {
      await setAside.clear('message', id);
      return DONE;
    }
    const waits = await afterFailure(c, job, outcome);
    if (waits !== null) return waits;
    await note(outcome.kind === 'refused' ? outcome.code : outcome.kind, MOST_FAILURES);
  } catch (error) {
    if (context.signal.aborted) throw error;
    if ((await note(error)) < MOST_FAILURES) throw error;
  }
  c.tuning.log.error({ sessionId, key }, 'a message could not be posted');
  await messages.change(row, { state: 'skipped' });
  return DONE;
}

/** null: Slack won't take it. */
async function afterFailure(
  c: FollowContext,
  { followed, row }: Job,
  failure: SlackFailure,
): Promise<Done | null> {
  const { unclearMs, troubleMs } = c.tuning.relayTimes;
  const tried = { triedForMs: triedForMs(c, row) };
  if (failure.kind === 'rate-limited') return { kind: 'waits', ms: failure.retryAfterMs };
  const retry = retryWindow('message', tried);
  if (failure.kind === 'unclear')
    return { kind: 'waits', ms: retry.kind === 'wait' ? unclearMs : backOffMs(tried.triedForMs) };
  const kind = refusalKind(failure.code);
  // Nothing is posted anywhere until an app admin replaces the token and starts the app again, which doesn't wait for this.
  if (kind === 'token') return { kind: 'waits', ms: troubleMs };
  if (kind === 'place' && !isDirect(followed, row)) {
    await noteTrouble(c, followed, failure.code);
    // After a while, it is tried only when the session or the channel changes.
    const mayHelp = retryWindow('slack', tried).kind === 'wait';
    return { kind: 'waits', ms: mayHelp ? troubleMs : null };
  }
  return kind === 'other' && retry.kind === 'wait' ? { kind: 'waits', ms: retry.afterMs } : null;
}

/** Milestones go to the person while the thread takes nothing. */
function isDirect({ session }: Followed, { key }: ThreadMessage): boolean {
  return session.threadTrouble !== null && readMilestone(key) !== null;
}

/**
 * A database that was restored from a backup doesn't know what was posted after it, but the thread shows it. null: done;
 * otherwise nothing may be posted yet.
 */
async function skipPosted(
  { store: { messages }, slack: { metadata } }: FollowContext,
  { sessionId, channelId, threadTs }: SessionRow,
  since: Date,
): Promise<Exclude<SlackFailure, { kind: 'refused' }> | null> {
  try {
    const span = { fromS: since.getTime() / 1000 - CLOCK_MARGIN_S, toS: null };
    const read = await metadata.read({ channelId, threadTs }, span);
    const shown = read.messages.flatMap(({ metadata: found }) =>
      found.kind === 'message' && found.sessionId === sessionId ? [found.eventId] : [],
    );
    await messages.skipThrough(sessionId, shown);
    return null;
  } catch (error) {
    const failure = slackFailure(error);
    // A thread that can't be read takes no messages, either.
    return failure.kind === 'refused' ? null : failure;
  }
}

/** Tells the requester, once until something can be posted again; not of the thread of a card that was reposted since. */
async function noteTrouble(
  { store: { sessions }, slack: { outbound, textFor } }: FollowContext,
  { session, request: { userId } }: Followed,
  code: string,
): Promise<void> {
  const now = await sessions.find(session.sessionId);
  if (now?.threadTrouble !== null || now.threadTs !== session.threadTs) return;
  const text = await textFor(userId);
  const opened = link(session.url, text.card.buttons.open);
  const sentence = text.thread.trouble(slackRefusal(code, text), opened);
  const place = privatePlace({ userId, channelId: null, threadTs: null });
  // If Slack is busy, the next try tells them.
  if ((await outbound.tellPrivately(place, notice([sentence]))) === 'retryable') return;
  await sessions.refused(session, code);
}

/** Writes on each question that was answered who answered what. Returns how long Slack wants a pause, in ms. */
async function markAnswered(c: FollowContext, sessionId: string): Promise<number | null> {
  const { messages } = c.store;
  const rows = await messages.answered(sessionId);
  const followed = rows.length === 0 ? null : await findFollowed(c.store, sessionId);
  for (const row of followed === null ? [] : rows) {
    const { key, about, channelId, slackTs: ts } = row;
    const isInThread = channelId === followed?.session.channelId;
    const isDevins = about !== null && row.attemptedAt === null;
    if (followed !== null && channelId !== null && ts !== null) {
      const words = about === null ? '' : await messages.textOf(sessionId, about);
      const [first] = renderDevinMessage(words, c.text).posts;
      const shown = isDevins ? (first ?? null) : isInThread ? null : beginningOf(words, c.text);
      const said = about === null ? null : { key: about, text: words, shown };
      const where = isInThread ? 'thread' : 'direct';
      const rendered = await milestoneMessage(c, followed, { row, where, said, isDevins });
      const metadata = isDevins ? messageMetadata(sessionId, about, 0) : milestoneMetadata(sessionId, key);
      const edited = await c.slack.outbound.edit({ channelId, ts }, metadata, rendered);
      if (edited.kind === 'rate-limited') return edited.retryAfterMs;
    }
    // A message that can't be edited stays as it is.
    await messages.change(row, { state: 'answered', text: '' });
  }
  return null;
}
