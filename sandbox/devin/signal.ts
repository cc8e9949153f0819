export type Signal = ReturnType<typeof createSignal>;

export function createSignal() {
  const listeners = new Set<() => void>();
  const waiters = new Set<{ look: () => void; giveUp: () => void }>();
  let closed = false;

  /** The first result of `find`, now or after a later change. */
  function waitFor<T>(find: () => T | undefined): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const waiter = {
      look: () => {
        try {
          const found = find();
          if (found === undefined) return;
          resolve(found);
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
        waiters.delete(waiter);
      },
      giveUp: () => reject(new Error('The local Devin was stopped while something still waited for it')),
    };
    waiters.add(waiter);
    waiter.look();
    if (closed) waiter.giveUp();
    return promise;
  }

  return {
    waitFor,
    /** Something changed: every waiter checks again. */
    notify(): void {
      waiters.forEach((waiter) => waiter.look());
      listeners.forEach((listener) => listener());
    },
    /** Returns how to stop listening. */
    subscribe(listener: () => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    /** Nothing more will change: waiting calls reject. */
    close: () => {
      closed = true;
      waiters.forEach((waiter) => waiter.giveUp());
      waiters.clear();
    },
  };
}
