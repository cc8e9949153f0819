import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // A database or a browser starts inside a test file; the machine may have two cores.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Much of a test's time is another process's start or a wait: two at a time, also on two cores.
    maxWorkers: 2,
  },
});
