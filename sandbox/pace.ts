/** A clock for scripts that people can slow down, speed up and stop while they play. */
export type Pace = {
  /** As the local Devin takes it: runs something after `ms` at single speed; the answer calls it off. */
  schedule: (run: () => void, ms: number) => () => void;
  speed: () => number;
  /** 0 stops everything where it is. */
  setSpeed: (speed: number) => void;
};

/** Of something planned: how long it still takes at single speed, and since when that has been running. */
type Plan = { run: () => void; leftMs: number; sinceMs: number; timer: NodeJS.Timeout | null };

export function createPace(initialSpeed = 1): Pace {
  const plans = new Set<Plan>();
  let speed = initialSpeed;

  function resume(plan: Plan): void {
    plan.sinceMs = performance.now();
    if (speed === 0) return;
    plan.timer = setTimeout(() => {
      plans.delete(plan);
      plan.run();
    }, plan.leftMs / speed);
  }

  function halt(plan: Plan): void {
    if (plan.timer === null) return;
    clearTimeout(plan.timer);
    plan.timer = null;
    plan.leftMs = Math.max(0, plan.leftMs - (performance.now() - plan.sinceMs) * speed);
  }

  return {
    schedule(run, ms) {
      const plan: Plan = { run, leftMs: ms, sinceMs: 0, timer: null };
      plans.add(plan);
      resume(plan);
      return () => {
        halt(plan);
        plans.delete(plan);
      };
    },
    speed: () => speed,
    setSpeed(next) {
      for (const plan of plans) halt(plan);
      speed = next;
      for (const plan of plans) resume(plan);
    },
  };
}
