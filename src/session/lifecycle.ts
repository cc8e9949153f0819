/**
 * What a person is told about a session. Devin's `status` and `status_detail` are open enums: an unlisted one is
 * `other` and is shown as Devin names it.
 */
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
  /** Devin no longer knows it. */
  'gone',
  'other',
] as const;
export type SessionPhase = (typeof SESSION_PHASES)[number];

export type SessionStatus = { status: string; statusDetail: string | null };

const RUNNING: Record<string, SessionPhase> = {
  working: 'working',
  waiting_for_user: 'needs-you',
  waiting_for_approval: 'needs-approval',
  finished: 'finished',
};

/** Suspensions that a person with a budget has to lift; the rest is sleep. */
const CAPPED = /limit|credit|quota|payment|contract/;

/**
 * `wasFinished`: a session that had finished falls asleep after a while; it stays finished.
 * https://docs.devin.ai/api-reference/v3/sessions/get-organizations-session
 */
export function sessionPhase({ status, statusDetail }: SessionStatus, wasFinished = false): SessionPhase {
  switch (status) {
    case 'new':
    case 'claimed':
      return 'queued';
    case 'resuming':
      return 'starting';
    case 'running':
      return statusDetail === null ? 'working' : (RUNNING[statusDetail] ?? 'other');
    case 'suspended':
      return suspendedPhase(statusDetail, wasFinished);
    case 'exit':
      return wasFinished ? 'finished' : 'ended';
    case 'error':
      return 'failed';
    default:
      return 'other';
  }
}

/** Whether a session in this phase has finished and not worked since. */
export function finishedSoFar(phase: SessionPhase, wasFinished: boolean): boolean {
  switch (phase) {
    case 'finished':
      return true;
    case 'starting':
    case 'working':
    case 'needs-you':
    case 'needs-approval':
      return false;
    default:
      return wasFinished;
  }
}

function suspendedPhase(detail: string | null, wasFinished: boolean): SessionPhase {
  if (detail === 'error') return 'failed';
  if (detail !== null && CAPPED.test(detail)) return 'capped';
  return wasFinished ? 'finished' : 'asleep';
}

/** What a session asks of the person it is for: something now, nothing yet, or nothing more. */
export const STANDINGS = ['needs-you', 'under-way', 'earlier'] as const;
export type Standing = (typeof STANDINGS)[number];

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
  other: 'under-way',
};

export function phasesOf(standing: Standing): SessionPhase[] {
  return SESSION_PHASES.filter((phase) => STANDING[phase] === standing);
}
