import { expect, test } from 'vitest';
import { createApproversOf } from '../../src/trust/approvers.ts';

const ids = (prefix: string, count: number) =>
  Array.from({ length: count }, (_none, at) => `${prefix}${at + 1}`);

/** A group of `members`, of whom those whose id begins with UG are guests. */
function approversOf(members: readonly string[]) {
  return createApproversOf({
    groups: { membersNow: async () => Promise.resolve(new Set(members)) },
    people: {
      find: async (userId) =>
        Promise.resolve({
          kind: userId.startsWith('UG') ? 'guest' : 'member',
          userId,
          name: userId,
          email: null,
          isAdmin: false,
          locale: null,
        }),
    },
  });
}

test('at most twenty people are asked: those named by id first, never the requester, no guests', async () => {
  const ask = approversOf(['U0', ...ids('UG', 5), ...ids('U', 30)]);
  const patterns = [
    { kind: 'group', id: 'S1' },
    { kind: 'user', id: 'U30' },
  ] as const;
  const asked = await ask(patterns, 'U0');
  expect(asked.map(({ userId }) => userId)).toEqual(['U30', ...ids('U', 19)]);
});
