import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // A database or a browser starts inside a test file; the machine may have two cores.
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
