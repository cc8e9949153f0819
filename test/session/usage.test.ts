import { describe, expect, test } from 'vitest';
import { usageRefusal, sinceDays, summarize, type UsageRow } from '../../src/session/usage.ts';

const NOW = new Date('2026-11-26T15:00:00Z');

const row = (changes: Partial<UsageRow> = {}): UsageRow => ({
  userId: 'U1',
  channelId: 'C1',
  at: NOW,
  consumed: 1,
  isOpen: false,
  mode: 'normal',
  repos: ['acme/web'],
  merged: 0,
  ...changes,
});

const summary = (rows: UsageRow[], days = 3) =>
  summarize(rows, { by: 'repo', since: sinceDays(days, NOW), days });

describe('usage', () => {
  test('starts at midnight UTC, with today as the last day', () => {
    expect(sinceDays(1, NOW)).toEqual(new Date('2026-11-26T00:00:00Z'));
    expect(sinceDays(30, NOW)).toEqual(new Date('2026-10-28T00:00:00Z'));
  });

  test('is grouped by day and as requested, highest first', () => {
    const found = summary([
      row({ consumed: 2 }),
      row({ consumed: 0.5, at: new Date('2026-11-24T00:00:00Z') }),
      row({ consumed: 4, repos: ['acme/api', 'acme/web'], merged: 2 }),
      row({ consumed: 1, repos: null, isOpen: true }),
    ]);
    expect(found.spans).toEqual([
      { from: new Date('2026-11-24T00:00:00Z'), days: 1, acu: 0.5 },
      { from: new Date('2026-11-25T00:00:00Z'), days: 1, acu: 0 },
      { from: new Date('2026-11-26T00:00:00Z'), days: 1, acu: 7 },
    ]);
    expect(found.groups).toEqual([
      { name: 'acme/api', sessions: 1, acu: 4, merged: 2 },
      { name: 'acme/web', sessions: 2, acu: 2.5, merged: 0 },
      { name: null, sessions: 1, acu: 1, merged: 0 },
    ]);
    expect(found).toMatchObject({ sessions: 4, acu: 7.5, acuPerMerged: 3.75, ended: 3, endedMerged: 1 });
  });

  test('has no more bars than a chart can show', () => {
    const { spans } = summary([row(), row({ at: sinceDays(365, NOW) })], 365);
    expect(spans).toHaveLength(15);
    expect(spans.at(-1)).toMatchObject({ days: 25, acu: 1 });
  });

  test('has no bars before the first day of use', () => {
    const { spans } = summary([row(), row({ at: sinceDays(4, NOW) })], 30);
    expect(spans.map(({ acu }) => acu)).toEqual([1, 0, 0, 1]);
    expect(summary([], 30).spans).toHaveLength(1);
  });

  test('without sessions or ACU has no cost per merged pull request', () => {
    expect(summary([])).toMatchObject({ sessions: 0, acu: 0, acuPerMerged: null, groups: [] });
    expect(summary([row({ consumed: 0, merged: 1 })])).toMatchObject({ sessions: 1, acuPerMerged: null });
  });
});

const owned = { hasOwners: true, mayAll: false };
const open = { hasOwners: false, mayAll: false };

test.each([
  ['me', 'person', owned, null],
  ['me', 'channel', open, null],
  ['channel', 'mode', owned, null],
  ['channel', 'repo', open, null],
  ['channel', 'person', open, 'by'],
  ['workspace', 'mode', open, null],
  ['workspace', 'mode', owned, 'workspace'],
  ['workspace', 'channel', open, 'by'],
  ['workspace', 'repo', open, 'by'],
  ['workspace', 'person', { hasOwners: true, mayAll: true }, null],
] as const)('usage of %s by %s is for those who may see it: %j', (scope, by, reader, refusal) => {
  expect(usageRefusal({ scope, by }, reader)).toBe(refusal);
});
