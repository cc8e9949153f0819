import { describe, expect, test } from 'vitest';
import type { Identity } from '../../src/session/identity.ts';
import { bareSessionId } from '../../src/session/intent.ts';
import { effectivePreferences, maySteer, ownershipOf } from '../../src/session/preferences.ts';
import { refuseSteering } from '../../src/slack/authority.ts';
import { en } from '../../src/text/en.ts';

const matched: Identity = { kind: 'matched', devinUserId: 'u', name: 'Ana', how: 'email', checkedAtMs: 0 };
const serviceUser: Identity = { kind: 'service-user', because: 'off', checkedAtMs: 0 };
const refused: Identity = { kind: 'refused', reason: 'guest', maskedEmail: null, checkedAtMs: 0 };

const unmatched: Identity = { kind: 'service-user', because: 'unknown', checkedAtMs: 0 };
const asked = { source: 'command', userId: 'U1', identity: { ...matched, devinUserId: 'owner' } } as const;

describe('who may steer', () => {
  test.each([
    ['members', 'U1', refused, 'members-only'],
    ['requester', 'U1', refused, 'members-only'],
    ['requester', 'U1', matched, 'allowed'],
    ['requester', 'U1', unmatched, 'allowed'],
    ['members', 'U2', matched, 'allowed'],
    ['members', 'U2', serviceUser, 'allowed'],
    ['members', 'U2', unmatched, 'members-only'],
    ['members', 'U2', refused, 'members-only'],
    ['requester', 'U2', matched, 'requester-only'],
    ['requester', 'U2', { ...matched, devinUserId: 'owner' }, 'allowed'],
  ] as const)('under %s, %s with %o is %s', (policy, userId, identity, kind) => {
    const ownership = ownershipOf(asked);
    expect(maySteer(policy, ownership, { userId, identity })).toMatchObject({ kind });
  });

  test('a followed session belongs to its owner in Devin', () => {
    const ownership = ownershipOf({ ...asked, source: 'follow' });
    const may = (userId: string, identity: Identity) =>
      maySteer('requester', ownership, { userId, identity }).kind;
    expect(may('U1', matched)).toBe('requester-only');
    expect(may('U2', { ...matched, devinUserId: 'owner' })).toBe('allowed');
  });

  test("the refusal of a person who isn't a member says why", () => {
    const verdict = { kind: 'members-only', identity: refused } as const;
    const guest = refuseSteering(verdict, { request: asked, userId: 'U2' }, en);
    expect(guest).toMatch(/^Nothing was done. You're a guest .*<@U1>/);
    expect(refuseSteering(verdict, { request: asked, userId: 'U1' }, en)).not.toContain('<@U1>');
  });
});

describe('preferences', () => {
  test('the last layer that says something counts', () => {
    expect(effectivePreferences([])).toEqual({
      notify: 'thread',
      steer: 'members',
      listen: null,
      mentions: null,
      language: 'slack',
    });
    expect(
      effectivePreferences([
        { notify: 'card', steer: 'requester' },
        { notify: 'dm', mentions: 'off' },
        { language: 'ja' },
        { steer: undefined, mentions: 'ask' },
      ]),
    ).toEqual({ notify: 'dm', steer: 'requester', listen: null, mentions: 'ask', language: 'ja' });
  });
});

describe('the id of a session', () => {
  test.each([
    ['devin-abc1', 'abc1'],
    ['abc1', 'abc1'],
    ['Devin-01234567-89AB-cdef-0123-456789abcdef', '0123456789abcdef0123456789abcdef'],
  ])('%s is stored as %s', (typed, bare) => {
    expect(bareSessionId(typed)).toBe(bare);
  });
});
