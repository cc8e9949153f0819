import { STANDING } from '../session/lifecycle.ts';
import { isFirst, isOutdated, namesUrl, type Milestone } from '../session/milestones.ts';
import type { Notify } from '../session/preferences.ts';
import { pullRequestUrls } from '../session/snapshot.ts';
import { shownPullRequests } from '../slack/blocks/card-facts.ts';
import { renderDevinMessage } from '../slack/blocks/devin-message.ts';
import { renderMilestone, RESULT_LENGTH, type ToldIn } from '../slack/blocks/milestone.ts';
import type { Rendered } from '../slack/blocks/objects.ts';
import { cardView } from '../slack/card-view.ts';
import { messageMetadata, milestoneMetadata } from '../slack/metadata.ts';
import type { CardPlace, Outbound } from '../slack/outbound.ts';
import { plainName } from '../slack/people.ts';
import type { TextFor } from '../slack/text-for.ts';
import type { AnsweredCall } from '../store/calls.ts';
import type { MilestoneRow } from '../store/milestones.ts';
import type { Followed } from '../store/requests.ts';
import type { DevinMessage } from '../store/session-messages.ts';
import type { SessionRow } from '../store/sessions.ts';
import type { StoreParts } from '../store/store.ts';
import { frameWith, type CallDeps, type Notified } from './notified.ts';
import type { MilestoneNotice } from './notify-milestones.ts';

type MessageDeps = CallDeps & {
  notified: Pick<Notified, 'called' | 'isOutside'>;
  store: StoreParts<{ calls: 'answered' | 'settle'; messages: 'textOf' }>;
  outbound: Pick<Outbound, 'permalink' | 'edit' | 'upload' | 'share'>;
  nameMentions: (text: string) => Promise<string>;
  command: string;
  /** In a direct message. */
  textFor: TextFor;
};

/** The message about a milestone: the card as it is now, with Devin's words and result. */
export async function composeMilestone(deps: MessageDeps, notice: MilestoneNotice): Promise<Rendered> {
  const { milestone, key, request, session, said, answered, resultShared } = notice;
  const toldIn = await whereTold(deps, notice);
  const text = toldIn.kind === 'thread' ? deps.text : await deps.textFor(request.userId);
  return renderMilestone(
    {
      what: milestone,
      key,
      sessionId: session.sessionId,
      card: cardView({ request, session, nowMs: deps.now() }, text),
      words: said?.text ?? session.lastWords,
      wordsShown: toldIn.kind === 'thread' && said?.state === 'posted',
      place: toldIn,
      called: await deps.notified.called(session.sessionId, request),
      answered,
      by: 'userId' in milestone ? await plainName(milestone.userId, deps.nameMentions) : '',
      result: resultOf(session),
      resultShared,
      command: deps.command,
    },
    text,
  );
}

async function whereTold(deps: MessageDeps, notice: MilestoneNotice): Promise<ToldIn> {
  const { place, session, request } = notice;
  if (place.threadTs !== null) return { kind: 'thread', share: await deps.store.sessions.shareOf(session) };
  if (await deps.notified.isOutside(session, request)) return { kind: 'outside' };
  const { channelId, threadTs: ts } = session;
  const thread = ts === '' ? null : deps.outbound.permalink({ channelId, ts, threadTs: null });
  return { kind: 'direct', thread };
}

/** The structured output of a session, as people read JSON. */
function resultOf({ snapshot }: Pick<SessionRow, 'snapshot'>): string | null {
  const { structuredOutput: output } = snapshot;
  return output === null ? null : JSON.stringify(output, null, 2);
}

/** Puts a result that is too long for a message into the thread, as a file. Tried once; false: it isn't there. */
export async function shareResult(
  { outbound }: Pick<MessageDeps, 'outbound'>,
  { channelId, threadTs }: CardPlace,
  session: SessionRow,
): Promise<boolean> {
  const result = resultOf(session);
  if (threadTs === null || result === null || result.length <= RESULT_LENGTH) return false;
  const name = 'result.json';
  const uploaded = await outbound.upload({ name, content: new TextEncoder().encode(result) });
  if (uploaded.kind !== 'uploaded') return false;
  const shared = await outbound.share({ channelId, threadTs }, uploaded.fileId, name);
  return shared.kind === 'shared';
}

type Answered = Followed & { call: AnsweredCall };

