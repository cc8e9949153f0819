/** Searches for a lost answer quickly, so that a test doesn't wait half a minute for the result. */
export const QUICK_SEARCH_PAUSES_MS = [0, 50, 100];

/** The tests of a file share a workspace, and together may exceed Slack's limits. */
export const AMPLE_BUDGET = { burst: 1000, perMinute: 1000 };

/** Quick polls and retries, so that tests don't wait for them. */
export const QUICK_THREADS = {
  overrides: {
    watchTimes: { fastestMs: 100, tickMs: 50, goneAfterMs: 100 },
    troubleMs: 100,
  },
};
