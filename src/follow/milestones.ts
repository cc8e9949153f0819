import { Later } from '../queue/index.ts';
import { STANDING } from '../session/lifecycle.ts';
import { isLatest, isTold, readMilestone, type Milestone } from '../session/milestones.ts';
import type { EffectivePreferences } from '../session/preferences.ts';
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
import type { SessionRow } from '../store/sessions.ts';
import type { LastWords, ThreadMessage } from '../store/thread-messages.ts';
import { post, wordsKey, type FollowContext, type PostJob, type PostContext } from './context.ts';

async function notifyOf(c: FollowContext, { request }: Followed) {
  return (await c.store.settings.preferencesFor(request)).notify;
}

/** Throws a Later while Devin's words may still say it, or go along with it. */
function untilDue(
  { tuning }: FollowContext,
  { row, what: { kind }, fetched }: Pick<News, 'row' | 'what'> & Pick<PostContext, 'fetched'>,
): void {
  const { holdMs, tellAfterMs } = tuning.watchTimes;
  const holds: { readonly [Kind in Milestone['kind']]?: number } = holdMs;
  const waitMs = Math.ceil((fetched.includes(row.key) ? (holds[kind] ?? 0) : tellAfterMs) - row.ageMs);
  if (waitMs > 0) throw new Later('busy', waitMs);
}

/** A person who wrote this recently sees the result without a notice. */
const RECENT_MS = 10 * 60_000;

type News = {
  session: SessionRow;
  row: ThreadMessage;
  what: Milestone;
  lastWords: LastWords | null;
  notify: EffectivePreferences['notify'];
};

/** Whether it is still news, and people want to hear of it. A session that costs without anyone's knowledge always is. */
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

/**
 * The milestone that Devin's words carry, once it's due: the last words, about the phase that the session is in. Throws a
 * Later before that.
 */
export async function milestoneWith(
  c: FollowContext,
  { followed, row: words, context }: PostJob,
): Promise<ThreadMessage | null> {
  const { messages } = c.store;
  const { session } = followed;
  const { sessionId, phase: kind } = session;
  const ofPhase = (await messages.pending(sessionId, 'milestones')).filter(
    ({ key, attemptedAt }) => attemptedAt === null && readMilestone(key)?.kind === kind,
  );
  const row = ofPhase.at(-1);
  if (row === undefined) return null;
  // Slack may have it as it was then, unless Devin has gone on since.
  if (words.attemptedAt !== null) return ofPhase.find(({ about }) => about === words.key) ?? null;
  const [notify, lastWords] = await Promise.all([notifyOf(c, followed), messages.lastWords(sessionId)]);
  // What may have been announced before the database was restored is searched for: it goes on its own.
  if (notify !== 'thread' || lastWords?.key !== words.key || row.saidAt < c.knownSince()) return null;
  if (!isTold(kind) || !(await isWanted(c, { session, row, what: { kind }, lastWords, notify }))) return null;
  untilDue(c, { row, what: { kind }, ...context });
  await messages.change(row, { about: words.key });
  return row;
}

/** Posts it in the thread, or to the person, as they prefer; also to the person if the thread takes nothing. */
export async function postMilestone(c: FollowContext, job: PostJob): Promise<void> {
  const { messages } = c.store;
  const { row, followed, context } = job;
  const { session } = followed;
  const { channelId, threadTs, threadTrouble } = session;
  const what = readMilestone(row.key);
  if (what === null) return messages.change(row, { state: 'skipped' });
  untilDue(c, { row, what, ...context });
  const [notify, lastWords] = await Promise.all([notifyOf(c, followed), messages.lastWords(row.sessionId)]);
  if (!(await isWanted(c, { session, row, what, lastWords, notify })))
    return messages.change(row, { state: 'skipped' });
  // A pull request calls nobody.
  const isInThread = threadTrouble === null && (notify === 'thread' || what.kind === 'pr');
  // With the words.
  if (isInThread && job.isBusy) return;
  const isFirstTry = row.attemptedAt === null;
  if (isFirstTry)
    await messages.change(row, { attemptedAt: new Date(c.now()), about: lastWords?.key ?? null });
  const isAbove = isInThread && lastWords?.state === 'posted';
  const said = lastWords && { ...lastWords, shown: isAbove ? null : beginningOf(lastWords.text, c.text) };
  const rendered = await milestoneMessage(c, followed, { row, isInThread, said, isDevins: false });
  await post(c, job, {
    key: milestoneKey(row),
    place: isInThread ? { channelId, threadTs } : 'direct',
    // In a database that was restored, the row may be new although it was announced before.
    since: new Date(Math.min(row.createdAt.getTime(), row.saidAt.getTime())),
    isQuestion: what.kind === 'needs-you',
    render: () => rendered,
    async posted(at, trx) {
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
  const { sessionId, about } = row;
  const { channelId, threadTs } = followed.session;
  const isInThread = row.channelId === channelId;
  const isDevins = about !== null && row.attemptedAt === null;
  const text = about === null ? '' : await messages.textOf(sessionId, about);
  const [first = null] = renderDevinMessage(text, c.text);
  const shown = isDevins ? first : isInThread ? null : beginningOf(text, c.text);
  const said = about === null ? null : { key: about, text, shown };
  const rendered = await milestoneMessage(c, followed, { row, isInThread, said, isDevins });
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

/** The message that announces a milestone, in the session's thread or to the person. */
export async function milestoneMessage(
  c: FollowContext,
  { session, request }: Followed,
  {
    row,
    isInThread,
    ...said
  }: Pick<MilestoneMessage, 'said' | 'isDevins'> & { row: ThreadMessage; isInThread: boolean },
): Promise<Rendered> {
  const { channelId, threadTs: ts, snapshot } = session;
  const { userId } = request;
  const text = isInThread ? c.text : await c.slack.textFor(userId);
  const card = cardView({ request, session, nowMs: c.now() }, text);
  const isAlone = isInThread && (await c.store.sessions.sharing(session)).share === 'alone';
  const thread = isInThread ? null : c.slack.outbound.permalink({ channelId, ts, threadTs: null });
  const { structuredOutput } = snapshot;
  const { key, answeredAt: at, userId: answerer, text: words } = row;
  const message: MilestoneMessage = {
    ...said,
    what: readMilestone(key) ?? { kind: 'needs-you' },
    key: milestoneKey(row),
    card,
    name: isAlone ? null : linkedTitle(card, text),
    beside: thread === null ? [] : [link(thread, text.milestones.thread)],
    userId,
    answered: at === null ? null : { userId: answerer, at, words },
    result: structuredOutput === null ? null : JSON.stringify(structuredOutput, null, 2),
  };
  return renderMilestone(message, text);
}
