import { defineConfig } from 'vitest/config';
import { LongFirst } from './test/support/long-first.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Test files start databases and browsers, perhaps on two cores.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 20_000 } },
    // Tests spend much time on starting processes and waiting: four at a time, even on two cores.
    maxWorkers: 4,
    sequence: { sequencer: LongFirst },
    globalSetup: 'test/support/global-setup.ts',
    // Files share their modules, not their state: loading Bolt, pg-boss and the rest again took as long as the tests.
    isolate: false,
    // As `npm start`: optimizing PGlite's WASM takes more time than a test gains.
    execArgv: ['--liftoff-only'],
  },
});
