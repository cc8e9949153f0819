import { expect, test } from 'vitest';
import { createWrites } from '../../src/store/commit.ts';

test('a write that finds no room counts until another one is saved, or for a minute', async () => {
  let now = 0;
  const writes = createWrites(() => now);
  const fail = async (code: string) =>
    writes
      .save(async () => Promise.reject(Object.assign(new Error('no space left'), { code })))
      .catch(() => null);
  await fail('23505');
  expect(writes.trouble()).toBeNull();
  await fail('53100');
  expect(writes.trouble()).toBe('no space left');
  await writes.save(async () => Promise.resolve());
  expect(writes.trouble()).toBeNull();
  await fail('25006');
  now = 59_999;
  expect(writes.trouble()).toBe('no space left');
  now += 1;
  expect(writes.trouble()).toBeNull();
  await fail('53100');
  now -= 3_600_000;
  expect(writes.trouble(), 'the clock was set back').toBeNull();
});
