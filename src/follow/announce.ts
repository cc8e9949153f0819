import { backOffMs, HELD_WAIT_MS, sooner } from '../queue/index.ts';
import { STANDING } from '../session/lifecycle.ts';
import {
  isFirst,
  isNamedAtEnd,
  isOutdated,
  namesUrl,
  readMilestone,
  type Milestone,
} from '../session/milestones.ts';
import { whereCalled, type CalledIn } from '../slack/called.ts';
import { cardView } from '../slack/card-view.ts';
import { refusalKind, mayRetryRefusal } from '../slack/edge/errors.ts';
import { messageMetadata, milestoneMetadata } from '../slack/edge/metadata.ts';
import { directPlace, type CardPlace } from '../slack/edge/outbound.ts';
import { renderDevinMessage } from '../slack/views/devin-message.ts';
import {
  beginningOf,
  renderMilestone,
  type Answered,
  type Called,
  type MilestoneMessage,
  type ToldIn,
} from '../slack/views/milestone.ts';
import type { Rendered } from '../slack/views/objects.ts';
import type { AnsweredCall } from '../store/calls.ts';
import type { MilestoneRow } from '../store/milestones.ts';
import { findFollowed, type Followed } from '../store/requests.ts';
import type { DevinMessage, MessageRow } from '../store/session-messages.ts';
import { MOST_FAILURES } from '../store/set-aside.ts';
import { turnClassOf, type FollowContext, type PostContext } from './context.ts';

/** Something that a session came to and people hear of. `said`: Devin's last message. */
type News = Followed & {
  row: MilestoneRow;
  milestone: Milestone;
  said: DevinMessage | null;
  calledIn: CalledIn;
};

async function calledIn(c: FollowContext, { session, request }: Followed): Promise<CalledIn> {
  const { notify } = await c.store.settings.preferencesFor(request);
  const threadIn = session.threadTs === '' ? null : session.channelId;
  return whereCalled(c.slack, { request, notify, threadIn });
}

const MOST_CALLED = 3;

/** The requester; if they left Slack, people who took part lately and may steer the session. */
async function calledBy(c: FollowContext, { session, request }: Followed): Promise<Called> {
  const left = await c.slack.findLeaver(request);
  if (left === null) return { kind: 'people', userIds: [request.userId] };
  const userIds: string[] = [];
  for (const userId of await c.store.calls.recentAuthors(session.sessionId, request.userId)) {
    if (userIds.length === MOST_CALLED) break;
    if ((await c.check(request, userId)).kind === 'allowed') userIds.push(userId);
  }
  return userIds.length === 0 ? { kind: 'nobody', name: left.name } : { kind: 'people', userIds };
}

/** A person who wrote this recently sees the result without a notice. */
const RECENT_MS = 10 * 60_000;

/** Whether it is still news, and people want to hear of it. A session that costs without anyone's knowledge always is. */
async function isWanted(c: FollowContext, news: News): Promise<boolean> {
  const { row, milestone, session, said } = news;
  const { messages, calls } = c.store;
  const { sessionId, phase, told } = session;
  const { kind } = milestone;
  if (kind === 'found-late' || kind === 'duplicate') return true;
  if (news.calledIn === null) return false;
  if (kind === 'near-cap') return STANDING[phase] !== 'earlier';
  if (kind === 'pr') {
    if (isNamedAtEnd(row.key, told)) return false;
    const texts = await messages.textsWith(sessionId, milestone.url);
    return !texts.some((words) => namesUrl(words, milestone.url));
  }
  if (phase !== kind || isOutdated(row.key, told)) return false;
  if (kind === 'ended') return session.stoppedBy === null;
  // An attempt that was made before may have been posted.
  if (kind === 'needs-you' && said !== null && row.attemptedAt === null)
    return !(await calls.isMade(sessionId, said.eventId));
  if (kind !== 'finished' || isFirst(row.key)) return true;
  return !(await messages.isFollowedUp(sessionId, new Date(row.createdAt.getTime() - RECENT_MS)));
}

/** A message about it. `shown`: Devin's words as part of it; `isDevins`: the message is theirs. */
type Announcement = Followed & {
  milestone: Milestone;
  key: string;
  said: DevinMessage | null;
  shown: Rendered | null;
  isDevins: boolean;
  toldIn: ToldIn;
  answered: Answered | null;
};

async function render(c: FollowContext, news: Announcement): Promise<Rendered> {
  const { milestone, key, session, request, said, shown, isDevins, toldIn, answered } = news;
  const text = toldIn.kind === 'thread' ? c.text : await c.slack.textFor(request.userId);
  const { structuredOutput } = session.snapshot;
  const message: MilestoneMessage = {
    what: milestone,
    key,
    sessionId: session.sessionId,
    card: cardView({ request, session, nowMs: c.tuning.now() }, text),
    said: said === null ? null : { eventId: said.eventId, words: said.text, shown },
    isDevins,
    toldIn,
    called: await calledBy(c, { session, request }),
    answered,
    result: structuredOutput === null ? null : JSON.stringify(structuredOutput, null, 2),
    command: c.command,
  };
  return renderMilestone(message, text);
}

