import type { Log } from '../log.ts';
import { backOffMs, mayRetryRefusal } from '../queue/index.ts';
import type { Enqueue, Lease, PostOnce, WithLease } from '../queue/index.ts';
import { readMilestone } from '../session/milestones.ts';
import type { Milestone } from '../session/milestones.ts';
import { effectivePreferences } from '../session/preferences.ts';
import type { Notify } from '../session/preferences.ts';
import type { Answered } from '../slack/blocks/devin-message.ts';
import { milestoneMetadata } from '../slack/metadata.ts';
import type { CardPlace, Outbound, Rendered } from '../slack/outbound.ts';
import type { Calls } from '../store/calls.ts';
import type { MilestoneRow, Milestones } from '../store/milestones.ts';
import type { SessionRequest } from '../store/request-row.ts';
import type { Requests } from '../store/requests.ts';
import type { Said, SessionMessages } from '../store/session-messages.ts';
import type { SessionRow, Sessions } from '../store/sessions.ts';
import { MOST_FAILURES } from '../store/set-aside.ts';
import type { SetAside } from '../store/set-aside.ts';
import type { Settings } from '../store/settings.ts';
import { isWanted } from './compose-milestone.ts';

export type Telling = {
  milestone: Milestone;
  key: string;
  request: SessionRequest;
  session: SessionRow;
  /** What Devin said last. */
  said: Said | null;
  place: CardPlace;
  /** Of a question: who answered it. */
  answered: Answered | null;
  /** All of the result was put into the thread as a file. */
  resultShared: boolean;
};

type TellDeps = {
  sessions: Pick<Sessions, 'find'>;
  requests: Pick<Requests, 'find'>;
  milestones: Milestones;
  setAside: Pick<SetAside, 'note' | 'clear'>;
  messages: Pick<SessionMessages, 'lastSaid' | 'saidWith' | 'isFollowedUp'>;
  calls: Pick<Calls, 'isMade'>;
  defaults: Pick<Settings, 'preferencesFor'>;
  withLease: WithLease;
  postOnce: PostOnce;
  compose: (telling: Telling) => Promise<Rendered>;
  /** Says on calls that were answered who did; how long Slack wants to be left alone, in ms. */
  answerCalls: (session: SessionRow, request: SessionRequest) => Promise<number>;
  /** Puts a result that is too long for a message into the thread; false where there is none, or it cannot. */
  shareResult: (place: CardPlace, session: SessionRow) => Promise<boolean>;
  outbound: Pick<Outbound, 'directChannel'>;
  enqueue: Enqueue;
  now: () => number;
  log: Log;
};

const HELD_WAIT_MS = 1000;
/** For so long what is told waits for Devin's words to be in the thread. */
const WORDS_WAIT_MS = 60_000;

/** Told, or nothing to tell; or how long to wait before going on, since a later one is not told before it. */
type Told = { kind: 'told' } | { kind: 'wait'; ms: number };
const TOLD: Told = { kind: 'told' };

/** Posts what a session came to, once each and in order: in its thread, or to the person, as is preferred. */
export function createMilestoneTeller(deps: TellDeps) {
  const { sessions, requests, milestones, withLease, enqueue } = deps;

  async function tellAll(sessionId: string, lease: Lease): Promise<Told> {
    // First, so that the session is at least as new as what is told of it.
    const rows = await milestones.pending(sessionId);
    const session = await sessions.find(sessionId);
    const request = session === null ? null : await requests.find(session.requestId);
    if (session === null || request === null) return TOLD;
    const notify = await notifyOf(deps, session, request);
    for (const row of rows) {
      lease.held.throwIfAborted();
      const told = await tellOrSetAside(deps, { row, session, request, notify, lease });
      if (told.kind === 'wait') return told;
    }
    const waitMs = await deps.answerCalls(session, request);
    return waitMs === 0 ? TOLD : { kind: 'wait', ms: waitMs };
  }

  return async (sessionId: string): Promise<void> => {
    const leased = await withLease(`tell:${sessionId}`, async (lease) => tellAll(sessionId, lease));
    const told: Told = leased.kind === 'done' ? leased.result : { kind: 'wait', ms: HELD_WAIT_MS };
    if (told.kind === 'wait')
      await enqueue('tell-milestones', { sessionId }, { key: sessionId, startAfterMs: told.ms });
  };
}

async function notifyOf(
  { defaults }: TellDeps,
  { notify }: SessionRow,
  { teamId, channelId, userId }: SessionRequest,
): Promise<Notify> {
  if (notify !== null) return notify;
  return effectivePreferences(await defaults.preferencesFor({ teamId, channelId, userId })).notify;
}

