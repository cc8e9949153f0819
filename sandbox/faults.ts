import { setTimeout as delay } from 'node:timers/promises';

/** When a planned fault strikes, on either side. */
export type Timing = {
  /** How many calls it meets; Infinity until cleared. Default 1. */
  times?: number;
  /** Waits this long, or for this, before anything else. */
  delayMs?: number;
  until?: Promise<void>;
};

export type FaultHandle = { remaining(): number; clear(): void };

type Plan<Match, Fault> = { match: Match; fault: Fault; left: number };

/** What goes wrong next: the oldest plan that fits a call is used up by it. */
export function createFaults<Match, Fault extends Timing>() {
  const planned: Plan<Match, Fault>[] = [];
  return {
    plan(match: Match, fault: Fault): FaultHandle {
      const plan = { match, fault, left: fault.times ?? 1 };
      planned.push(plan);
      return { remaining: () => plan.left, clear: () => (plan.left = 0) };
    },
    take(fits: (plan: Plan<Match, Fault>) => boolean): Fault | null {
      const next = planned.find((plan) => plan.left > 0 && fits(plan));
      if (next === undefined) return null;
      next.left -= 1;
      return next.fault;
    },
    clear: (): void => planned.forEach((plan) => (plan.left = 0)),
  };
}

/** Before the call is looked at. */
export async function waitFirst({ delayMs, until }: Timing): Promise<void> {
  if (delayMs !== undefined) await delay(delayMs);
  await until;
}