/** A call that is part of Devin's message. */
export type Call = Pick<Announcement, 'milestone' | 'key' | 'said'>;
/** `held`: whether the message carries a call isn't certain yet, so it waits. */
type CallOf = { kind: 'none' } | { kind: 'held'; ms: number } | { kind: 'call'; call: Call };
const NO_CALL: CallOf = { kind: 'none' };

/** Devin's words, with what calls the requester around them. */
export async function withCall(
  c: FollowContext,
  followed: Followed,
  { shown, answered = null, ...call }: Call & { shown: Rendered; answered?: Answered | null },
): Promise<Rendered> {
  const share = await c.store.sessions.shareOf(followed.session);
  const toldIn = { kind: 'thread', share } as const;
  return render(c, { ...followed, ...call, shown, answered, isDevins: true, toldIn });
}

/** The last thing Devin said carries the call about the phase that the session is in. */
export async function callOf(c: FollowContext, followed: Followed, row: MessageRow): Promise<CallOf> {
  const { calls, messages, milestones } = c.store;
  const { sessionId, phase } = followed.session;
  const { eventId } = row;
  const said = await messages.lastMessage(sessionId);
  if (row.attemptedAt !== null) {
    const key = (await calls.partOf(sessionId, eventId)) ?? '';
    const milestone = readMilestone(key);
    if (milestone?.kind === phase) return { kind: 'call', call: { milestone, key, said } };
    // Devin has gone on since.
    await calls.part(sessionId, eventId);
    return NO_CALL;
  }
  if (said?.eventId !== eventId) return NO_CALL;
  for (const waiting of await milestones.pending(sessionId)) {
    const { key, dueInMs, attemptedAt, direct } = waiting;
    const milestone = readMilestone(key);
    if (milestone?.kind !== phase || attemptedAt !== null || direct) continue;
    const news = { ...followed, row: waiting, milestone, said, calledIn: await calledIn(c, followed) };
    if (news.calledIn !== 'thread' || !(await isWanted(c, news))) continue;
    if (dueInMs > 0) return { kind: 'held', ms: dueInMs };
    await calls.join(sessionId, key, eventId);
    return { kind: 'call', call: { milestone, key, said } };
  }
  return NO_CALL;
}

/**
 * Posts what the session came to and no words of Devin carry, once each and in order: in its thread or to the person, as
 * they prefer. `seen`: what waited before Devin's words were posted. `isBusy`: the thread takes nothing now. Returns when to
 * try again, in ms; null: nothing waits.
 */
export async function announce(
  c: FollowContext,
  sessionId: string,
  { seen, isBusy, ...context }: PostContext & { seen: ReadonlySet<string>; isBusy: boolean },
): Promise<number | null> {
  // Read before the session, which is at least as new then.
  const rows = (await c.store.milestones.pending(sessionId)).filter(({ key }) => seen.has(key));
  const followed = await findFollowed(c.store, sessionId);
  if (followed === null) return null;
  const { session } = followed;
  const called = await calledIn(c, followed);
  let againMs: number | null = null;
  for (const row of rows) {
    context.signal.throwIfAborted();
    // A pull request calls nobody.
    const isOfThread = called === 'thread' || row.key.startsWith('pr:');
    const where = isOfThread && session.threadTs !== '' && !row.direct ? 'thread' : called;
    const isLater = row.dueInMs > 0 || (where === 'thread' && isBusy);
    const ms = isLater ? row.dueInMs : await announceOrSetAside(c, followed, { row, called, where, context });
    if (!isBusy || ms !== 0) againMs = sooner(againMs, ms);
    // What comes after it waits, too.
    if (!isLater && ms !== null) return againMs;
  }
  return sooner(againMs, isBusy ? null : await markAnswered(c, followed));
}

/** `called`: where the person is called; `where`: where this is said. */
type Job = { row: MilestoneRow; called: CalledIn; where: CalledIn; context: PostContext };

/** One that keeps failing doesn't hold up the next. */
async function announceOrSetAside(c: FollowContext, followed: Followed, job: Job): Promise<number | null> {
  const { setAside, milestones } = c.store;
  const { sessionId, key } = job.row;
  const id = `${sessionId}:${key}`;
  try {
    const againMs = await announceOne(c, followed, job);
    if (againMs === null) await setAside.clear('milestone', id);
    return againMs;
  } catch (error) {
    if (job.context.signal.aborted) throw error;
    const failures = await setAside.note('milestone', id, { error });
    if (failures < MOST_FAILURES) throw error;
    c.tuning.log.error({ err: error, sessionId, key }, 'a milestone could not be announced');
    await milestones.skip(job.row);
    return null;
  }
}

/** A card that isn't posted by then is refused: what is announced goes to the person. */
const PLACING_MS = 10 * 60_000;

