import { Later } from '../queue/index.ts';
import { STANDING } from '../session/lifecycle.ts';
import {
  heldMs,
  isFirst,
  isNamedAtEnd,
  isOutdated,
  namesUrl,
  readMilestone,
  type Milestone,
} from '../session/milestones.ts';
import { CALLED_IN, type CalledIn } from '../session/preferences.ts';
import { cardView } from '../slack/card-view.ts';
import { messageMetadata } from '../slack/edge/metadata.ts';
import {
  renderDevinMessage,
  beginningOf,
  renderMilestone,
  type MilestoneMessage,
} from '../slack/views/milestone.ts';
import type { Rendered } from '../slack/views/objects.ts';
import { linkedTitle } from '../slack/views/session-card.ts';
import { link } from '../slack/views/text.ts';
import type { Followed } from '../store/requests.ts';
import type { LastWords, ThreadMessage } from '../store/thread-messages.ts';
import { post, wordsKey, type FollowContext, type PostJob, type PostContext } from './context.ts';

async function calledIn(c: FollowContext, { request }: Followed): Promise<CalledIn> {
  return CALLED_IN[(await c.store.settings.preferencesFor(request)).notify];
}

/** Devin's words may say it, or go along with it. */
function dueInMs({ tuning }: FollowContext, row: ThreadMessage, { fetched }: PostContext): number {
  const { holdMs, tellAfterMs } = tuning.watchTimes;
  const heldForMs = fetched.includes(row.key) ? heldMs(row.key, holdMs) : tellAfterMs;
  return Math.max(0, Math.ceil(Math.min(heldForMs, tellAfterMs) - row.ageMs));
}

/** A person who wrote this recently sees the result without a notice. */
const RECENT_MS = 10 * 60_000;

/** Whether it is still news, and people want to hear of it. A session that costs without anyone's knowledge always is. */
async function isWanted(
  c: FollowContext,
  news: Followed & {
    row: ThreadMessage;
    milestone: Milestone;
    lastWords: LastWords | null;
    called: CalledIn;
  },
): Promise<boolean> {
  const { row, milestone, session, lastWords } = news;
  const { messages } = c.store;
  const { sessionId, phase, told } = session;
  const { kind } = milestone;
  if (kind === 'found-late' || kind === 'duplicate') return true;
  if (news.called === null) return false;
  if (kind === 'near-cap') return STANDING[phase] !== 'earlier';
  if (kind === 'pr') {
    if (isNamedAtEnd(row.key, told)) return false;
    const texts = await messages.textsWith(sessionId, milestone.url);
    return !texts.some((words) => namesUrl(words, milestone.url));
  }
  if (phase !== kind || isOutdated(row.key, told)) return false;
  if (kind === 'ended') return session.stoppedBy === null;
  // An attempt that was made before may have been posted.
  if (kind === 'needs-you' && lastWords !== null && row.attemptedAt === null)
    return !(await messages.isAsked(sessionId, lastWords.key));
  if (kind !== 'finished' || isFirst(row.key)) return true;
  return !(await messages.isFollowedUp(sessionId, new Date(row.createdAt.getTime() - RECENT_MS)));
}

/**
 * The milestone that Devin's words carry, once it's due: the last words, about the phase that the session is in. Throws a
 * Later before that.
 */
export async function milestoneWith(
  c: FollowContext,
  { followed, row, context }: PostJob,
): Promise<ThreadMessage | null> {
  const { messages } = c.store;
  const { sessionId, phase } = followed.session;
  const ofPhase = (await messages.pending(sessionId, 'milestones')).filter(
    ({ key, attemptedAt: at }) => at === null && readMilestone(key)?.kind === phase,
  );
  // Slack may have it as it was then, unless Devin has gone on since.
  if (row.attemptedAt !== null) return ofPhase.find(({ about }) => about === row.key) ?? null;
  const lastWords = await messages.lastWords(sessionId);
  if (lastWords?.key !== row.key) return null;
  const called = await calledIn(c, followed);
  if (called !== 'thread') return null;
  for (const one of ofPhase) {
    const milestone = readMilestone(one.key);
    // What may have been announced before the database was restored is searched for: it goes on its own.
    if (milestone === null || one.saidAt < c.knownSince()) continue;
    if (!(await isWanted(c, { ...followed, row: one, milestone, lastWords, called }))) continue;
    const waitMs = dueInMs(c, one, context);
    if (waitMs > 0) throw new Later('busy', waitMs);
    await messages.change(one, { about: row.key });
    return one;
  }
  return null;
}

