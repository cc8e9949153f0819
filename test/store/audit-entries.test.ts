import { expect, test } from 'vitest';
import { requestEntries } from '../../src/store/audit.ts';
import type { SessionRequest } from '../../src/store/requests.ts';
import { refusedBy, requestRow } from '../support/request-row.ts';

const ana = {
  kind: 'matched',
  devinUserId: 'user-ana',
  name: 'Ana',
  how: 'email',
  checkedAtMs: 0,
} as const;
test.each<[SessionRequest['state'], Partial<SessionRequest>, object]>([
  [
    'unknown',
    { state: 'created', rule: 'the team may' },
    { kind: 'start', result: 'found-late:email', rule: 'the team may' },
  ],
  [
    'ready',
    { state: 'failed', failure: { kind: 'cancelled', userId: 'U3' } },
    { kind: 'cancel', userId: 'U3', devinUserId: null },
  ],
  [
    'ready',
    { state: 'unknown', failure: { kind: 'cancelled', userId: 'U3' } },
    { kind: 'cancel', userId: 'U3', devinUserId: null },
  ],
  [
    'ready',
    { state: 'unknown', failure: refusedBy('a freeze') },
    { kind: 'refusal', result: 'policy', rule: 'a freeze' },
  ],
  ['sending', { state: 'unknown' }, { kind: 'outcome', result: 'unknown' }],
])('after %s, %o is recorded', (from, changes, entry) => {
  const request = requestRow({ identity: ana, ...changes });
  expect(requestEntries(from, request)).toMatchObject([entry]);
});
