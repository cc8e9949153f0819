/** A clock for scripts whose speed can change while they play. */
export type Pace = {
  /** As the local Devin takes it: runs something after `ms` at single speed; the answer calls it off. */
  schedule: (run: () => void, ms: number) => () => void;
  /** What is planned begins anew. 0: nothing happens by itself. */
  setSpeed: (speed: number) => void;
};

export function createPace(initialSpeed = 1): Pace {
  const starts = new Set<() => void>();
  let speed = initialSpeed;
  return {
    schedule(run, ms) {
      let timer: NodeJS.Timeout | undefined;
      const start = (): void => {
        clearTimeout(timer);
        if (speed > 0) timer = setTimeout(play, ms / speed);
      };
      const end = (): void => {
        clearTimeout(timer);
        starts.delete(start);
      };
      const play = (): void => {
        end();
        run();
      };
      starts.add(start);
      start();
      return end;
    },
    setSpeed(next) {
      speed = next;
      for (const start of starts) start();
    },
  };
}
