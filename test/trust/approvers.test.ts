import { expect, test } from 'vitest';
import { createApproversOf, createMayApprove } from '../../src/trust/approvers.ts';

const ids = (prefix: string, count: number) =>
  Array.from({ length: count }, (_none, at) => `${prefix}${at + 1}`);

/** A group of `members`, of whom those whose id begins with UG are guests. */
function groupOf(members: readonly string[]) {
  return {
    groups: { membersNow: async () => Promise.resolve(new Set(members)) },
    people: {
      find: async (userId: string) =>
        Promise.resolve({
          kind: userId.startsWith('UG') ? 'guest' : 'member',
          userId,
          name: userId,
          email: null,
          isAdmin: false,
          locale: null,
        } as const),
    },
  };
}

test('at most twenty people are asked: those named by id first, never the requester, no guests', async () => {
  const ask = createApproversOf(groupOf(['U0', ...ids('UG', 5), ...ids('U', 30)]));
  const patterns = [
    { kind: 'group', id: 'S1' },
    { kind: 'user', id: 'U30' },
  ] as const;
  const asked = await ask(patterns, 'U0');
  expect(asked.map(({ userId }) => userId)).toEqual(['U30', ...ids('U', 19)]);
});

test('nobody is asked if the first sixty are guests', async () => {
  const ask = createApproversOf(groupOf([...ids('UG', 60), 'U1']));
  expect(await ask([{ kind: 'group', id: 'S1' }], 'U0')).toEqual([]);
});

test('of those who were asked, members who are still in the group may approve, but not their own request', async () => {
  const mayApprove = createMayApprove(groupOf(['U0', 'U1', 'UG1', 'U3']));
  const able = await mayApprove([{ kind: 'group', id: 'S1' }], {
    among: ['U0', 'U1', 'UG1', 'U2'],
    requester: 'U0',
  });
  expect([...able]).toEqual(['U1']);
});
