import { expect, test } from 'vitest';
import { ADA, detail, open, sessionId } from './caller.ts';

const PATH = '~/consumption/daily';

test('is counted by day, from 08:00 UTC', async () => {
  const { devin, call } = await open();
  const body = { prompt: 'fix it', create_as_user_id: ADA.userId };
  for (const [hour, acus] of [
    ['2026-03-01T07:59:00Z', 1],
    ['2026-03-01T08:00:00Z', 2],
  ] as const)
    devin.advance(sessionId(await call('POST', '~/sessions', { body })), {
      createdAtMs: Date.parse(hour),
      acus,
    });
  const { status, body: counted } = await call('GET', PATH);
  expect(status).toBe(200);
  expect(counted).toMatchObject({
    total_acus: 3,
    consumption_by_date: [
      { date: Date.parse('2026-02-28T08:00:00Z') / 1000, acus: 1, acus_by_product: { devin: 1 } },
      { date: Date.parse('2026-03-01T08:00:00Z') / 1000, acus: 2, acus_by_product: { devin: 2 } },
    ],
  });
  const after = Date.parse('2026-03-01T08:00:00Z') / 1000;
  expect((await call('GET', `${PATH}?time_after=${after}`)).body).toMatchObject({ total_acus: 2 });
});

test('is refused without the permission, and for invalid times', async () => {
  const { devin, call } = await open();
  expect((await call('GET', `${PATH}?time_after=soon`)).status).toBe(422);
  expect((await call('GET', `${PATH}?time_after=2&time_before=1`)).status).toBe(422);
  devin.permissions.delete('ViewOrgConsumption');
  const refused = await call('GET', PATH);
  expect(refused.status).toBe(403);
  expect(detail(refused)).toContain('ViewOrgConsumption');
});

test('is counted in sessions and pull requests', async () => {
  const { devin, call } = await open();
  const body = { prompt: 'fix it', create_as_user_id: ADA.userId };
  const id = sessionId(await call('POST', '~/sessions', { body }));
  devin.advance(id, { pullRequest: { url: 'https://github.com/acme/web/pull/1', state: 'merged' } });
  devin.advance(id, { pullRequest: { url: 'https://github.com/acme/web/pull/2', state: 'open' } });
  const usage = '~/metrics/usage';
  expect((await call('GET', usage)).body).toEqual({
    sessions_count: 1,
    searches_count: 0,
    prs_created_count: 2,
    prs_merged_count: 1,
  });
  expect((await call('GET', `${usage}?time_after=1&time_before=${100 * 86_400 + 1}`)).status).toBe(200);
  expect((await call('GET', `${usage}?time_after=1&time_before=${100 * 86_400 + 2}`)).status).toBe(422);
  expect((await call('GET', `${usage}?time_before=1`)).body).toMatchObject({ sessions_count: 0 });
  devin.permissions.delete('ViewOrgMetrics');
  expect((await call('GET', usage)).status).toBe(403);
});
