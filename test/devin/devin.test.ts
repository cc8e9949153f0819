import { expect, test } from 'vitest';
import { failureOf, startDevin } from './local-api.ts';

const HOUR_MS = 3_600_000;
const SINCE = new Date(1_000_000_000);

test('consumption is requested up to now', async () => {
  const { organization, seen } = await startDevin(
    { json: { total_acus: 12.5, consumption_by_date: [] } },
    () => 2_000_000_000,
  );
  expect(await organization.acuSince(SINCE)).toBe(12.5);
  expect(seen[0]?.path).toBe('/v3/organizations/org-1/consumption/daily');
  expect(seen[0]?.query.toString()).toBe('time_after=1000000&time_before=2000000');
});

test('what the service user may not read is unknown, and not requested again for an hour', async () => {
  let nowMs = 2_000_000_000;
  const { organization, seen } = await startDevin({ status: 403, json: {} }, () => nowMs);
  expect(await organization.acuSince(SINCE)).toBeNull();
  nowMs += HOUR_MS - 1;
  expect(await organization.acuSince(SINCE)).toBeNull();
  expect(seen).toHaveLength(1);
  nowMs += 1;
  expect(await organization.acuSince(SINCE)).toBeNull();
  expect(seen).toHaveLength(2);
});

test.each([
  [{ status: 404, json: {} }, 'not-found'],
  [{ status: 500, json: {} }, 'unavailable'],
  [{ json: { total_acus: -1 } }, 'no-answer'],
  [{ json: { total_acus: 1e12 } }, 'no-answer'],
  [{ json: { total_acus: '5' } }, 'no-answer'],
] as const)('an answer of %j is a failure, asked for again the next time', async (reply, code) => {
  const { organization, seen } = await startDevin(reply);
  expect(await failureOf(organization.acuSince(SINCE))).toMatchObject({ code });
  await failureOf(organization.acuSince(SINCE));
  expect(seen).toHaveLength(2);
});

test('sessions and pull requests are counted for the same period, each with its own permission', async () => {
  const { organization, seen } = await startDevin(
    { json: { prs_created_count: 12, prs_merged_count: 9, searches_count: 3, sessions_count: 14 } },
    () => 2_000_000_000,
  );
  expect(await organization.workSince(SINCE)).toEqual({ sessions: 14, pullRequests: 12, merged: 9 });
  expect(seen[0]?.path).toBe('/v3/organizations/org-1/metrics/usage');
  expect(seen[0]?.query.toString()).toBe('time_after=1000000&time_before=2000000');
  const refused = await startDevin({ status: 403, json: {} });
  expect(await refused.organization.workSince(SINCE)).toBeNull();
  expect(await refused.organization.workSince(SINCE)).toBeNull();
  expect(await refused.organization.acuSince(SINCE)).toBeNull();
  expect(refused.seen.map(({ path }) => path.split('/').at(-1))).toEqual(['usage', 'daily']);
});

test.each([{ sessions_count: 1 }, { prs_created_count: 1, prs_merged_count: -1, sessions_count: 1 }])(
  'an answer of %j is an error',
  async (json) => {
    const { organization } = await startDevin({ json });
    expect(await failureOf(organization.workSince(SINCE))).toMatchObject({ code: 'no-answer' });
  },
);