/** Adds to each call whose question was answered who answered it. Returns how long Slack wants a pause, in ms. */
export async function markAnsweredCalls(deps: MessageDeps, { session, request }: Followed): Promise<number> {
  const { calls } = deps.store;
  const { outbound } = deps;
  const { sessionId } = session;
  for (const call of await calls.answered(sessionId)) {
    const { channelId, slackTs: ts } = call;
    const metadata =
      call.inMessage && call.eventId !== null
        ? messageMetadata(sessionId, call.eventId, 0)
        : milestoneMetadata(sessionId, call.key);
    const rendered = await renderAnswered(deps, { call, session, request });
    const edited = await outbound.edit({ channelId, ts }, metadata, rendered);
    if (edited.kind === 'rate-limited') return edited.retryAfterMs;
    // A message that can't be edited stays as it is.
    await calls.settle(sessionId, call);
  }
  return 0;
}

async function renderAnswered(deps: MessageDeps, { call, session, request }: Answered): Promise<Rendered> {
  const { sessionId } = session;
  const { eventId } = call;
  const said = eventId === null ? '' : ((await deps.store.messages.textOf(sessionId, eventId)) ?? '');
  const answered = { userId: call.answeredBy, at: call.answeredAt };
  if (!call.inMessage) return composeMilestone(deps, answeredNotice({ call, session, request }, said));
  const [first] = renderDevinMessage(said, deps.text).posts;
  const frame = await frameWith(deps, { session, request, key: call.key, answered });
  return frame(first ?? { text: '', blocks: [] });
}

/** The notice as it was posted, with who answered. */
function answeredNotice({ call, session, request }: Answered, said: string): MilestoneNotice {
  const isDirect = call.channelId !== session.channelId;
  return {
    milestone: { kind: 'needs-you' },
    key: call.key,
    request,
    session,
    said: call.eventId === null ? null : { eventId: call.eventId, text: said, state: 'posted' },
    place: { channelId: call.channelId, threadTs: isDirect ? null : session.threadTs },
    answered: { userId: call.answeredBy, at: call.answeredAt },
    resultShared: false,
  };
}

type WantedDeps = {
  store: StoreParts<{ messages: 'textsWith' | 'isFollowedUp'; calls: 'isMade' | 'isAnswered' }>;
};

type Announcement = {
  milestone: Milestone;
  row: MilestoneRow;
  session: SessionRow;
  notify: Notify;
  said: DevinMessage | null;
  /** A message that says it finished follows. */
  finishes: boolean;
};

/** A person who wrote this recently sees the result without a notice. */
const RECENT_MS = 10 * 60_000;

/** Not if it's outdated, nor if people asked for quiet; but a session that costs without anyone's knowledge, always. */
export async function isWanted(deps: WantedDeps, announcement: Announcement): Promise<boolean> {
  const { milestone, row, session, notify, said } = announcement;
  const { sessionId, phase } = session;
  if (milestone.kind === 'found-late' || milestone.kind === 'duplicate') return true;
  if (notify === 'card' || (notify === 'thread' && !session.synced)) return false;
  switch (milestone.kind) {
    case 'needs-you':
      if (phase !== 'needs-you') return false;
      return row.attemptedAt !== null || (await isNewQuestion(deps, row, said));
    case 'needs-approval':
      return phase === 'needs-approval' && !isOutdated(row.key, session.told);
    case 'pr':
      if (announcement.finishes && isInResult(session, milestone.url)) return false;
      return !(notify === 'thread' && (await isNamed(deps, sessionId, milestone.url)));
    case 'capped':
    case 'failed':
      if (STANDING[phase] !== 'earlier' || phase === 'finished') return false;
      return !isOutdated(row.key, session.told);
    case 'ended-by':
    case 'archived-by':
    case 'put-to-sleep-by':
      return true;
    case 'ended':
      return session.stoppedBy === null;
    case 'finished':
      return isFirst(row.key) || !(await isAwaited(deps, row));
  }
}

/** Without words, it's another one each time that Devin waits again. */
async function isNewQuestion(
  { store: { calls } }: WantedDeps,
  { sessionId, key }: MilestoneRow,
  said: DevinMessage | null,
): Promise<boolean> {
  if (said !== null && (await calls.isMade(sessionId, said))) return false;
  return !(await calls.isAnswered(sessionId, key, said?.eventId ?? null));
}

/** The message that the session finished names it. */
function isInResult({ snapshot }: SessionRow, url: string): boolean {
  return shownPullRequests(pullRequestUrls(snapshot)).includes(url);
}

/** In Devin's words. */
async function isNamed({ store }: WantedDeps, sessionId: string, url: string): Promise<boolean> {
  return (await store.messages.textsWith(sessionId, url)).some((words) => namesUrl(words, url));
}

async function isAwaited(
  { store }: WantedDeps,
  { sessionId, createdAt: at }: MilestoneRow,
): Promise<boolean> {
  return store.messages.isFollowedUp(sessionId, new Date(at.getTime() - RECENT_MS));
}
