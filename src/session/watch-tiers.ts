import type { SessionPhase } from './lifecycle.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** What changed this recently is looked at as often as the setting allows. */
export const HOT_MS = 10 * MINUTE_MS;
/** After this long without a change it is looked at half as often. */
const LONG_QUIET_MS = 60 * MINUTE_MS;
const QUIET_MS = 30_000;
const VERY_QUIET_MS = 60_000;
const RESTING_MS = 10 * MINUTE_MS;
/** What rests is looked at less and less: after a share of the time for which it has been quiet, at most a day. */
const FADING_SHARE = 1 / 12;
/** Devin may know it again: a permission was missing, or an answer was wrong. */
const GONE_MS = DAY_MS;
/** What has rested or been gone for so long is no longer looked at, until someone does something with it. */
const FORGOTTEN_MS = 30 * DAY_MS;
/** By up to this share each interval is shortened at random, so that replicas and sessions do not stay in step. */
const JITTER = 0.1;

/** Nothing happens to it until a person does something. */
const RESTING: ReadonlySet<SessionPhase> = new Set(['finished', 'asleep', 'capped', 'failed', 'ended']);

export type Watched = {
  phase: SessionPhase;
  /** Devin's own. */
  status: string;
  /** Since something about it changed, or someone did something with it. */
  quietMs: number;
};

/** How often a session is looked at; null: never again. */
export function lookInterval({ phase, status, quietMs }: Watched, fastestMs: number): number | null {
  if (status === 'exit' || status === 'error') return null;
  if (phase === 'gone') return quietMs < FORGOTTEN_MS ? GONE_MS : null;
  if (quietMs < HOT_MS) return fastestMs;
  if (RESTING.has(phase)) return restingInterval(quietMs, fastestMs);
  return Math.max(fastestMs, quietMs < LONG_QUIET_MS ? QUIET_MS : VERY_QUIET_MS);
}

function restingInterval(quietMs: number, fastestMs: number): number | null {
  if (quietMs >= FORGOTTEN_MS) return null;
  const fadedMs = Math.round(Math.min(DAY_MS, quietMs * FADING_SHARE));
  return Math.max(fastestMs, RESTING_MS, fadedMs);
}

/** Whether it is looked at before those that rest, of which there may be many after a downtime. */
export function goesFirst({ phase, quietMs }: Pick<Watched, 'phase' | 'quietMs'>): boolean {
  return phase !== 'gone' && (quietMs < HOT_MS || !RESTING.has(phase));
}

/** No look is planned further ahead: where one is, the clock was set back since. */
export function longestInterval(first: boolean, fastestMs: number): number {
  return Math.max(fastestMs, first ? VERY_QUIET_MS : DAY_MS);
}

/** `random`: 0 to 1. */
export function jittered(ms: number, random: number): number {
  return Math.round(ms * (1 - JITTER * random));
}
