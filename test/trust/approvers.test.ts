import { expect, test } from 'vitest';
import type { Identity } from '../../src/session/identity.ts';
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

/** In Devin, each is a member of their own, but U2 is the requester's. */
const memberOf = (userId: string): Identity => ({
  kind: 'matched',
  devinUserId: userId === 'U2' ? 'devin-U0' : `devin-${userId}`,
  name: userId,
  how: 'mapping',
  checkedAtMs: 0,
});

const asker = { teamId: 'T1', userId: 'U0', identity: memberOf('U0') };

const deps = (members: readonly string[]) => ({
  ...groupOf(members),
  resolve: async ({ userId }: { userId: string }) => Promise.resolve(memberOf(userId)),
});

test('at most twenty people are asked: those named by id first, never the requester or their Devin account, no guests', async () => {
  const ask = createApproversOf(deps(['U0', ...ids('UG', 5), ...ids('U', 30)]));
  const patterns = [
    { kind: 'group', id: 'S1' },
    { kind: 'user', id: 'U30' },
  ] as const;
  const asked = await ask(patterns, asker);
  expect(asked.map(({ userId }) => userId)).toEqual(['U30', 'U1', ...ids('U', 20).slice(2)]);
});

test('nobody is asked if the first sixty are guests', async () => {
  const ask = createApproversOf(deps([...ids('UG', 60), 'U1']));
  expect(await ask([{ kind: 'group', id: 'S1' }], asker)).toEqual([]);
});

test('of those who were asked, members who are still in the group may approve, but not their own request', async () => {
  const mayApprove = createMayApprove(groupOf(['U0', 'U1', 'UG1', 'U3']));
  const able = await mayApprove([{ kind: 'group', id: 'S1' }], {
    among: ['U0', 'U1', 'UG1', 'U2'],
    requester: 'U0',
  });
  expect([...able]).toEqual(['U1']);
});
