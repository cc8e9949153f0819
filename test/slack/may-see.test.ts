import { describe, expect, test } from 'vitest';
import { maySee } from '../../src/slack/authority.ts';

describe('what a session is about', () => {
  const asked = { userId: 'U1', channelId: 'C1', cardChannelId: 'D1' };

  test.each([
    ['public', 'U2', 'C2', true],
    ['private', 'U2', 'C2', false],
    ['direct', 'U2', 'C2', false],
    [null, 'U2', 'C2', false],
    ['private', 'U1', 'C2', true],
    [null, 'U1', 'C2', true],
    ['private', 'U2', 'C1', true],
    ['private', 'U2', 'D1', true],
  ] as const)(
    'asked for in a place that is %s, may be read by %s in %s: %s',
    (kind, userId, channelId, may) => {
      expect(maySee({ ...asked, placeKind: kind }, { userId, channelId })).toBe(may);
    },
  );
});
