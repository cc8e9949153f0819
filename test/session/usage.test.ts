import { describe, expect, test } from 'vitest';
import { maySeeUsage, sinceDays, summarize, type UsageRow } from '../../src/session/usage.ts';

const NOW = new Date('2026-11-26T15:00:00Z');

let last = 0;
const row = (changes: Partial<UsageRow> = {}): UsageRow => ({
  requestId: `r${(last += 1)}`,
  userId: 'U1',
  channelId: 'C1',
  at: NOW,
  consumed: 1,
  repos: ['acme/web'],
  ...changes,
});

describe('usage', () => {
  test('starts at midnight UTC, with today as the last day', () => {
    expect(sinceDays(1, NOW)).toEqual(new Date('2026-11-26T00:00:00Z'));
    expect(sinceDays(30, NOW)).toEqual(new Date('2026-10-28T00:00:00Z'));
  });

  test('is grouped as requested, highest first, and counts a session of several days once', () => {
    const rows = [
      row({ consumed: 2 }),
      row({ consumed: 0.5, requestId: 'again', at: new Date('2026-10-31T00:00:00Z') }),
      row({ consumed: 1, requestId: 'again' }),
      row({ consumed: 4, repos: ['acme/api', 'acme/web'] }),
      row({ consumed: 1, repos: null }),
    ];
    expect(summarize(rows, 'repo')).toEqual({
      sessions: 4,
      acu: 8.5,
      groups: [
        { name: 'acme/api', sessions: 1, acu: 4 },
        { name: 'acme/web', sessions: 2, acu: 3.5 },
        { name: null, sessions: 1, acu: 1 },
      ],
    });
    expect(summarize(rows, 'month').groups).toEqual([
      { name: '2026-11', sessions: 4, acu: 8 },
      { name: '2026-10', sessions: 1, acu: 0.5 },
    ]);
    expect(summarize([], 'person')).toEqual({ sessions: 0, acu: 0, groups: [] });
  });
});

const owned = { hasOwners: true, mayAll: false };
const open = { hasOwners: false, mayAll: false };

test.each([
  ['me', 'person', owned, true],
  ['me', 'channel', open, true],
  ['channel', 'month', owned, true],
  ['channel', 'repo', open, true],
  ['channel', 'person', open, false],
  ['workspace', 'month', open, true],
  ['workspace', 'month', owned, false],
  ['workspace', 'channel', open, false],
  ['workspace', 'repo', open, false],
  ['workspace', 'person', { hasOwners: true, mayAll: true }, true],
] as const)('usage of %s by %s is for those who may see it: %j', (scope, by, reader, may) => {
  expect(maySeeUsage({ scope, by }, reader)).toBe(may);
});
