export type Changes<Change> = ReturnType<typeof createChanges<Change>>;

const DEFAULT_TIMEOUT_MS = 20_000;

/** `seen`: what is there instead, if it doesn't come. */
export type WaitOptions = { timeoutMs?: number; what?: string; seen?: () => string };

/**
 * Tells observers of each change of state, and lets tests wait for one without polling. `hints`: why it may not
 * have come.
 */
export function createChanges<Change>(hints: () => readonly string[]) {
  const listeners = new Set<(change: Change) => void>();

  /** Returns how to stop listening. */
  function subscribe(listener: (change: Change) => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  return {
    emit(change: Change): void {
      for (const listener of listeners) listener(change);
    },
    subscribe,
    /** Resolves with the first value that is not undefined, null or false. */
    async waitFor<T>(
      look: () => T | undefined | null | false,
      { timeoutMs = DEFAULT_TIMEOUT_MS, what = 'the awaited state', seen }: WaitOptions = {},
    ): Promise<T> {
      const now = look();
      if (isFound(now)) return now;
      const cause = new Error(`Who waits for ${what}`);
      return new Promise((resolve, reject) => {
        const unsubscribe = subscribe(check);
        const timer = setTimeout(() => {
          const said = [
            `Waited ${timeoutMs} ms for ${what}.`,
            ...hints(),
            ...(seen === undefined ? [] : [seen()]),
          ];
          finish(() => reject(new Error(said.join('\n'), { cause })));
        }, timeoutMs);
        function check(): void {
          try {
            const found = look();
            if (isFound(found)) finish(() => resolve(found));
          } catch (error) {
            finish(() => reject(error instanceof Error ? error : new Error(String(error))));
          }
        }
        function finish(settle: () => void): void {
          clearTimeout(timer);
          unsubscribe();
          settle();
        }
      });
    },
  };
}

function isFound<T>(value: T | undefined | null | false): value is T {
  return value !== undefined && value !== null && value !== false;
}