/** Posts it in the thread, or to the person, as they prefer; also to the person if the thread takes nothing. */
export async function postMilestone(c: FollowContext, job: PostJob): Promise<void> {
  const { messages } = c.store;
  const { row, followed, context } = job;
  const { session } = followed;
  const waitMs = dueInMs(c, row, context);
  if (waitMs > 0) throw new Later('busy', waitMs);
  const milestone = readMilestone(row.key);
  const [called, lastWords] = await Promise.all([calledIn(c, followed), messages.lastWords(row.sessionId)]);
  if (milestone === null || !(await isWanted(c, { ...followed, row, milestone, lastWords, called })))
    return messages.change(row, { state: 'skipped' });
  const { channelId, threadTs, threadTrouble } = session;
  // A pull request calls nobody.
  const isInThread = threadTrouble === null && (called === 'thread' || milestone.kind === 'pr');
  // With the words.
  if (isInThread && job.isBusy) return;
  const where = isInThread ? 'thread' : called === 'thread' ? 'direct' : called;
  const isFirstTry = row.attemptedAt === null;
  if (isFirstTry)
    await messages.change(row, { attemptedAt: new Date(c.now()), about: lastWords?.key ?? null });
  const isAbove = lastWords === null || (isInThread && lastWords.state === 'posted');
  const said = lastWords && { ...lastWords, shown: isAbove ? null : beginningOf(lastWords.text, c.text) };
  const rendered = await milestoneMessage(c, followed, { row, where, said, isDevins: false });
  await post(c, job, {
    key: milestoneKey(row),
    place: isInThread ? { channelId, threadTs } : 'direct',
    // In a database that was restored, the row may be new although it was announced before.
    since: new Date(Math.min(row.createdAt.getTime(), row.saidAt.getTime())),
    isQuestion: milestone.kind === 'needs-you',
    render: () => rendered,
    async posted(_c, _desired, at, trx) {
      // Before the database was restored, it may have been posted with Devin's words: an edit would lose them.
      const state = at.earlier && isFirstTry ? 'answered' : 'posted';
      await messages.change(row, { state, channelId: at.channelId }, trx);
    },
  });
}

const milestoneKey = ({ sessionId, key }: ThreadMessage): string => `milestone:${sessionId}:${key}`;

/** Writes on a question who answered what. */
export async function markAnswered(c: FollowContext, job: PostJob): Promise<void> {
  const { messages } = c.store;
  const { row, followed } = job;
  const { sessionId, about, channelId } = row;
  const { threadTs } = followed.session;
  const isInThread = channelId === followed.session.channelId;
  const isDevins = about !== null && row.attemptedAt === null;
  const words = about === null ? '' : await messages.textOf(sessionId, about);
  const [first = null] = renderDevinMessage(words, c.text);
  const shown = isDevins ? first : isInThread ? null : beginningOf(words, c.text);
  const said = about === null ? null : { key: about, text: words, shown };
  const where = isInThread ? 'thread' : 'direct';
  const rendered = await milestoneMessage(c, followed, { row, where, said, isDevins });
  await post(c, job, {
    key: isDevins ? wordsKey(sessionId, about, 0) : milestoneKey(row),
    place: isInThread ? { channelId, threadTs } : 'direct',
    ...(isDevins && { metadata: messageMetadata(sessionId, about, 0) }),
    isQuestion: true,
    isAnswered: true,
    render: () => rendered,
  });
  // A message that can't be edited stays as it is.
  await messages.change(row, { state: 'answered', text: '' });
}

/** The message that announces a milestone. `where`: it is said. */
export async function milestoneMessage(
  c: FollowContext,
  followed: Followed,
  {
    row,
    where,
    ...said
  }: Pick<MilestoneMessage, 'said' | 'isDevins'> & { row: ThreadMessage; where: CalledIn },
): Promise<Rendered> {
  const { session, request } = followed;
  const { channelId, threadTs: ts } = session;
  const text = where === 'thread' ? c.text : await c.slack.textFor(request.userId);
  const card = cardView({ request, session, nowMs: c.now() }, text);
  const isAlone = where === 'thread' && (await c.store.sessions.sharing(session)).share === 'alone';
  const thread = where === 'direct' ? c.slack.outbound.permalink({ channelId, ts, threadTs: null }) : null;
  const { structuredOutput } = session.snapshot;
  const { key, answeredAt: at, userId, text: words } = row;
  const message: MilestoneMessage = {
    ...said,
    what: readMilestone(key) ?? { kind: 'needs-you' },
    key: milestoneKey(row),
    card,
    name: isAlone ? null : linkedTitle(card, text),
    beside: thread === null ? [] : [link(thread, text.milestones.thread)],
    userId: request.userId,
    answered: at === null ? null : { userId, at, words },
    result: structuredOutput === null ? null : JSON.stringify(structuredOutput, null, 2),
  };
  return renderMilestone(message, text);
}
