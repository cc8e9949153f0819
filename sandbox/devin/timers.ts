/** Runs something later; the answer calls it off. */
export type Schedule = (run: () => void, ms: number) => () => void;

/** A schedule whose timers can all be canceled at once; after that, it starts none. */
export function createTimers(schedule: Schedule): { schedule: Schedule; stop(): void } {
  const pending = new Set<() => void>();
  let stopped = false;
  return {
    schedule(run, ms) {
      if (stopped) return () => {};
      const cancelTimer = schedule(() => {
        pending.delete(cancel);
        run();
      }, ms);
      const cancel = () => {
        pending.delete(cancel);
        cancelTimer();
      };
      pending.add(cancel);
      return cancel;
    },
    stop() {
      stopped = true;
      [...pending].forEach((cancel) => cancel());
    },
  };
}
