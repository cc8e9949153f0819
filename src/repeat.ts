export type Interval = {
  /** It does not keep the process alive. */
  unref(): void;
  /** Ends it, and waits for the run in progress. */
  stop(): Promise<void>;
};

/** Runs a task, which never rejects, again and again; one that takes longer than the time between two has the next wait. */
export function repeat(task: () => Promise<void>, everyMs: number): Interval {
  let running: Promise<void> | null = null;
  const timer = setInterval(() => {
    running ??= task().finally(() => (running = null));
  }, everyMs);
  return {
    unref() {
      timer.unref();
    },
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}