async function announceOne(c: FollowContext, followed: Followed, job: Job): Promise<number | null> {
  const { session } = followed;
  const { row, called } = job;
  const milestone = readMilestone(row.key);
  const said = await c.store.messages.lastMessage(session.sessionId);
  if (milestone === null || !(await isWanted(c, { ...followed, row, milestone, said, calledIn: called }))) {
    await c.store.milestones.skip(row);
    return null;
  }
  // Its card, and with it the thread, isn't posted yet.
  const waitedMs = c.tuning.now() - row.createdAt.getTime();
  if (session.threadTs === '' && waitedMs < PLACING_MS) return HELD_WAIT_MS;
  if (row.attemptedAt === null)
    await c.store.milestones.attempt(row, new Date(c.tuning.now()), said?.eventId ?? null);
  return post(c, followed, { ...job, milestone, said });
}

type Posting = Job & Pick<News, 'milestone' | 'said'>;

async function post(c: FollowContext, followed: Followed, posting: Posting): Promise<number | null> {
  const { row, milestone, said, where, context } = posting;
  const { session, request } = followed;
  const { key } = row;
  const { channelId, threadTs } = session;
  const isInThread = where === 'thread' && threadTs !== '';
  const place: CardPlace = isInThread
    ? { channelId, threadTs }
    : await directPlace(c.slack.outbound, request.userId);
  const posted = await c.postOnce({
    key: `milestone:${row.sessionId}:${key}`,
    place,
    metadata: milestoneMetadata(row.sessionId, key),
    // In a database that was restored, the row may be new although it was announced before.
    since: new Date(Math.min(row.createdAt.getTime(), session.snapshot.updatedAt * 1000)),
    lease: context.lease,
    turnClass: turnClassOf(session),
    render: async () => {
      const isAbove = said === null || (isInThread && said.state === 'posted');
      const shown = isAbove ? null : beginningOf(said.text, c.text);
      const toldIn = await toldWhere(c, followed, where);
      return render(c, { ...followed, milestone, key, said, shown, isDevins: false, toldIn, answered: null });
    },
  });
  const triedMs = c.tuning.now() - row.createdAt.getTime();
  switch (posted.kind) {
    case 'posted':
      await c.store.milestones.posted(row, { channelId: place.channelId, ts: posted.ts });
      return null;
    case 'rate-limited':
      return posted.retryAfterMs;
    case 'unclear':
      return backOffMs(triedMs);
    case 'refused':
      if (isInThread && refusalKind(posted.code) !== 'token') {
        // The person hears of it all the same.
        await c.store.milestones.goDirect(row);
        return post(c, followed, {
          ...posting,
          row: { ...row, direct: true, attemptedAt: null },
          where: 'direct',
        });
      }
      if (mayRetryRefusal(posted.code, triedMs)) return backOffMs(triedMs);
      c.tuning.log.warn(
        { sessionId: row.sessionId, code: posted.code },
        'Slack refused the notice of a milestone',
      );
      await c.store.milestones.skip(row);
      return null;
  }
}

async function toldWhere(c: FollowContext, { session }: Followed, where: CalledIn): Promise<ToldIn> {
  const { channelId, threadTs: ts } = session;
  if (where === 'thread') return { kind: 'thread', share: await c.store.sessions.shareOf(session) };
  if (where === 'outside') return { kind: 'outside' };
  const thread = ts === '' ? null : c.slack.outbound.permalink({ channelId, ts, threadTs: null });
  return { kind: 'direct', thread };
}

/** Writes on each question that was answered who answered what. Returns how long Slack wants a pause, in ms. */
async function markAnswered(c: FollowContext, followed: Followed): Promise<number | null> {
  const { calls } = c.store;
  const { sessionId } = followed.session;
  for (const call of await calls.answered(sessionId)) {
    const { channelId, slackTs: ts, inMessage, eventId, key } = call;
    const isDevins = inMessage && eventId !== null;
    const metadata = isDevins ? messageMetadata(sessionId, eventId, 0) : milestoneMetadata(sessionId, key);
    const edited = await c.slack.outbound.edit(
      { channelId, ts },
      metadata,
      await answeredCall(c, followed, call),
    );
    if (edited.kind === 'rate-limited') return edited.retryAfterMs;
    // A message that can't be edited stays as it is.
    await calls.settle(sessionId, call);
  }
  return null;
}

async function answeredCall(c: FollowContext, followed: Followed, call: AnsweredCall): Promise<Rendered> {
  const { sessionId, channelId } = followed.session;
  const { key, eventId, inMessage } = call;
  const words = eventId === null ? null : await c.store.messages.textOf(sessionId, eventId);
  const said: DevinMessage | null =
    eventId === null || words === null ? null : { eventId, text: words, state: 'posted' };
  const answered = { userId: call.answeredBy, at: call.answeredAt, words: call.answer };
  const milestone = { kind: 'needs-you' } as const;
  if (inMessage) {
    const [first] = renderDevinMessage(words ?? '', c.text).posts;
    return withCall(c, followed, {
      milestone,
      key,
      said,
      answered,
      shown: first ?? { text: '', blocks: [] },
    });
  }
  const isInThread = call.channelId === channelId;
  const shown = isInThread || words === null ? null : beginningOf(words, c.text);
  const toldIn = await toldWhere(c, followed, isInThread ? 'thread' : 'direct');
  return render(c, { ...followed, milestone, key, said, shown, answered, isDevins: false, toldIn });
}
