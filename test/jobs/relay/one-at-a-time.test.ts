import { expect, test } from 'vitest';
import { createOneAtATime } from '../../../src/jobs/relay/one-at-a-time.ts';

test('a renewal that is under way at the end does not hold the lease for nobody', async () => {
  const events: string[] = [];
  const renewal = Promise.withResolvers<boolean>();
  const renewed = Promise.withResolvers<boolean>();
  let takes = 0;
  const oneAtATime = createOneAtATime(
    {
      take: async () => {
        takes += 1;
        if (takes === 1) return true;
        renewal.resolve(true);
        const taken = await renewed.promise;
        events.push('renewed');
        return taken;
      },
      release: async () => void (await Promise.resolve(events.push('released'))),
      releaseAll: async () => Promise.resolve(),
    },
    3,
  );
  const done = oneAtATime('relay', async () => void (await renewal.promise));
  await renewal.promise;
  setImmediate(() => renewed.resolve(true));
  expect(await done).toBe(true);
  expect(events.slice(-2)).toEqual(['renewed', 'released']);
});
