import { planFault, type PlannedFault } from './faults.ts';
import type { ChaosOptions } from './options.ts';
import { createRandom, type Random } from './random.ts';

const WAYS = ['command', 'form', 'shortcut', 'mention'] as const;
export type Way = (typeof WAYS)[number];

/** What happens next in a thread, and how long after the previous step. */
export type Turn = { afterMs: number; by: 'asker' | 'devin' | 'devin-asks' };

/** What people do about a request that needs an approval. Two of one kind: at the same moment. */
const DECISIONS = ['approve', 'both-approve', 'decline', 'cancel', 'approve-and-cancel'] as const;
export type Decision = (typeof DECISIONS)[number];

export type PlannedRequest = {
  name: string;
  atMs: number;
  way: Way;
  /** The index of the person, and of the channel. */
  person: number;
  channel: number;
  turns: readonly Turn[];
  /** null: it needs no approval. */
  decision: Decision | null;
  /** The person starts it anyway if its session isn't found. */
  insists: boolean;
};

/** How long after it was started, or was ready. */
type PlannedKill = { replica: number; afterMs: number; of: 'start' | 'life' };

export type Plan = {
  lastsMs: number;
  requests: readonly PlannedRequest[];
  kills: readonly PlannedKill[];
  /** How many are killed at the end, after everything was asked: calls that hang end with their process. */
  lastKills: number;
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
/** Without the one after them, in which requests need an approval. */
export const CHANNELS = 6;
const INSISTING_SHARE = 0.5;
const TURNS = 6;
/** How long a start takes on two cores, roughly. */
const STARTS_MS = 1500;
const STARTING_SHARE = 0.15;

/** Everything that will happen, drawn in advance. */
export function makePlan(options: ChaosOptions, pace: Pace): Plan {
  const { requests, kills, replicas, seed } = options;
  const lastsMs = Math.max(requests * pace.requestMs, (kills * (pace.killMs + STARTS_MS)) / replicas);
  return {
    lastsMs,
    requests: planRequests(options, { pace, lastsMs, random: createRandom(seed, 'requests') }),
    kills: planKills(options, pace),
    lastKills: Math.min(kills, replicas),
    faults: planFaults(options, lastsMs),
    drops: options.transport === 'socket' ? createRandom(seed, 'drops').moments(kills, lastsMs) : [],
  };
}

type Drawing = { pace: Pace; lastsMs: number; random: Random };

function planRequests(
  { requests, talks, approvals }: ChaosOptions,
  { pace, lastsMs, random }: Drawing,
): PlannedRequest[] {
  return random.moments(requests, lastsMs).map((atMs, index) => {
    // Not the ones with a conversation.
    const decision = isOneOf(approvals, { index: index + 2, requests }) ? random.pick(DECISIONS) : null;
    return {
      name: `q${index + 1}`,
      atMs,
      // Commands are what most people use.
      way: random.chance(0.5) ? 'command' : random.pick(WAYS),
      person: random.below(PEOPLE),
      channel: decision === null ? random.below(CHANNELS) : CHANNELS,
      turns: decision === null && isOneOf(talks, { index, requests }) ? planTurns(random, pace) : [],
      decision,
      insists: decision === null && random.chance(INSISTING_SHARE),
    };
  });
}

/** Spread evenly. */
function isOneOf(count: number, { index, requests }: { index: number; requests: number }): boolean {
  return Math.floor(((index + 1) * count) / requests) > Math.floor((index * count) / requests);
}

function planTurns(random: Random, { turnMs }: Pace): Turn[] {
  return Array.from({ length: TURNS }, () => ({
    afterMs: random.below(2 * turnMs),
    by: random.pick(['asker', 'asker', 'devin', 'devin', 'devin-asks'] as const),
  }));
}

/** The kills of one replica come one after the other. */
function planKills({ kills, replicas, seed }: ChaosOptions, { killMs }: Pace): PlannedKill[] {
  const random = createRandom(seed, 'kills');
  return Array.from({ length: Math.max(0, kills - replicas) }, () => ({
    replica: random.below(replicas),
    afterMs: random.below(2 * killMs),
    of: random.chance(STARTING_SHARE) ? 'start' : 'life',
  }));
}

function planFaults({ faults, seed }: ChaosOptions, lastsMs: number): PlannedFault[] {
  const random = createRandom(seed, 'faults');
  return random.moments(faults, lastsMs).map((atMs) => ({ atMs, ...planFault(random) }));
}
