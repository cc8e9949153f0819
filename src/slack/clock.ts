const MS_PER_S = 1000;

export type SlackClock = ReturnType<typeof createSlackClock>;

/**
 * What time it is at Slack, by its own answers: this machine's clock may be wrong, and only the time since the last
 * answer is measured here.
 */
export function createSlackClock(passedMs: () => number = () => performance.now()) {
  let seen: { slackMs: number; atMs: number } | null = null;

  return {
    /** The same `fetch`, with an eye on when Slack answered. */
    observe(fetch: typeof globalThis.fetch): typeof globalThis.fetch {
      return async (input, init) => {
        const response = await fetch(input, init);
        const slackMs = Date.parse(response.headers.get('date') ?? '');
        if (!Number.isNaN(slackMs)) seen = { slackMs, atMs: passedMs() };
        return response;
      };
    },

    /** As Slack's timestamps are written; null before its first answer. */
    ts(): string | null {
      if (seen === null) return null;
      return ((seen.slackMs + passedMs() - seen.atMs) / MS_PER_S).toFixed(6);
    },
  };
}
