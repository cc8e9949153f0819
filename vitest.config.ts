import { defineConfig } from 'vitest/config';
import { LongFirst } from './test/support/long-first.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // A database or a browser starts inside a test file; the machine may have two cores.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 20_000 } },
    // On a busy machine a process may get its turn too late; what is broken fails each time.
    retry: process.env['CI'] === undefined ? 0 : 2,
    // Much of a test's time is another process's start or a wait: two at a time, also on two cores.
    maxWorkers: 2,
    sequence: { sequencer: LongFirst },
    globalSetup: 'test/support/global-setup.ts',
    // Files share their modules, not their state: to load Bolt, pg-boss and the rest anew took as long as the tests.
    isolate: false,
    // As `npm start`: optimising PGlite's WASM costs more than a test gets back.
    execArgv: ['--liftoff-only'],
  },
});
