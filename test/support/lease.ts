import type { Lease } from '../../src/queue/index.ts';

/** A lease that nobody takes over. */
export const heldLease: Lease = {
  held: new AbortController().signal,
  fence: async () => Promise.resolve(),
  end: async () => Promise.resolve(),
  isFresh: () => true,
  assertFresh: () => undefined,
};
