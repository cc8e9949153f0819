import { describe, expect, test } from 'vitest';
import type { Identity } from '../../src/session/identity.ts';
import { effectivePreferences } from '../../src/session/preferences.ts';
import { bareSessionId } from '../../src/session/session-id.ts';
import { maySteer } from '../../src/session/steering.ts';
import { refuseSteering } from '../../src/slack/steering-words.ts';
import { en } from '../../src/text/en.ts';

const matched: Identity = { kind: 'matched', devinUserId: 'u', name: 'Ana', how: 'email', checkedAtMs: 0 };
const serviceUser: Identity = { kind: 'service-user', because: 'off', checkedAtMs: 0 };
const refused: Identity = { kind: 'refused', reason: 'guest', maskedEmail: null, checkedAtMs: 0 };

describe('who may steer', () => {
  test.each([
    ['members', 'U1', refused, 'allowed'],
    ['requester', 'U1', null, 'allowed'],
    ['members', 'U2', matched, 'allowed'],
    ['members', 'U2', serviceUser, 'allowed'],
    ['members', 'U2', refused, 'members-only'],
    ['members', 'U2', null, 'members-only'],
    ['requester', 'U2', matched, 'requester-only'],
  ] as const)('under %s, %s with %o is %s', (policy, userId, identity, kind) => {
    expect(maySteer({ policy, requester: 'U1', person: { userId, identity } })).toMatchObject({ kind });
  });

  test('the refusal of somebody who is no member says why not', () => {
    const guest = maySteer({
      policy: 'members',
      requester: 'U1',
      person: { userId: 'U2', identity: refused },
    });
    expect(refuseSteering(guest, 'U1', en)).toMatch(/^Nothing was done. You are a guest .*<@U1>/);
  });
});

describe('preferences', () => {
  test('the nearest counts, but who may steer is not for the person to say', () => {
    expect(effectivePreferences({})).toEqual({ notify: 'thread', steer: 'members', webMessages: true });
    expect(
      effectivePreferences({
        workspace: { notify: 'card', steer: 'requester', webMessages: false },
        channel: { notify: 'dm' },
        person: { steer: 'members' },
      }),
    ).toEqual({ notify: 'dm', steer: 'requester', webMessages: false });
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
