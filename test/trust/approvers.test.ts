import { WebAPIPlatformError } from '@slack/web-api';
import { expect, test } from 'vitest';
import type { Identity } from '../../src/session/identity.ts';
import type { PersonPattern } from '../../src/session/policy/patterns.ts';
import { approversOf, mayApprove } from '../../src/trust/approvers.ts';

const ids = (prefix: string, count: number) =>
  Array.from({ length: count }, (_none, at) => `${prefix}${at + 1}`);

const named = (patterns: readonly PersonPattern[]) =>
  patterns.flatMap((one) => (one.kind === 'user' ? [one.id] : []));

/** A group of `members`, of whom those whose id begins with UG are guests. */
function groupOf(members: readonly string[]) {
  return {
    groups: {
      idsOf: async (patterns: readonly PersonPattern[]) =>
        Promise.resolve({ ids: new Set([...named(patterns), ...members]), unread: null }),
    },
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
  const c = deps(['U0', ...ids('UG', 5), ...ids('U', 30)]);
  const patterns = [
    { kind: 'group', id: 'S1' },
    { kind: 'user', id: 'U30' },
  ] as const;
  const asked = await approversOf(c, { approvers: patterns, need: 1 }, asker);
  expect(asked.map(({ userId }) => userId)).toEqual(['U30', 'U1', ...ids('U', 14).slice(2)]);
});

test('of those who were asked, members who are still in the group may approve, but not their own request', async () => {
  const c = groupOf(['U0', 'U1', 'UG1', 'U3']);
  const able = await mayApprove(c, [{ kind: 'group', id: 'S1' }], {
    among: ['U0', 'U1', 'UG1', 'U2'],
    requester: 'U0',
  });
  expect([...able]).toEqual(['U1']);
});

const refusal = new WebAPIPlatformError({ ok: false, error: 'missing_scope' });
const unlisted = {
  idsOf: async (patterns: readonly PersonPattern[]) =>
    Promise.resolve({ ids: new Set(named(patterns)), unread: { error: refusal } }),
};
const UNLISTED = [
  { kind: 'user', id: 'U1' },
  { kind: 'group', id: 'S1' },
] as const;

const U2 = { among: ['U2'], requester: 'U0' };

test('nobody knows who is in a group that Slack refuses to list', async () => {
  const able = mayApprove({ ...groupOf([]), groups: unlisted }, UNLISTED, U2);
  await expect(able).rejects.toBe(refusal);
});

test('people named by id can approve, and are asked if they suffice, while Slack refuses to list the group beside them', async () => {
  const { people, resolve } = deps([]);
  const able = await mayApprove({ people, groups: unlisted }, UNLISTED, {
    among: ['U1'],
    requester: 'U0',
  });
  expect([...able]).toEqual(['U1']);
  const c = { people, groups: unlisted, resolve };
  expect(await approversOf(c, { approvers: UNLISTED, need: 1 }, asker)).toMatchObject([{ userId: 'U1' }]);
  await expect(approversOf(c, { approvers: UNLISTED, need: 2 }, asker)).rejects.toBe(refusal);
});
