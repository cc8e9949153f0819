import { expect, test } from 'vitest';
import { mayHaveStarted } from '../../src/act/sessions.ts';
import type { Identity } from '../../src/session/identity.ts';
import { requestTag } from '../../src/session/request.ts';
import type { SessionRequest } from '../../src/store/requests.ts';
import { requestRow } from '../support/request-row.ts';
import { sessionSnapshot } from '../support/session-snapshot.ts';

const ana: Identity = {
  kind: 'matched',
  devinUserId: 'user-ana',
  name: 'Ana Ruiz',
  how: 'email',
  checkedAtMs: 0,
};
const service: Identity = { kind: 'service-user', because: 'off', checkedAtMs: 0 };

function isIts(changes: Partial<SessionRequest>, userId = 'user-ana'): boolean {
  const request = requestRow({ state: 'unknown', sessionId: null, identity: ana, ...changes });
  return mayHaveStarted(request, sessionSnapshot('s1', { user_id: userId, tags: [requestTag(request.id)] }));
}

test.each<[what: string, changes: Partial<SessionRequest>, userId: string | undefined, expected: boolean]>([
  ['runs as the person who asked', {}, undefined, true],
  ['runs as another member', {}, 'user-eve', false],
  ['runs as a member, but was asked for without one', { identity: service }, 'user-eve', false],
  ['has the tag of a request that was refused', { state: 'refused' }, undefined, false],
  ['has the tag of one that has its own', { state: 'created', sessionId: 's0' }, undefined, false],
  ['has the tag of one that waits for an approval', { state: 'awaiting-approval' }, undefined, false],
  [
    'has the tag of one that was sent before',
    { state: 'awaiting-approval', sentAt: new Date(0) },
    undefined,
    true,
  ],
])(
  'a followed session is the one that a request waits for or not: it %s',
  (_what, changes, userId, expected) => {
    expect(isIts(changes, userId)).toBe(expected);
  },
);