type Case = { row: MilestoneRow; session: SessionRow; request: SessionRequest; notify: Notify; lease: Lease };

/** What fails again and again does not hold up what comes after it. */
async function tellOrSetAside(deps: TellDeps, one: Case): Promise<Told> {
  const { sessionId, key } = one.row;
  const id = `${sessionId}:${key}`;
  try {
    const told = await tell(deps, one);
    if (told.kind === 'told') await deps.setAside.clear('milestone', id);
    return told;
  } catch (error) {
    if (one.lease.held.aborted) throw error;
    const failures = await deps.setAside.note('milestone', id, { error });
    if (failures < MOST_FAILURES) throw error;
    deps.log.error({ err: error, sessionId, key }, 'something about a session could not be told');
    await deps.milestones.skip(one.row);
    return TOLD;
  }
}

async function tell(deps: TellDeps, one: Case): Promise<Told> {
  const { row, session, request, notify } = one;
  const milestone = readMilestone(row.key);
  const said = await deps.messages.lastSaid(session.sessionId);
  if (milestone === null || !(await isWanted(deps, { milestone, row, session, notify, said }))) {
    await deps.milestones.skip(row);
    return TOLD;
  }
  // Its card is on its way, and with it the thread.
  const isPlacing = session.threadTs === '' && request.cardTs === null && request.cardStale;
  if (isPlacing || waitsForWords(deps, one, said)) return { kind: 'wait', ms: HELD_WAIT_MS };
  const place = await placeOf(deps, one);
  if (row.attemptedAt === null && !(await attempt(deps, one, said))) return TOLD;
  return post(deps, one, { milestone, said, place });
}

async function attempt({ milestones, now }: TellDeps, { row }: Case, said: Said | null): Promise<boolean> {
  return milestones.attempt(row, new Date(now()), said?.eventId ?? null);
}

/** They come first, or with what is told. */
function waitsForWords(deps: TellDeps, { row, session, notify }: Case, said: Said | null): boolean {
  if (said?.state !== 'pending' || notify !== 'thread' || row.direct) return false;
  if (session.threadTs === '' || session.threadTrouble !== null) return false;
  return waitedMs(deps, row) < WORDS_WAIT_MS;
}

type What = { milestone: Milestone; said: Said | null; place: CardPlace };

async function post(deps: TellDeps, one: Case, { milestone, said, place }: What): Promise<Told> {
  const { row, session, request } = one;
  const result = await deps.postOnce({
    key: `milestone:${row.sessionId}:${row.key}`,
    place,
    metadata: milestoneMetadata(row.sessionId, row.key),
    lease: one.lease,
    render: async () => {
      // With the first attempt only: without its file the message says where else the result is.
      const isFirst = milestone.kind === 'finished' && row.attemptedAt === null;
      const resultShared = isFirst && (await deps.shareResult(place, session));
      const { key } = row;
      return deps.compose({ milestone, key, request, session, said, place, answered: null, resultShared });
    },
  });
  switch (result.kind) {
    case 'posted':
      await deps.milestones.posted(row, { channelId: place.channelId, ts: result.ts });
      return TOLD;
    case 'rate-limited':
      return { kind: 'wait', ms: result.retryAfterMs };
    case 'unclear':
      return { kind: 'wait', ms: backOffMs(waitedMs(deps, row)) };
    case 'refused':
      return refused(deps, one, result.code);
  }
}

const waitedMs = ({ now }: TellDeps, { createdAt: at }: MilestoneRow): number => now() - at.getTime();

/** Where the thread takes nothing, the person is told all the same; where nothing does, it begins anew later. */
async function refused(deps: TellDeps, one: Case, code: string): Promise<Told> {
  const { row, session } = one;
  if (!row.direct && one.notify === 'thread') {
    await deps.milestones.redirect(row, true);
    return tell(deps, { ...one, row: { ...row, direct: true, attemptedAt: null } });
  }
  if (mayRetryRefusal(code, waitedMs(deps, row))) {
    await deps.milestones.redirect(row, false);
    return { kind: 'wait', ms: backOffMs(waitedMs(deps, row)) };
  }
  deps.log.warn({ sessionId: session.sessionId, code }, 'Slack refused a message about a session');
  await deps.milestones.skip(row);
  return TOLD;
}

async function placeOf({ outbound }: TellDeps, { row, session, request, notify }: Case): Promise<CardPlace> {
  const thread = { channelId: session.channelId, threadTs: session.threadTs };
  if (notify === 'thread' && !row.direct && session.threadTs !== '') return thread;
  const channelId = await outbound.directChannel(request.userId);
  return { channelId: channelId ?? request.userId, threadTs: null };
}
