import { describe, expect, test } from 'vitest';
import { bareFacts, DevinError } from '../../src/devin/errors.ts';
import { createFindRequester } from '../../src/restore/find-places.ts';
import type { SlackPerson } from '../../src/session/identity.ts';

type Deps = Parameters<typeof createFindRequester>[0];

const ANA: SlackPerson = {
  kind: 'member',
  userId: 'U1',
  name: 'Ana Ruiz',
  email: 'ana@acme.example',
  isAdmin: false,
  locale: null,
};
const MEMBER = { userId: 'user-ana', name: 'Ana Ruiz', email: 'ana@acme.example' };

/** Who of Slack is taken for Devin's user-ana. */
const requester = async (person: SlackPerson | null, findMember: Deps['findMember']) =>
  createFindRequester({ findMember, people: { findByEmail: async () => Promise.resolve(person) } })(
    'user-ana',
  );

const failing = (code: 'unavailable' | 'rate-limited'): Deps['findMember'] => {
  const error = new DevinError({ operation: 'members.find', facts: bareFacts(code) });
  return async () => Promise.reject(error);
};

describe('the requester of a session whose card names nobody', () => {
  test.each<[who: string, person: SlackPerson | null, found: string | null]>([
    ['the member with the address', ANA, 'U1'],
    ['nobody, if nobody has it', null, null],
    ['nobody, if a guest has it', { ...ANA, kind: 'guest' }, null],
    ["nobody, if Slack hasn't confirmed it", { ...ANA, email: null }, null],
  ])('is %s', async (_who, person, found) => {
    expect(await requester(person, async () => Promise.resolve(MEMBER))).toBe(found);
  });

  test('is unknown if Devin fails, and found later if Devin is busy', async () => {
    expect(await requester(ANA, failing('unavailable'))).toBeNull();
    await expect(requester(ANA, failing('rate-limited'))).rejects.toThrow('rate-limited');
  });
});
