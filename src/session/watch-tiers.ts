import type { SessionPhase } from './lifecycle.ts';

const MINUTE_MS = 60_000;

/** What changed this recently is looked at as often as the setting allows. */
export const HOT_MS = 10 * MINUTE_MS;
/** After this long without a change it is looked at half as often. */
const LONG_QUIET_MS = 60 * MINUTE_MS;
const QUIET_MS = 30_000;
const VERY_QUIET_MS = 60_000;
const RESTING_MS = 10 * MINUTE_MS;
/** Devin may know it again: a permission was missing, or an answer was wrong. */
const GONE_MS = 24 * 60 * MINUTE_MS;
/** By up to this share each interval is shortened at random, so that replicas and sessions do not stay in step. */
const JITTER = 0.1;

/** Nothing happens to it until a person does something. */
const RESTING: ReadonlySet<SessionPhase> = new Set(['finished', 'asleep', 'capped', 'failed', 'ended']);

export type Watched = {
  phase: SessionPhase;
  /** Devin's own. */
  status: string;
  /** Since something about it changed. */
  quietMs: number;
};

/** How often a session is looked at; null: never again. */
export function lookInterval({ phase, status, quietMs }: Watched, fastestMs: number): number | null {
  if (status === 'exit' || status === 'error') return null;
  if (phase === 'gone') return GONE_MS;
  if (quietMs < HOT_MS) return fastestMs;
  if (RESTING.has(phase)) return Math.max(fastestMs, RESTING_MS);
  return Math.max(fastestMs, quietMs < LONG_QUIET_MS ? QUIET_MS : VERY_QUIET_MS);
}

/** `random`: 0 to 1. */
export function jittered(ms: number, random: number): number {
  return Math.round(ms * (1 - JITTER * random));
}
