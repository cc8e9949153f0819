import { setTimeout as delay } from 'node:timers/promises';

/** What goes wrong with a call, on either side. If it only waits, the call then succeeds; with nothing, the connection is cut. */
export type Fault = {
  /** How many calls it meets; Infinity until cleared. Default 1. */
  times?: number;
  /** Waits this long, or for this, before anything else. */
  delayMs?: number;
  until?: Promise<void>;
  status?: number;
  /** The Retry-After header, in seconds. Makes it a 429, unless a status is named. */
  retryAfter?: number;
  /** Never answers. */
  hang?: boolean;
  /** The call takes effect before it fails, or before it waits: the app never learns that it did, or learns it late. */
  afterEffect?: boolean;
};

export type FaultHandle = { remaining(): number; clear(): void };

type Plan<Match, Planned> = { match: Match; fault: Planned; left: number };

/** What goes wrong next: the oldest plan that fits a call is used up by it. */
export function createFaults<Match, Planned extends Fault>() {
  const planned: Plan<Match, Planned>[] = [];
  return {
    plan(match: Match, fault: Planned): FaultHandle {
      const plan = { match, fault, left: fault.times ?? 1 };
      planned.push(plan);
      return { remaining: () => plan.left, clear: () => (plan.left = 0) };
    },
    take(fits: (plan: Plan<Match, Planned>) => boolean): Planned | null {
      const next = planned.find((plan) => plan.left > 0 && fits(plan));
      if (next === undefined) return null;
      next.left -= 1;
      return next.fault;
    },
    clear: (): void => planned.forEach((plan) => (plan.left = 0)),
  };
}

/** Before the call is looked at. */
export async function waitFirst({ delayMs, until }: Fault): Promise<void> {
  if (delayMs !== undefined) await delay(delayMs);
  await until;
}

/** What says when it strikes, not how. */
const TIMING = new Set(['times', 'delayMs', 'until', 'afterEffect', 'args']);

/** A fault that only delays lets the call succeed. */
export function isOnlyDelay(fault: Fault): boolean {
  if (fault.delayMs === undefined && fault.until === undefined) return false;
  return Object.entries(fault).every(([key, value]) => TIMING.has(key) || value === undefined);
}

/** null: it has none. */
export const statusOf = ({ status, retryAfter }: Fault): number | null =>
  status ?? (retryAfter === undefined ? null : 429);
