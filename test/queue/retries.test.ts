import { WebAPIRateLimitedError } from '@slack/web-api';
import { describe, expect, test } from 'vitest';
import { backOffMs, retrySlack, retryWindow } from '../../src/queue/index.ts';
import { slackFailure } from '../../src/slack/errors.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

describe('how long to keep trying', () => {
  test.each([
    [0, 1000],
    [20_000, 5000],
    [30 * MINUTE_MS, MINUTE_MS],
  ])('waits longer each time: tried for %i ms, for %i ms', (triedForMs, afterMs) => {
    expect(backOffMs(triedForMs)).toBe(afterMs);
    expect(retryWindow('devin', { triedForMs })).toEqual({ kind: 'wait', afterMs });
  });

  test('waits as long as requested, within the window', () => {
    const asked = { triedForMs: HOUR_MS / 2, retryAfterMs: HOUR_MS / 2 };
    expect(retryWindow('devin', asked)).toEqual({ kind: 'wait', afterMs: HOUR_MS / 2 });
  });

  test('ends after the window, or at once if the requested wait is longer than the rest of it', () => {
    expect(retryWindow('devin', { triedForMs: HOUR_MS + 1 })).toEqual({ kind: 'over', askedToWaitMs: null });
    const asked = { triedForMs: HOUR_MS / 2, retryAfterMs: HOUR_MS };
    expect(retryWindow('devin', asked)).toEqual({ kind: 'over', askedToWaitMs: HOUR_MS });
  });

  test('retries for ten minutes if others wait, and for Slack a day', () => {
    expect(retryWindow('message', { triedForMs: 9 * MINUTE_MS }).kind).toBe('wait');
    expect(retryWindow('message', { triedForMs: 11 * MINUTE_MS }).kind).toBe('over');
    expect(retryWindow('slack', { triedForMs: 23 * HOUR_MS }).kind).toBe('wait');
  });

  test.each([
    ['missing_scope', 25, 'over'],
    ['token_revoked', 250, 'wait'],
  ])('after %s for %i hours: %s', (code, hours, kind) => {
    expect(retrySlack({ kind: 'refused', code }, hours * HOUR_MS).kind).toBe(kind);
  });

  test.each([
    [30, 30_000],
    [99_999_999, HOUR_MS],
    [-30, 0],
  ])('waits for Slack as long as it asks, within an hour: %i s', (seconds, afterMs) => {
    expect(retrySlack(slackFailure(new WebAPIRateLimitedError(seconds)), 0)).toEqual({
      kind: 'wait',
      afterMs,
    });
  });
});
