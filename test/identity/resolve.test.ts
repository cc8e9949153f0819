import { describe, expect, test } from 'vitest';
import type { Member } from '../../src/devin/devin.ts';
import { bareFailure, DevinError } from '../../src/devin/errors.ts';
import { createResolveIdentity, lookUpMembers } from '../../src/identity/resolve.ts';
import type { Identity, Mapping, SlackPerson } from '../../src/session/identity.ts';

const PERSON = { teamId: 'T1', userId: 'U1' };
const ana: Member = { userId: 'user-ana', name: 'Ana', email: 'ana@acme.example' };

function setUp(
  changes: {
    impersonation?: 'required' | 'preferred' | 'off';
    person?: Partial<SlackPerson> | null;
    lookup?: Awaited<ReturnType<Parameters<typeof createResolveIdentity>[0]['findByEmail']>>;
    link?: string;
    linked?: Member | null;
    owner?: SlackPerson | null;
    mapping?: Mapping;
  } = {},
) {
  let now = 0;
  let cache: { address: string | null; identity: Identity } | null = null;
  let link = changes.link ?? null;
  const asked: string[] = [];
  const person: SlackPerson = {
    userId: 'U1',
    name: 'ana',
    kind: 'member',
    isAdmin: false,
    email: 'ana@acme.example',
    locale: null,
    ...changes.person,
  };
  const resolve = createResolveIdentity({
    impersonation: changes.impersonation ?? 'required',
    findPerson: async () => Promise.resolve(changes.person === null ? null : person),
    findByEmail: async (email) => {
      asked.push(email);
      return Promise.resolve(changes.lookup === undefined ? [ana] : changes.lookup);
    },
    findMember: async () => Promise.resolve(changes.linked ?? null),
    findOwner: async () => Promise.resolve(changes.owner ?? null),
    mapping: () => changes.mapping ?? { people: [] },
    identities: {
      known: async () => Promise.resolve({ link, ranAs: null, remembered: cache }),
      remember: async (_person, remembered) => {
        cache = remembered;
        return Promise.resolve();
      },
    },
    onSwitched: async () => Promise.resolve(),
    now: () => now,
  });
  return {
    resolve: async () => resolve(PERSON),
    asked,
    pass: (ms: number) => (now += ms),
    become: (kind: SlackPerson['kind']) => (person.kind = kind),
    relink: (to: string | null) => (link = to),
  };
}

describe('who a person is in the Devin organization', () => {
  test('is found by the confirmed address of the Slack profile', async () => {
    expect(await setUp().resolve()).toMatchObject({ kind: 'matched', devinUserId: 'user-ana', how: 'email' });
  });

  test('is the member an administrator linked, before any address', async () => {
    const ben = { userId: 'user-ben', name: 'Ben', email: null };
    const { resolve, asked } = setUp({ link: 'user-ben', linked: ben });
    expect(await resolve()).toMatchObject({ kind: 'matched', devinUserId: 'user-ben', how: 'administrator' });
    expect(asked).toEqual([]);
  });

  test('is nobody if the linked member no longer exists, even if the address matches', async () => {
    const { resolve, asked } = setUp({ link: 'user-gone' });
    expect(await resolve()).toMatchObject({ kind: 'refused', reason: 'unknown' });
    expect(asked).toEqual([]);
  });

  test.each([
    ['unknown', { lookup: [] }],
    ['ambiguous', { lookup: [ana, { ...ana, userId: 'user-2' }] }],
    ['no-email', { person: { email: null } }],
    ['lookup-forbidden', { lookup: null }],
  ])('is %s: refused if required, the service user if preferred', async (reason, changes) => {
    expect(await setUp(changes).resolve()).toMatchObject({ kind: 'refused', reason });
    expect(await setUp({ ...changes, impersonation: 'preferred' }).resolve()).toMatchObject({
      kind: 'service-user',
      because: reason,
    });
  });

  test.each(['required', 'preferred', 'off'] as const)(
    'is refused in mode %s for guests, bots, deactivated accounts and people of other workspaces',
    async (impersonation) => {
      for (const kind of ['guest', 'bot', 'deactivated', 'external'] as const) {
        const identity = await setUp({ impersonation, person: { kind } }).resolve();
        expect(identity).toMatchObject({ kind: 'refused', reason: kind });
      }
      expect(await setUp({ impersonation, person: null }).resolve()).toMatchObject({ reason: 'external' });
    },
  );

  test('is not looked up in Devin with impersonation off', async () => {
    const { resolve, asked } = setUp({ impersonation: 'off' });
    expect(await resolve()).toMatchObject({ kind: 'service-user', because: 'off' });
    expect(asked).toEqual([]);
  });

  test('is remembered for an hour after a match, for two minutes without one', async () => {
    const found = setUp();
    await found.resolve();
    found.pass(59 * 60_000);
    await found.resolve();
    expect(found.asked).toHaveLength(1);
    found.pass(2 * 60_000);
    await found.resolve();
    expect(found.asked).toHaveLength(2);

    const missed = setUp({ lookup: [] });
    await missed.resolve();
    missed.pass(119_000);
    await missed.resolve();
    expect(missed.asked).toHaveLength(1);
    missed.pass(2000);
    await missed.resolve();
    expect(missed.asked).toHaveLength(2);

    const ahead = setUp();
    ahead.pass(60 * 60_000);
    await ahead.resolve();
    // The clock was set right.
    ahead.pass(-60 * 60_000);
    await ahead.resolve();
    expect(ahead.asked).toHaveLength(2);
  });

  test("is never remembered from before an administrator's link was made or removed", async () => {
    const { resolve, relink } = setUp({ linked: { userId: 'user-ben', name: 'Ben', email: null } });
    expect(await resolve()).toMatchObject({ devinUserId: 'user-ana', how: 'email' });
    relink('user-ben');
    expect(await resolve()).toMatchObject({ devinUserId: 'user-ben', how: 'administrator' });
    relink(null);
    expect(await resolve()).toMatchObject({ devinUserId: 'user-ana', how: 'email' });
  });
});

