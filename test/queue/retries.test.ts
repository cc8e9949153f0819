import { WebAPIRateLimitedError } from '@slack/web-api';
import { describe, expect, test } from 'vitest';
import { createLog } from '../../src/log.ts';
import { backOffMs, createSearchUntilFound, retryWindow, sooner } from '../../src/queue/index.ts';
import { slackFailure, retrySlack } from '../../src/slack/edge/errors.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

describe('how long to keep trying', () => {
  test.each([
    [0, 1000],
    [20_000, 5000],
    [30 * MINUTE_MS, MINUTE_MS],
  ])('waits longer each time: tried for %i ms, for %i ms', (triedForMs, afterMs) => {
    expect(backOffMs(triedForMs)).toBe(afterMs);
    expect(retryWindow('devin', { triedForMs })).toBe(afterMs);
  });

  test('waits as long as requested, within the window', () => {
    const asked = { triedForMs: HOUR_MS / 2, retryAfterMs: HOUR_MS / 2 };
    expect(retryWindow('devin', asked)).toBe(HOUR_MS / 2);
    const soon = { triedForMs: HOUR_MS / 2, retryAfterMs: 1 };
    expect(retryWindow('devin', soon)).toBe(MINUTE_MS);
  });

  test('ends after the window, or at once if the requested wait is longer than the rest of it', () => {
    expect(retryWindow('devin', { triedForMs: HOUR_MS + 1 })).toBeNull();
    const asked = { triedForMs: HOUR_MS / 2, retryAfterMs: HOUR_MS };
    expect(retryWindow('devin', asked)).toBeNull();
  });

  test('retries for ten minutes if others wait, and for Slack a day', () => {
    expect(retryWindow('message', { triedForMs: 9 * MINUTE_MS })).not.toBeNull();
    expect(retryWindow('message', { triedForMs: 11 * MINUTE_MS })).toBeNull();
    expect(retryWindow('slack', { triedForMs: 23 * HOUR_MS })).not.toBeNull();
  });

  test.each([
    ['missing_scope', 25, 'over'],
    ['token_revoked', 250, 'wait'],
    ['missing_scope', 23, 'wait'],
    ['is_archived', 0, 'over'],
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

test.each([
  [null, null, null],
  [5, null, 5],
  [null, 5, 5],
  [5, 3, 3],
])('the sooner of %s and %s is %s', (one, other, expected) => {
  expect(sooner(one, other)).toBe(expected);
});

describe('a search for what a lost answer left', () => {
  /** What each look finds, or does. */
  async function searched(looks: (() => string | null)[], signal = new AbortController().signal) {
    let count = 0;
    const search = createSearchUntilFound(createLog('silent'), [...looks.keys()]);
    const look = async () => Promise.resolve(looks[(count += 1) - 1]?.() ?? null);
    const found = await search(look, signal).catch((error: unknown) => error);
    return { found, count };
  }
  const fails = () => {
    throw new Error('Devin is down');
  };

  test('ends with what it finds, also after one that failed', async () => {
    expect(await searched([() => null, fails, () => 's1', () => 's2'])).toEqual({ found: 's1', count: 3 });
  });

  test('finds nothing if the last one fails', async () => {
    expect(await searched([() => null, fails])).toEqual({ found: null, count: 2 });
  });

  test.each<[when: string, outcome: () => null, later: (() => string)[]]>([
    ['before its next look', () => null, [() => 's1']],
    ['during its last look, which then fails', fails, []],
  ])('ends without a result when the app stops %s', async (_when, outcome, later) => {
    const stopping = new AbortController();
    const reason = new Error('the app stops');
    const stop = () => {
      stopping.abort(reason);
      return outcome();
    };
    expect(await searched([stop, ...later], stopping.signal)).toEqual({ found: reason, count: 1 });
  });
});
