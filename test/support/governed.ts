import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { createWorld, type WorldOptions } from './bot.ts';
import { captureLog } from './log-lines.ts';
import { useShared } from './worlds.ts';

/** A world under a policy file, which tests change while the app runs. */
async function createGovernedWorld(policy: string, options: WorldOptions = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'devin-slack-policy-'));
  const file = join(folder, 'policy.yml');
  const write = async (yaml: string): Promise<void> => {
    await writeFile(`${file}.next`, `${yaml}\nversion: 1\n`);
    await rename(`${file}.next`, file);
  };
  await write(policy);
  const logged = captureLog();
  const world = await createWorld({
    ...options,
    environment: { POLICY_FILE: file, ...options.environment },
    overrides: { policyEveryMs: 20, log: logged.log, ...options.overrides },
  });
  /** How often the app accepted or refused a policy. */
  const looks = (): number => logged.text().match(/policy file has (?:changed|errors)/g)?.length ?? 0;

  return {
    ...world,
    logText: logged.text,
    /** A policy that differs from the one before, once the app has read it. */
    async change(yaml: string): Promise<void> {
      const before = looks();
      await write(yaml);
      await expect.poll(looks).toBeGreaterThan(before);
    },
    close: async () => {
      await world.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/**
 * A clock for budgets: just before midnight it's already past it, so that no budget is given back during a test. It stays
 * near the database's clock: a session that seems to have been quiet for ten minutes is polled less often.
 */
export function sameDay(): () => number {
  const leftMs = DAY_MS - (Date.now() % DAY_MS);
  const aheadMs = leftMs < 5 * MINUTE_MS ? leftMs : 0;
  return () => Date.now() + aheadMs;
}

type GovernedWorld = Awaited<ReturnType<typeof createGovernedWorld>>;

/** One for all tests of a file: each test brings its own people and channels. */
export function useGovernedWorld(
  policy: string,
  options: WorldOptions | (() => Promise<WorldOptions>) = {},
): () => GovernedWorld {
  return useShared(async () =>
    createGovernedWorld(policy, typeof options === 'function' ? await options() : options),
  );
}
