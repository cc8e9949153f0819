import { expect, test } from 'vitest';
import { createReadiness } from '../src/health.ts';

test('a hanging database gets one ping at a time, and no request waits for it', async () => {
  let pings = 0;
  let answer = (): void => undefined;
  const readiness = createReadiness({
    database: {
      ping: async () => {
        pings += 1;
        return new Promise((resolve) => (answer = resolve));
      },
    },
    queue: { healthy: () => true },
    slack: { bolt: { connected: () => true } },
  });
  const hung = { database: false, queue: true, slack: true };
  expect(await Promise.all([readiness(), readiness()])).toEqual([hung, hung]);
  expect(await readiness()).toEqual(hung);
  expect(pings).toBe(1);
  answer();
  await Promise.resolve();
  const recovered = readiness();
  answer();
  expect(await recovered).toEqual({ ...hung, database: true });
});