const ben: Member = { userId: 'user-ben', name: 'Ben Lee', email: 'ben@acme.example' };
const cy: SlackPerson = {
  userId: 'U2',
  name: 'cy',
  kind: 'member',
  isAdmin: false,
  email: 'ben@acme.example',
  locale: null,
};
const mapped = (devin: string, slack = 'U1'): Mapping => ({ people: [{ slack, devin }] });

describe('a person in the identity file', () => {
  test('is the member in the file, before links and addresses', async () => {
    const { resolve, asked } = setUp({ mapping: mapped('user-ben'), link: 'user-ana', linked: ben });
    expect(await resolve()).toMatchObject({ kind: 'matched', devinUserId: 'user-ben', how: 'mapping' });
    expect(asked).toEqual([]);
  });

  test('can be mapped by address on both sides', async () => {
    const mapping = mapped('ben@acme.example', 'Ana@ACME.example');
    const { resolve } = setUp({ mapping, lookup: [ben] });
    expect(await resolve()).toMatchObject({ kind: 'matched', devinUserId: 'user-ben', how: 'mapping' });
  });

  test.each(['required', 'preferred'] as const)(
    'is refused by name if Devin has no such account, with impersonation %s',
    async (impersonation) => {
      const { resolve } = setUp({ mapping: mapped('user-gone'), impersonation });
      expect(await resolve()).toMatchObject({
        kind: 'refused',
        reason: 'mapping-unknown',
        about: { account: 'user-gone', other: null },
      });
    },
  );

  test.each([
    ['has several accounts with', [ben, { ...ben, userId: 'user-ben-2' }]],
    ["doesn't say who has", null],
  ])('is refused if Devin %s the address in the file', async (_what, lookup) => {
    expect(await setUp({ mapping: mapped('ben@acme.example'), lookup }).resolve()).toMatchObject({
      kind: 'refused',
      reason: 'mapping-unknown',
    });
  });

  test('is looked up again when the file changes', async () => {
    const changes: Parameters<typeof setUp>[0] = { linked: ben, owner: cy };
    const { resolve } = setUp(changes);
    expect(await resolve()).toMatchObject({ devinUserId: 'user-ana', how: 'email' });
    changes.mapping = mapped('user-ben');
    expect(await resolve()).toMatchObject({ kind: 'refused', reason: 'mapping-conflict' });
    delete changes.mapping;
    expect(await resolve()).toMatchObject({ devinUserId: 'user-ana', how: 'email' });
  });

  test('is refused with both names if the account belongs to another person', async () => {
    const changes = { linked: ben, owner: cy, impersonation: 'preferred' as const };
    expect(await setUp({ ...changes, mapping: mapped('user-ben') }).resolve()).toMatchObject({
      kind: 'refused',
      reason: 'mapping-conflict',
      about: { account: 'Ben Lee', other: 'cy' },
    });
  });

  test.each([
    ['theirs', { ...cy, userId: PERSON.userId }],
    ['that of a deactivated person', { ...cy, kind: 'deactivated' as const }],
  ])('has an account whose address is %s', async (_whose, owner) => {
    const { resolve } = setUp({ linked: ben, owner, mapping: mapped('user-ben') });
    expect(await resolve()).toMatchObject({ kind: 'matched', devinUserId: 'user-ben' });
  });

  test('is refused if the file has the account twice, by id and by address', async () => {
    const mapping = {
      people: [...mapped('user-ben').people, ...mapped('ben@acme.example', 'U3').people],
    };
    expect(await setUp({ mapping, linked: ben }).resolve()).toMatchObject({
      reason: 'mapping-conflict',
      about: { account: 'Ben Lee', other: 'U3' },
    });
  });

  test('gets the account instead of a person who was linked to it', async () => {
    const mapping = mapped('user-ben', 'U3');
    expect(await setUp({ mapping, link: 'user-ben', linked: ben }).resolve()).toMatchObject({
      reason: 'mapping-conflict',
      about: { account: 'Ben Lee', other: 'U3' },
    });
  });
});

test("members who can't be looked up now are not taken for nobody", async () => {
  const failing = (code: 'not-found' | 'forbidden' | 'unavailable') => {
    const fail = async (): Promise<never> =>
      Promise.reject(new DevinError({ operation: 'members.get', failure: bareFailure(code) }));
    return lookUpMembers({ get: fail, findByEmail: fail });
  };
  expect(await failing('not-found').findMember('user-ana')).toBeNull();
  expect(await failing('forbidden').findByEmail('ana@acme.example')).toBeNull();
  expect(await failing('not-found').findByEmail('ana@acme.example')).toBeNull();
  await expect(failing('unavailable').findMember('user-ana')).rejects.toThrow(DevinError);
  await expect(failing('unavailable').findByEmail('ana@acme.example')).rejects.toThrow(DevinError);
});
