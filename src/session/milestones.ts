import { finishedSoFar, sessionPhase, STANDING, type SessionPhase } from './lifecycle.ts';
import { pullRequestUrls, type SessionSnapshot } from './snapshot.ts';

/** Phases that are announced when a session enters them. */
const TOLD_PHASES = [
  'needs-you',
  'needs-approval',
  'finished',
  'failed',
  'capped',
  'ended',
] as const satisfies SessionPhase[];
type ToldPhase = (typeof TOLD_PHASES)[number];

export type Milestone =
  | { kind: ToldPhase }
  | { kind: 'pr'; url: string }
  /** The session has used most of its cap. */
  | { kind: 'near-cap' }
  /** It turned up after its request had been given up. */
  | { kind: 'found-late' }
  /** Another session turned up that was created for the same request. */
  | { kind: 'duplicate'; url: string };

export const pullRequestKey = (url: string): string => `pr:${url}`;
const NEAR_CAP = 'near-cap:1';
/** From this share of its cap on, the requester should know. */
const NEAR = 0.8;
export const FOUND_LATE = 'found-late:1';
export const duplicateKey = (url: string): string => `twice:${url}`;

/** `wasFinished`: it finished before, and hasn't worked since. `cap`: in ACU; null: none is known. */
type Before = { phase: SessionPhase; wasFinished: boolean; told: readonly string[]; cap: number | null };

/**
 * What a session has come to by what Devin says now. `keys`: of what wasn't announced yet, in order. A key never
 * repeats: `pr:<url>`, and `<phase>:<n>` for the n-th time the session entered a phase.
 */
export function progress(
  before: Before,
  snapshot: SessionSnapshot,
): Pick<Before, 'phase' | 'wasFinished'> & { keys: readonly string[] } {
  const phase = sessionPhase(snapshot, before.wasFinished);
  const pullRequests = pullRequestUrls(snapshot).map(pullRequestKey);
  const news = pullRequests.filter((key) => !before.told.includes(key));
  const isNear = isNearCap(phase, snapshot.acusConsumed, before.cap);
  const near = isNear && !before.told.includes(NEAR_CAP) ? [NEAR_CAP] : [];
  return {
    phase,
    wasFinished: finishedSoFar({ phase, status: snapshot.status }, before.wasFinished),
    keys: [...news, ...near, ...phaseKeys(before, phase)],
  };
}

/** Not once it is over: what is said about that says what it used. */
export function isNearCap(phase: SessionPhase, used: number, cap: number | null): boolean {
  return cap !== null && used >= NEAR * cap && STANDING[phase] !== 'earlier';
}

function phaseKeys({ told, phase: earlier, wasFinished }: Before, now: SessionPhase): string[] {
  const phase = TOLD_PHASES.find((candidate) => candidate === now);
  if (phase === undefined || earlier === phase) return [];
  // It finished, and hasn't worked since: its result was announced, and a limit it reaches while asleep concerns nobody.
  if (wasFinished && (phase === 'finished' || phase === 'capped')) return [];
  // Nobody expected more of it.
  if (phase === 'ended' && (STANDING[earlier] === 'earlier' || hasResult(told, earlier))) return [];
  return [`${phase}:${told.filter((key) => key.startsWith(`${phase}:`)).length + 1}`];
}

/** Its end is no news then. A failure or a limit is a result only until it works again. */
function hasResult(told: readonly string[], earlier: SessionPhase): boolean {
  const results: ToldPhase[] = earlier === 'working' ? ['finished'] : ['finished', 'failed', 'capped'];
  return told.some((key) => results.some((phase) => key.startsWith(`${phase}:`)));
}

/** Whether words name a URL, and not only as the beginning of another. */
export function namesUrl(words: string, url: string): boolean {
  return words
    .split(url)
    .slice(1)
    .some((after) => !/^\d/.test(after));
}

/** The first time it entered this phase. */
export function isFirst(key: string): boolean {
  return key.endsWith(':1');
}

/** How long an announcement waits, so that Devin's words can say it or go along with it. */
export function heldMs(key: string, holds: { finished: number; pr: number }): number {
  if (key.startsWith('pr:')) return holds.pr;
  return key.startsWith('finished:') ? holds.finished : 0;
}

/** The message that it finished, or ended, names the pull requests so far. */
export function isNamedAtEnd(key: string, told: readonly string[]): boolean {
  return told.slice(told.indexOf(key)).some((later) => later === 'finished:1' || later === 'ended:1');
}

/** Whether the session has entered a phase that is announced since it entered the one that this key announces. */
export function isOutdated(key: string, told: readonly string[]): boolean {
  return told.slice(told.indexOf(key) + 1).some((later) => readToldPhase(later) !== null);
}

/** null: a key from another version. */
export function readMilestone(key: string): Milestone | null {
  const colon = key.indexOf(':');
  const [name, rest] = [key.slice(0, colon), key.slice(colon + 1)];
  if (name === 'pr') return { kind: 'pr', url: rest };
  if (name === 'near-cap' || name === 'found-late') return { kind: name };
  if (name === 'twice') return { kind: 'duplicate', url: rest };
  const phase = readToldPhase(key);
  return phase === null ? null : { kind: phase };
}

/** The phase that a key announces; null: something else. */
export function readToldPhase(key: string): ToldPhase | null {
  return TOLD_PHASES.find((phase) => key.startsWith(`${phase}:`)) ?? null;
}
