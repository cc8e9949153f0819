import { describe, expect, test } from 'vitest';
import { backOffMs, retryWindow } from '../../src/queue/index.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

describe('how long to keep trying', () => {
  test.each([
    [0, 1000],
    [20_000, 5000],
    [30 * MINUTE_MS, MINUTE_MS],
  ])('waits longer and longer: tried for %i ms, for %i ms', (triedForMs, afterMs) => {
    expect(backOffMs(triedForMs)).toBe(afterMs);
    expect(retryWindow('devin', { triedForMs })).toEqual({ kind: 'wait', afterMs });
  });

  test('waits as long as it is asked to, as long as that is within the window', () => {
    const asked = { triedForMs: HOUR_MS / 2, retryAfterMs: HOUR_MS / 2 };
    expect(retryWindow('devin', asked)).toEqual({ kind: 'wait', afterMs: HOUR_MS / 2 });
  });

  test('is over after the window, and at once when more is asked for than is left', () => {
    expect(retryWindow('devin', { triedForMs: HOUR_MS + 1 })).toEqual({ kind: 'over', askedToWaitMs: null });
    const asked = { triedForMs: HOUR_MS / 2, retryAfterMs: HOUR_MS };
    expect(retryWindow('devin', asked)).toEqual({ kind: 'over', askedToWaitMs: HOUR_MS });
  });

  test('keeps what holds up others for ten minutes, and hopes for Slack for a day', () => {
    expect(retryWindow('message', { triedForMs: 9 * MINUTE_MS }).kind).toBe('wait');
    expect(retryWindow('message', { triedForMs: 11 * MINUTE_MS }).kind).toBe('over');
    expect(retryWindow('slack', { triedForMs: 23 * HOUR_MS }).kind).toBe('wait');
  });
});
