import { defineConfig } from 'vitest/config';

/** `npm run test:e2e`: people at the sandbox's page, in a real browser. Needs Chromium. */
export default defineConfig({
  test: {
    include: ['test/e2e/**/*.e2e.ts'],
    // What is awaited is awaited by name and fails by itself well before.
    testTimeout: 120_000,
    // On a busy machine the bot, both sides and the browser take most of a minute to start.
    hookTimeout: 120_000,
    // A browser, a bot and both sides: one world at a time.
    fileParallelism: false,
    retry: process.env['CI'] === undefined ? 0 : 2,
  },
});
