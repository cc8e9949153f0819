import { describe, expect, test } from 'vitest';
import { reportedSince, summarize, type UsageRow } from '../../src/session/usage.ts';

const NOW = new Date('2026-11-26T15:00:00Z');

let last = 0;
const row = (changes: Partial<UsageRow> = {}): UsageRow => ({
  requestId: `r${(last += 1)}`,
  userId: 'U1',
  consumed: 1,
  repos: ['acme/web'],
  ...changes,
});

describe('usage', () => {
  test('starts at midnight UTC, with today as the last day', () => {
    expect(reportedSince(NOW)).toEqual(new Date('2026-10-28T00:00:00Z'));
  });

  test('is grouped by repository, or by person for the workspace, highest first, and counts a session of several days once', () => {
    const rows = [
      row({ consumed: 2 }),
      row({ consumed: 0.5, requestId: 'again' }),
      row({ consumed: 1, requestId: 'again' }),
      row({ consumed: 4, repos: ['acme/api', 'acme/web'] }),
      row({ consumed: 1, repos: null }),
    ];
    expect(summarize(rows, 'channel')).toEqual({
      sessions: 4,
      acu: 8.5,
      groups: [
        { name: 'acme/api', sessions: 1, acu: 4 },
        { name: 'acme/web', sessions: 2, acu: 3.5 },
        { name: null, sessions: 1, acu: 1 },
      ],
    });
    expect(summarize(rows, 'workspace').groups).toEqual([{ name: 'U1', sessions: 4, acu: 8.5 }]);
    expect(summarize([], 'workspace')).toEqual({ sessions: 0, acu: 0, groups: [] });
  });
});
