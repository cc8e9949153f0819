import { isClosed, type SessionSnapshot } from './snapshot.ts';

/** What people see of a session. Devin's `status` and `status_detail` are open: with another it works. */
export const SESSION_PHASES = [
  'queued',
  'starting',
  'working',
  'needs-you',
  'needs-approval',
  'finished',
  'asleep',
  'capped',
  'failed',
  'unknown',
  'ended',
  /** Devin doesn't find it. */
  'gone',
] as const;
export type SessionPhase = (typeof SESSION_PHASES)[number];

const OF_STATUS: ReadonlyMap<string, SessionPhase> = new Map([
  ['new', 'queued'],
  ['claimed', 'queued'],
  ['resuming', 'starting'],
  ['error', 'failed'],
]);

/** While it is `running`. */
const OF_DETAIL: ReadonlyMap<string | null, SessionPhase> = new Map([
  ['waiting_for_user', 'needs-you'],
  ['waiting_for_approval', 'needs-approval'],
  ['finished', 'finished'],
]);

/** Suspensions that need someone with a budget; the others are sleep. */
const CAPPED = /limit|credit|quota|payment|contract/;

/** Whether Devin says that it was the session's own cap, not another limit. */
export function isOwnCap(statusDetail: string | null): boolean {
  return statusDetail === 'usage_limit_exceeded';
}

/**
 * `wasFinished`: a session that had finished falls asleep after a while; it stays finished.
 * https://docs.devin.ai/api-reference/v3/sessions/get-organizations-session
 */
export function sessionPhase(
  { status, statusDetail }: { status: string; statusDetail: string | null },
  wasFinished = false,
): SessionPhase {
  if (status === 'running') return OF_DETAIL.get(statusDetail) ?? 'working';
  if (status === 'suspended') return suspendedPhase(statusDetail, wasFinished);
  if (status === 'exit') return wasFinished ? 'finished' : 'ended';
  return OF_STATUS.get(status) ?? 'working';
}

/** Statuses of a session that works, or is about to, whatever its detail: Devin may add some. */
const AT_WORK: ReadonlySet<string> = new Set(['new', 'claimed', 'resuming', 'running']);

/** Whether a session finished and hasn't worked since. `phase`: of `status`. */
export function finishedSoFar(
  { phase, status }: { phase: SessionPhase; status: string },
  wasFinished: boolean,
): boolean {
  return phase === 'finished' || (wasFinished && !AT_WORK.has(status));
}

function suspendedPhase(detail: string | null, wasFinished: boolean): SessionPhase {
  if (detail === 'error') return 'failed';
  if (detail !== null && CAPPED.test(detail)) return 'capped';
  return wasFinished ? 'finished' : 'asleep';
}

/** Whether a session needs its requester: now, not yet, or no longer. */
export type Standing = 'needs-you' | 'under-way' | 'earlier';

export const STANDING: Record<SessionPhase, Standing> = {
  queued: 'under-way',
  starting: 'under-way',
  working: 'under-way',
  'needs-you': 'needs-you',
  'needs-approval': 'needs-you',
  finished: 'earlier',
  asleep: 'earlier',
  capped: 'earlier',
  failed: 'earlier',
  unknown: 'needs-you',
  ended: 'earlier',
  gone: 'earlier',
};

export function phasesOf(standing: Standing): SessionPhase[] {
  return SESSION_PHASES.filter((phase) => STANDING[phase] === standing);
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Equal for durations, in ms, that a card shows alike. */
export function elapsedStep(elapsedMs: number): number {
  const stepMs = stepOf(elapsedMs);
  return Math.floor(elapsedMs / stepMs) * stepMs;
}

/** The least time between two edits of a card that only update how long the session has run. */
function stepOf(elapsedMs: number): number {
  if (elapsedMs < HOUR_MS) return 5 * MINUTE_MS;
  return elapsedMs < 6 * HOUR_MS ? 30 * MINUTE_MS : 6 * HOUR_MS;
}

/** When a waiting card updates its waiting time; after the last, as for a running session. */
const WAITED_MS = [10_000, 30_000, MINUTE_MS, 2 * MINUTE_MS, 5 * MINUTE_MS];

/** Equal for waits, in ms, that a card shows alike. */
export function waitedStep(waitedMs: number): number {
  const last = WAITED_MS.findLast((stepMs) => stepMs <= waitedMs) ?? 0;
  return Math.max(last, elapsedStep(waitedMs));
}

/** How long until the card of a request that waits for `waitedMs` is due for an edit, in ms. */
export function untilNextStep(waitedMs: number): number {
  const next = WAITED_MS.find((stepMs) => stepMs > waitedMs) ?? elapsedStep(waitedMs) + stepOf(waitedMs);
  return next - waitedMs;
}

const DAY_MS = 24 * 60 * MINUTE_MS;

/** Sessions that changed this recently are polled as often as the setting allows. */
export const HOT_MS = 10 * MINUTE_MS;
/** After this long without a change, a session is polled half as often. */
const LONG_QUIET_MS = 60 * MINUTE_MS;
const QUIET_MS = 30_000;
const VERY_QUIET_MS = 60_000;
const RESTING_MS = 10 * MINUTE_MS;
/** Sessions at rest are polled after this share of the time they have been quiet, at least daily. */
const FADING_SHARE = 1 / 12;
/** Devin may find it again: a permission was missing, or an answer was wrong. */
const GONE_MS = DAY_MS;
/** After this long at rest or gone, a session is no longer polled until someone does something with it. */
const FORGOTTEN_MS = 30 * DAY_MS;

/** Whether nothing happens until a person does something. */
export function isResting(phase: SessionPhase): boolean {
  return STANDING[phase] === 'earlier' && phase !== 'gone';
}

/** Whether the session takes no more messages. */
export function isOver(session: { snapshot: Pick<SessionSnapshot, 'status'>; phase: SessionPhase }): boolean {
  return isClosed(session.snapshot) || session.phase === 'gone';
}

export type Watched = {
  phase: SessionPhase;
  status: string;
  /** Since it changed, or since someone did something with it. */
  quietMs: number;
};

/** How often a session is polled; null: never again. */
export function pollInterval({ phase, status, quietMs }: Watched, fastestMs: number): number | null {
  const isIdle = STANDING[phase] === 'earlier';
  if (isClosed({ status }) || (isIdle && quietMs >= FORGOTTEN_MS)) return null;
  if (phase === 'gone') return GONE_MS;
  if (quietMs < HOT_MS) return fastestMs;
  return Math.max(fastestMs, isIdle ? idleInterval(quietMs) : busyInterval(quietMs));
}

const idleInterval = (quietMs: number): number =>
  Math.round(Math.min(DAY_MS, Math.max(RESTING_MS, quietMs * FADING_SHARE)));

const busyInterval = (quietMs: number): number => (quietMs < LONG_QUIET_MS ? QUIET_MS : VERY_QUIET_MS);

/** Whether it is polled before the sessions at rest: many of these can be due after a downtime. */
export function goesFirst({ phase, quietMs }: Pick<Watched, 'phase' | 'quietMs'>): boolean {
  return phase !== 'gone' && (quietMs < HOT_MS || !isResting(phase));
}
