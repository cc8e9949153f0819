import { expect, test } from 'vitest';
import { failureOf, startDevin } from './local-api.ts';

const HOUR_MS = 3_600_000;
const SINCE = new Date(1_000_000_000);

test('what Devin counts is asked for the time until now', async () => {
  const { consumption, seen } = await startDevin(
    { json: { total_acus: 12.5, consumption_by_date: [] } },
    () => 2_000_000_000,
  );
  expect(await consumption.acuSince(SINCE)).toBe(12.5);
  expect(seen[0]?.path).toBe('/v3/organizations/org-1/consumption/daily');
  expect(seen[0]?.query.toString()).toBe('time_after=1000000&time_before=2000000');
});

test('what the service user may not read is not known, and not asked again for an hour', async () => {
  let nowMs = 2_000_000_000;
  const { consumption, seen } = await startDevin({ status: 403, json: {} }, () => nowMs);
  expect(await consumption.acuSince(SINCE)).toBeNull();
  nowMs += HOUR_MS - 1;
  expect(await consumption.acuSince(SINCE)).toBeNull();
  expect(seen).toHaveLength(1);
  nowMs += 1;
  expect(await consumption.acuSince(SINCE)).toBeNull();
  expect(seen).toHaveLength(2);
});

test.each([
  [{ status: 404, json: {} }, 'not-found'],
  [{ status: 500, json: {} }, 'unavailable'],
  [{ json: { total_acus: -1 } }, 'no-answer'],
  [{ json: { total_acus: 1e12 } }, 'no-answer'],
  [{ json: { total_acus: '5' } }, 'no-answer'],
] as const)('an answer of %j is a failure, asked for again the next time', async (reply, code) => {
  const { consumption, seen } = await startDevin(reply);
  expect(await failureOf(consumption.acuSince(SINCE))).toMatchObject({ code });
  await failureOf(consumption.acuSince(SINCE));
  expect(seen).toHaveLength(2);
});
