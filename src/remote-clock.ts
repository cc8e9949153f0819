export type RemoteClock = ReturnType<typeof createRemoteClock>;

/**
 * What time it is at another system, by its own answers: this machine's clock may be wrong, and only the time since
 * the last answer is measured here.
 */
export function createRemoteClock(passedMs: () => number = () => performance.now()) {
  let seen: { theirMs: number; atMs: number } | null = null;

  return {
    /** The same `fetch`, with an eye on when it was answered. */
    observe(fetch: typeof globalThis.fetch): typeof globalThis.fetch {
      return async (input, init) => {
        const response = await fetch(input, init);
        const theirMs = Date.parse(response.headers.get('date') ?? '');
        if (!Number.isNaN(theirMs)) seen = { theirMs, atMs: passedMs() };
        return response;
      };
    },

    /** null before the first answer. */
    nowMs(): number | null {
      return seen === null ? null : seen.theirMs + passedMs() - seen.atMs;
    },
  };
}
