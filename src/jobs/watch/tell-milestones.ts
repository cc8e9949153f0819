import type { Log } from '../../log.ts';
import type { Notify } from '../../session/preferences.ts';
import { effectivePreferences } from '../../session/preferences.ts';
import { readMilestone } from '../../session/milestones.ts';
import type { Milestone } from '../../session/milestones.ts';
import { milestoneMark } from '../../slack/ids.ts';
import type { CardPlace, Outbound, Rendered } from '../../slack/outbound.ts';
import type { MilestoneRow, Milestones } from '../../store/milestones.ts';
import type { SessionRequest } from '../../store/request-row.ts';
import type { Requests } from '../../store/requests.ts';
import type { SessionRow, Sessions } from '../../store/sessions.ts';
import { MOST_FAILURES } from '../../store/set-aside.ts';
import type { SetAside } from '../../store/set-aside.ts';
import type { Settings } from '../../store/settings.ts';
import { backOffMs } from '../../queue/index.ts';
import type { Lease, PostOnce, WithLease } from '../../queue/index.ts';
import type { Enqueue } from '../queue.ts';
import { mayPass } from '../relay/place-trouble.ts';

export type Telling = {
  milestone: Milestone;
  request: SessionRequest;
  session: SessionRow;
  inThread: boolean;
  /** All of the result was put into the thread as a file. */
  resultShared: boolean;
};

type TellDeps = {
  sessions: Pick<Sessions, 'find'>;
  requests: Pick<Requests, 'find'>;
  milestones: Milestones;
  setAside: Pick<SetAside, 'note' | 'clear'>;
  defaults: Pick<Settings, 'preferencesFor'>;
  withLease: WithLease;
  postOnce: PostOnce;
  compose: (telling: Telling) => Promise<Rendered>;
  /** Puts a result that is too long for a message into the thread; false where there is none, or it cannot. */
  shareResult: (place: CardPlace, session: SessionRow) => Promise<boolean>;
  outbound: Pick<Outbound, 'directChannel'>;
  enqueue: Enqueue;
  now: () => number;
  log: Log;
};

const HELD_WAIT_MS = 1000;

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
    const request = session === null ? null : await requests.find(session.request_id);
    if (session === null || request === null) return TOLD;
    const notify = await notifyOf(deps, session, request);
    for (const row of rows) {
      lease.held.throwIfAborted();
      const told = await tellOrSetAside(deps, { row, session, request, notify, lease });
      if (told.kind === 'wait') return told;
    }
    return TOLD;
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
  { team_id: teamId, channel_id: channelId, user_id: userId }: SessionRequest,
): Promise<Notify> {
  if (notify !== null) return notify;
  return effectivePreferences(await defaults.preferencesFor({ teamId, channelId, userId })).notify;
}

type Case = { row: MilestoneRow; session: SessionRow; request: SessionRequest; notify: Notify; lease: Lease };

/** What fails again and again does not hold up what comes after it. */
async function tellOrSetAside(deps: TellDeps, one: Case): Promise<Told> {
  const { session_id: sessionId, key } = one.row;
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
    await deps.milestones.settle(one.row, 'skipped');
    return TOLD;
  }
}

async function tell(deps: TellDeps, one: Case): Promise<Told> {
  const { row, session, request } = one;
  const milestone = readMilestone(row.key);
  if (milestone === null || !isWanted(milestone, one)) {
    await deps.milestones.settle(row, 'skipped');
    return TOLD;
  }
  // Its card is on its way, and with it the thread.
  if (session.thread_ts === '' && request.card_ts === null && request.card_stale)
    return { kind: 'wait', ms: HELD_WAIT_MS };
  const place = await placeOf(deps, one);
  const result = await deps.postOnce({
    key: `milestone:${row.session_id}:${row.key}`,
    place,
    mark: milestoneMark(row.session_id, row.key),
    lease: one.lease,
    render: async () => {
      const inThread = place.threadTs !== null;
      // With the first attempt only: without its file the message says where else the result is.
      const isFirst = milestone.kind === 'finished' && row.attempted_at === null;
      if (row.attempted_at === null) await deps.milestones.attempt(row, new Date(deps.now()));
      const resultShared = isFirst && (await deps.shareResult(place, session));
      return deps.compose({ milestone, request, session, inThread, resultShared });
    },
  });
  switch (result.kind) {
    case 'posted':
      await deps.milestones.settle(row, 'posted');
      return TOLD;
    case 'rate-limited':
      return { kind: 'wait', ms: result.retryAfterMs };
    case 'unclear':
      return { kind: 'wait', ms: backOffMs(waitedMs(deps, row)) };
    case 'refused':
      return refused(deps, one, result.code);
  }
}

const waitedMs = ({ now }: TellDeps, { created_at: at }: MilestoneRow): number => now() - at.getTime();

/** Where the thread takes nothing, the person is told all the same; where nothing does, it begins anew later. */
async function refused(deps: TellDeps, one: Case, code: string): Promise<Told> {
  const { row, session } = one;
  if (!row.direct && one.notify === 'thread') {
    await deps.milestones.redirect(row, true);
    return tell(deps, { ...one, row: { ...row, direct: true, attempted_at: null } });
  }
  if (mayPass(code, waitedMs(deps, row))) {
    await deps.milestones.redirect(row, false);
    return { kind: 'wait', ms: backOffMs(waitedMs(deps, row)) };
  }
  deps.log.warn({ sessionId: session.session_id, code }, 'Slack refused a message about a session');
  await deps.milestones.settle(row, 'skipped');
  return TOLD;
}

/** Not what is over by now, nor where people asked for quiet; but that a session costs which nobody knew of, always. */
function isWanted({ kind }: Milestone, { session, notify }: Case): boolean {
  if (kind === 'found-late' || kind === 'twice') return true;
  if (notify === 'card' || (notify === 'thread' && !session.synced)) return false;
  return (kind !== 'needs-you' && kind !== 'needs-approval') || session.phase === kind;
}

async function placeOf({ outbound }: TellDeps, { row, session, request, notify }: Case): Promise<CardPlace> {
  const thread = { channelId: session.channel_id, threadTs: session.thread_ts };
  if (notify === 'thread' && !row.direct && session.thread_ts !== '') return thread;
  const channelId = await outbound.directChannel(request.user_id);
  return { channelId: channelId ?? request.user_id, threadTs: null };
}
