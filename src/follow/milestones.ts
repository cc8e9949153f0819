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
import { whereCalled, type CalledIn } from '../slack/called.ts';
import { cardView } from '../slack/card-view.ts';
import { renderMilestone, type Called, type MilestoneMessage } from '../slack/views/milestone.ts';
import type { Rendered } from '../slack/views/objects.ts';
import { linkedTitle } from '../slack/views/session-card.ts';
import { link } from '../slack/views/text.ts';
import type { Followed } from '../store/requests.ts';
import type { LastWords, ThreadMessage } from '../store/thread-messages.ts';
import type { FollowContext, PostContext } from './context.ts';

export async function calledIn(c: FollowContext, { session, request }: Followed): Promise<CalledIn> {
  const { notify } = await c.store.settings.preferencesFor(request);
  const threadIn = session.threadTs === '' ? null : session.channelId;
  return whereCalled(c.slack, { request, notify, threadIn });
}

/** Devin's words may say it, or go along with it. */
export function dueInMs({ tuning }: FollowContext, row: ThreadMessage, { fetched }: PostContext): number {
  const { holdMs, tellAfterMs } = tuning.watchTimes;
  const heldForMs = fetched.has(row.key) ? heldMs(row.key, holdMs) : tellAfterMs;
  return Math.max(0, Math.ceil(Math.min(heldForMs, tellAfterMs) - row.ageMs));
}

/** A person who wrote this recently sees the result without a notice. */
const RECENT_MS = 10 * 60_000;

type News = Followed & {
  row: ThreadMessage;
  milestone: Milestone;
  lastWords: LastWords | null;
  called: CalledIn;
};

/** Whether it is still news, and people want to hear of it. A session that costs without anyone's knowledge always is. */
export async function isWanted(c: FollowContext, news: News): Promise<boolean> {
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

/** The milestone that Devin's words carry, once it's due: the last words, about the phase that the session is in. */
export async function milestoneWith(
  c: FollowContext,
  { followed, row, context }: { followed: Followed; row: ThreadMessage; context: PostContext },
): Promise<{ waitMs: number } | ThreadMessage | null> {
  const { messages } = c.store;
  const { sessionId, phase } = followed.session;
  const waiting = (await messages.milestones(sessionId)).filter(({ attemptedAt: at }) => at === null);
  if (row.attemptedAt !== null) {
    // Slack may have it as it was then, unless Devin has gone on since.
    return waiting.find(({ key, about }) => about === row.key && readMilestone(key)?.kind === phase) ?? null;
  }
  const lastWords = await messages.lastWords(sessionId);
  if (lastWords?.key !== row.key) return null;
  const called = await calledIn(c, followed);
  if (called !== 'thread') return null;
  for (const one of waiting) {
    const milestone = readMilestone(one.key);
    // What may have been announced before the database was restored is searched for: it goes on its own.
    if (milestone?.kind !== phase || one.saidAt < c.knownSince()) continue;
    if (!(await isWanted(c, { ...followed, row: one, milestone, lastWords, called }))) continue;
    const waitMs = dueInMs(c, one, context);
    if (waitMs > 0) return { waitMs };
    await messages.change(one, { about: row.key });
    return one;
  }
  return null;
}

/** The requester is not called if they left Slack. */
async function calledBy(c: FollowContext, { request }: Followed): Promise<Called> {
  const left = await c.slack.findLeaver(request);
  return left === null ? { kind: 'people', userIds: [request.userId] } : { kind: 'nobody', name: left.name };
}

type Announcement = Pick<MilestoneMessage, 'said' | 'isDevins'> & {
  row: ThreadMessage;
  /** Where it is said. */
  where: CalledIn;
};

/** The message that announces a milestone. */
export async function milestoneMessage(
  c: FollowContext,
  followed: Followed,
  { row, where, ...said }: Announcement,
): Promise<Rendered> {
  const { session, request } = followed;
  const { sessionId, channelId, threadTs: ts } = session;
  const text = where === 'thread' ? c.text : await c.slack.textFor(request.userId);
  const card = cardView({ request, session, nowMs: c.tuning.now() }, text);
  const isAlone = where === 'thread' && (await c.store.sessions.shareOf(session)) === 'alone';
  const thread = where === 'direct' ? c.slack.outbound.permalink({ channelId, ts, threadTs: null }) : null;
  const { structuredOutput } = session.snapshot;
  const { key, answeredAt: at, userId, text: words } = row;
  const message: MilestoneMessage = {
    ...said,
    what: readMilestone(key) ?? { kind: 'needs-you' },
    key,
    sessionId,
    card,
    name: isAlone ? null : linkedTitle(card, text),
    beside: [
      ...(thread === null ? [] : [link(thread, text.milestones.thread)]),
      ...(where === 'outside' ? [text.milestones.outside] : []),
    ],
    // They may not write into the conversation, which would show their answer.
    mayAnswer: where !== 'outside',
    called: await calledBy(c, followed),
    answered: at === null ? null : { userId, at, words },
    result: structuredOutput === null ? null : JSON.stringify(structuredOutput, null, 2),
  };
  return renderMilestone(message, text);
}
