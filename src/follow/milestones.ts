import { Later } from '../queue/index.ts';
import { STANDING } from '../session/lifecycle.ts';
import { isLatest, readMilestone, type Milestone } from '../session/milestones.ts';
import type { EffectivePreferences } from '../session/preferences.ts';
import { cardView } from '../slack/card-view.ts';
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
import type { SessionRow } from '../store/sessions.ts';
import type { DevinSaid, ThreadMessage } from '../store/thread-messages.ts';
import type { Text } from '../text/index.ts';
import { post, wordsMessage, type FollowContext, type PostJob, type ThreadPost } from './context.ts';

/** What a milestone announces; null: it is no longer news, or its requester doesn't want to hear of it. */
async function newsOf(
  c: FollowContext,
  { followed, row }: Pick<PostJob, 'followed' | 'row'>,
): Promise<News | null> {
  const { settings, messages } = c.store;
  const what = readMilestone(row.key);
  if (what === null) return null;
  const [{ notify }, lastWords] = await Promise.all([
    settings.preferencesFor(followed.request),
    messages.lastWords(row.sessionId),
  ]);
  const news = { session: followed.session, row, what, lastWords, notify };
  return (await isWanted(c, news)) ? news : null;
}

type News = {
  session: SessionRow;
  row: ThreadMessage;
  what: Milestone;
  lastWords: DevinSaid | null;
  notify: EffectivePreferences['notify'];
};

/** A person who wrote this recently sees the result without a notice. */
const RECENT_MS = 10 * 60_000;

/** A session that costs without anyone's knowledge is always news. */
async function isWanted(
  { store: { messages } }: FollowContext,
  { session, row, what, lastWords, notify }: News,
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

/**
 * The milestone that Devin's words carry, once it's due: the last words, about the phase that the session is in. Throws a
 * Later before that.
 */
export async function milestoneWith(c: FollowContext, job: PostJob): Promise<ThreadMessage | null> {
  const { messages } = c.store;
  const { followed, row: words } = job;
  const { sessionId, phase } = followed.session;
  const ofPhase = (await messages.pending(sessionId, 'milestones')).filter(
    ({ key, attemptedAt }) => attemptedAt === null && readMilestone(key)?.kind === phase,
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
export async function postMilestone(c: FollowContext, job: PostJob): Promise<void> {
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
export async function markAnswered(c: FollowContext, job: PostJob): Promise<void> {
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
export async function announcement(
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
  const message: MilestoneMessage = {
    said: words && { ...words, shown: shownOf(words, where, c.text) },
    isDevins: where === 'words',
    what: readMilestone(name) ?? { kind: 'needs-you' },
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
