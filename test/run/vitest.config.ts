import { defineConfig } from 'vitest/config';

/** A run of one test, which fails. */
export default defineConfig({
  test: { include: ['test/run/fails.ts'], globalSetup: 'test/support/global-setup.ts' },
});
