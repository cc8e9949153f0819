import { expect, test } from 'vitest';
import { createReadiness, createWriteWatch } from '../src/health.ts';

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
    writes: { isOk: () => true },
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

test('a write that finds no room counts until another one is saved, or for a minute', async () => {
  let now = 0;
  const writes = createWriteWatch(() => now);
  const fail = async (code: string) =>
    writes.watch(async () => Promise.reject(Object.assign(new Error('no'), { code }))).catch(() => null);
  await fail('23505');
  expect(writes.isOk()).toBe(true);
  await fail('53100');
  expect(writes.isOk()).toBe(false);
  await writes.watch(async () => Promise.resolve());
  expect(writes.isOk()).toBe(true);
  await fail('25006');
  now = 60_000;
  expect(writes.isOk()).toBe(false);
  now += 1;
  expect(writes.isOk()).toBe(true);
});
