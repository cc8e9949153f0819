import { defineConfig } from 'vitest/config';

/** `npm run test:e2e`: people use the sandbox's page in a real browser. Needs Chromium. */
export default defineConfig({
  test: {
    include: ['test/e2e/**/*.e2e.ts'],
    // Each wait names what it waits for, and times out well before this.
    testTimeout: 120_000,
    // On a busy machine, the bot, Slack, Devin and the browser take most of a minute to start.
    hookTimeout: 120_000,
    // Each file has a browser, a bot, a Slack and a Devin: one at a time.
    fileParallelism: false,
  },
});
