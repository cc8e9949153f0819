import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { openStage, type Stage } from './stage.ts';

type Options = Parameters<typeof openStage>[0];

/** One stage for all tests of a suite. */
export function useStage(options: Options = {}): () => Stage {
  const { open, now } = keepStage(options);
  beforeAll(open);
  afterEach(async () => now().leave());
  afterAll(async () => now().close());
  return now;
}

/** A stage for each test. */
export function useNewStages(options: Options = {}): () => Stage {
  const { open, now } = keepStage(options);
  beforeEach(open);
  afterEach(async () => {
    await now().leave();
    await now().close();
  });
  return now;
}

function keepStage(options: Options) {
  let stage: Stage | null = null;
  return {
    open: async (): Promise<void> => {
      stage = await openStage(options);
    },
    now: (): Stage => {
      if (stage === null) throw new Error('the stage is not open yet');
      return stage;
    },
  };
}
