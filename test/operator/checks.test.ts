import { expect, test } from 'vitest';
import { checkHost } from '../../src/operator/checks.ts';

const check = async (lookUp: () => Promise<unknown>, withinMs = 60_000) =>
  checkHost({ host: 'bot.internal', port: 3000, lookUp, withinMs });

test('a HOST that resolves is accepted', async () => {
  await expect(check(async () => Promise.resolve({ address: '10.0.0.1' }))).resolves.toBeUndefined();
});

test('a HOST that nobody knows is named', async () => {
  const unknown = Object.assign(new Error('no'), { code: 'ENOTFOUND' });
  await expect(check(async () => Promise.reject(unknown))).rejects.toMatchObject({
    problem: { kind: 'address', host: 'bot.internal', port: 3000, code: 'ENOTFOUND' },
  });
});

test("the start doesn't wait for a resolver that doesn't answer", async () => {
  await expect(check(async () => new Promise(() => undefined), 1)).rejects.toMatchObject({
    problem: { kind: 'address', code: 'ETIMEDOUT' },
  });
});
