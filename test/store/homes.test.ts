import { expect, test } from 'vitest';
import { createHomes } from '../../src/store/homes.ts';
import { useEmbedded } from '../support/databases.ts';

const open = useEmbedded();
const ana = { teamId: 'T1', userId: 'U1' };

test('a Home is remembered with when it was last opened, by workspace', async () => {
  const { db } = await open();
  const homes = createHomes(db);
  expect(await homes.openSince(ana, new Date(0))).toBeNull();
  await homes.opened({ ...ana, channelId: 'D1' }, new Date(1000));
  await homes.opened({ ...ana, channelId: 'D2' }, new Date(2000));
  expect(await homes.openSince(ana, new Date(2000))).toBe('D2');
  expect(await homes.openSince(ana, new Date(2001))).toBeNull();
  expect(await homes.openSince({ ...ana, teamId: 'T2' }, new Date(0))).toBeNull();
});
