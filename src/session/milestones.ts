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
  const toDate = [
    ...pullRequestUrls(snapshot).map(pullRequestKey),
    ...(isNearCap(phase, snapshot.acusConsumed, before.cap) ? [NEAR_CAP] : []),
  ];
  return {
    phase,
    wasFinished: finishedSoFar({ phase, status: snapshot.status }, before.wasFinished),
    keys: [...toDate.filter((key) => !before.told.includes(key)), ...phaseKeys(before, phase)],
  };
}

/** Not once it is over: what is said about that says what it used. */
export function isNearCap(phase: SessionPhase, used: number, cap: number | null): boolean {
  return cap !== null && used >= NEAR * cap && STANDING[phase] !== 'earlier';
}

function phaseKeys({ told, phase: earlier, wasFinished }: Before, phase: SessionPhase): string[] {
  if (!isTold(phase) || earlier === phase) return [];
  const timesTold = (one: ToldPhase): number => told.filter((key) => key.startsWith(`${one}:`)).length;
  // It finished, and hasn't worked since: its result was announced, and a limit it reaches while asleep concerns nobody.
  if (wasFinished && (phase === 'finished' || phase === 'capped')) return [];
  // Nobody expected more of it.
  if (phase === 'ended' && (STANDING[earlier] === 'earlier' || timesTold('finished') > 0)) return [];
  return [`${phase}:${timesTold(phase) + 1}`];
}

function isTold(phase: string): phase is ToldPhase {
  return TOLD_PHASES.some((one) => one === phase);
}

/** Whether the session has entered no phase that is announced since this key announced one. */
export function isLatest(key: string, told: readonly string[]): boolean {
  return told.findLast((one) => isTold(nameOf(one))) === key;
}

const nameOf = (key: string): string => key.slice(0, key.indexOf(':'));

/** Whether this key is of a session that entered this phase. */
export const announces = (key: string, phase: SessionPhase): boolean => nameOf(key) === phase;

/** Throws for a key that names none. */
export function readMilestone(key: string): Milestone {
  const name = nameOf(key);
  const url = key.slice(name.length + 1);
  if (isTold(name) || name === 'near-cap' || name === 'found-late') return { kind: name };
  if (name === 'pr') return { kind: name, url };
  if (name === 'twice') return { kind: 'duplicate', url };
  throw new Error(`not a milestone: ${name}`);
}
