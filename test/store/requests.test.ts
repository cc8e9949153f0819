import { describe, expect, test } from 'vitest';
import { createRequests } from '../../src/store/requests.ts';
import { clockOf } from '../../src/store/sql.ts';
import { usePostgres } from '../support/databases.ts';
import { newRequest } from '../support/request-row.ts';

const HOUR_MS = 3_600_000;

describe('a request that awaits an approval', () => {
  const { open } = usePostgres();
  test('expires at its time, and neither earlier nor once it was decided', async () => {
    const { db } = await open();
    const time = { ms: Date.now() };
    const requests = createRequests(
      db,
      clockOf(() => time.ms),
    );
    await requests.insert([newRequest('r1')]);
    expect(await requests.expired()).toEqual([]);
    await requests.advance({ id: 'r1', from: 'accepted', to: 'ready' });
    const awaiting = { id: 'r1', from: 'ready', to: 'awaiting-approval', expiresInMs: HOUR_MS } as const;
    await requests.advance(awaiting);
    time.ms += HOUR_MS - 1000;
    expect(await requests.expired()).toEqual([]);
    time.ms += 1000;
    expect(await requests.expired()).toEqual(['r1']);
    await requests.advance({ id: 'r1', from: 'awaiting-approval', to: 'ready' });
    expect(await requests.expired()).toEqual([]);
  });
});

describe('a request', () => {
  const { open } = usePostgres();
  test('records the time of a change by the clock that others read', async () => {
    const { db } = await open();
    const ahead = Date.now() + HOUR_MS;
    const requests = createRequests(
      db,
      clockOf(() => ahead),
    );
    await requests.insert([newRequest('r1')]);
    const moved = await requests.advance({ id: 'r1', from: 'accepted', to: 'ready' });
    expect(moved?.updatedAt).toEqual(new Date(ahead));
  });

  test('moves on only by itself, and only from the state that it is in', async () => {
    const { db } = await open();
    const requests = createRequests(db);
    await requests.insert([newRequest('r1'), newRequest('r2')]);
    const step = { id: 'r1', from: 'accepted', to: 'ready' } as const;
    expect(await requests.advance(step)).toMatchObject({ id: 'r1', state: 'ready' });
    expect(await requests.advance(step)).toBeNull();
    expect(await requests.find('r2')).toMatchObject({ state: 'accepted' });
  });
});
