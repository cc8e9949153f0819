import type { ChaosOptions } from './options.ts';
import { planFault } from './faults.ts';
import type { PlannedFault } from './faults.ts';
import { createRandom } from './random.ts';
import type { Random } from './random.ts';

const WAYS = ['command', 'form', 'shortcut', 'mention'] as const;
export type Way = (typeof WAYS)[number];

/** What happens next in a thread, and how long after what was before. */
export type Turn = { afterMs: number; by: 'asker' | 'devin' | 'devin-asks' };

export type PlannedRequest = {
  name: string;
  atMs: number;
  way: Way;
  /** Which of the people, and of the channels. */
  person: number;
  channel: number;
  turns: readonly Turn[];
};

type PlannedKill = { atMs: number; replica: number };

export type Plan = {
  lastsMs: number;
  requests: readonly PlannedRequest[];
  kills: readonly PlannedKill[];
  faults: readonly PlannedFault[];
  /** Drops of every socket. */
  drops: readonly number[];
};

export type Pace = {
  /** Between two requests, and between two kills, on average. */
  requestMs: number;
  killMs: number;
  turnMs: number;
};

export const PEOPLE = 12;
export const CHANNELS = 6;
const TURNS = 6;

/** All that will happen, drawn before it begins. */
export function makePlan(options: ChaosOptions, pace: Pace): Plan {
  const { requests, kills, seed } = options;
  const lastsMs = Math.max(requests * pace.requestMs, kills * pace.killMs);
  return {
    lastsMs,
    requests: planRequests(options, { pace, lastsMs, random: createRandom(seed, 'requests') }),
    kills: planKills(options, lastsMs),
    faults: planFaults(options, lastsMs),
    drops: options.transport === 'socket' ? createRandom(seed, 'drops').moments(kills, lastsMs) : [],
  };
}

type Drawing = { pace: Pace; lastsMs: number; random: Random };

function planRequests(
  { requests, talks }: ChaosOptions,
  { pace, lastsMs, random }: Drawing,
): PlannedRequest[] {
  return random.moments(requests, lastsMs).map((atMs, index) => ({
    name: `q${index + 1}`,
    atMs,
    // Commands are what most people use.
    way: random.chance(0.5) ? 'command' : random.pick(WAYS),
    person: random.below(PEOPLE),
    channel: random.below(CHANNELS),
    turns: isTalk(index, { requests, talks }) ? planTurns(random, pace) : [],
  }));
}

/** Spread evenly. */
function isTalk(index: number, { requests, talks }: { requests: number; talks: number }): boolean {
  return Math.floor(((index + 1) * talks) / requests) > Math.floor((index * talks) / requests);
}

function planTurns(random: Random, { turnMs }: Pace): Turn[] {
  return Array.from({ length: TURNS }, () => ({
    afterMs: random.below(2 * turnMs),
    by: random.pick(['asker', 'asker', 'devin', 'devin', 'devin-asks'] as const),
  }));
}

/** The last ones end every replica: calls that hang end with their process. */
function planKills({ kills, replicas, seed }: ChaosOptions, lastsMs: number): PlannedKill[] {
  const random = createRandom(seed, 'kills');
  const last = Math.min(kills, replicas);
  const early = random
    .moments(kills - last, lastsMs)
    .map((atMs) => ({ atMs, replica: random.below(replicas) }));
  return [...early, ...Array.from({ length: last }, (_, replica) => ({ atMs: lastsMs, replica }))];
}

function planFaults({ faults, seed }: ChaosOptions, lastsMs: number): PlannedFault[] {
  const random = createRandom(seed, 'faults');
  return random.moments(faults, lastsMs).map((atMs) => ({ atMs, ...planFault(random) }));
}
