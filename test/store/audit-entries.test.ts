import { expect, test } from 'vitest';
import { requestEntries } from '../../src/store/audit.ts';
import type { SessionRequest } from '../../src/store/request-row.ts';
import { refusedBy, requestRow } from '../support/request-row.ts';

type Approval = SessionRequest['approvals'][number];

const ana = {
  kind: 'matched',
  devinUserId: 'user-ana',
  name: 'Ana',
  how: 'email',
  checkedAtMs: 0,
} as const;
const ben = { userId: 'U2', name: 'Ben', devinUserId: 'user-ben' };

const approved = (changes: Partial<Approval>): SessionRequest['approvals'] => [
  {
    rule: 'a look first',
    say: null,
    need: 2,
    people: [ben],
    fingerprint: 'f',
    policy: null,
    yes: [],
    end: null,
    ...changes,
  },
];

test.each<[string, SessionRequest['state'], Partial<SessionRequest>, object[]]>([
  [
    'that one is asked for',
    'ready',
    { state: 'awaiting-approval', approvals: approved({}) },
    [{ kind: 'approval', userId: 'U1', devinUserId: 'user-ana', result: 'asked', rule: 'a look first' }],
  ],
  [
    'who approves while others have to',
    'awaiting-approval',
    { state: 'awaiting-approval', approvals: approved({ yes: [ben] }) },
    [{ kind: 'approval', userId: 'U2', devinUserId: 'user-ben', result: 'one-more' }],
  ],
  [
    'who approves last',
    'awaiting-approval',
    {
      state: 'ready',
      approvals: approved({ yes: [ben], end: { kind: 'approved', by: ben, reason: null, atMs: 0 } }),
    },
    [{ kind: 'approval', userId: 'U2', devinUserId: 'user-ben', result: 'approved' }],
  ],
  [
    'that nobody approved',
    'awaiting-approval',
    {
      state: 'failed',
      approvals: approved({}),
      failure: { kind: 'approval', end: 'expired', rule: 'a look first', by: null, reason: null },
    },
    [{ kind: 'approval', userId: null, devinUserId: null, result: 'expired' }],
  ],
  [
    'nothing of it when the request goes on',
    'ready',
    { state: 'ready', approvals: approved({ yes: [ben] }) },
    [],
  ],
])('an approval is recorded: %s', (_what, from, changes, entries) => {
  expect(requestEntries(from, requestRow({ identity: ana, ...changes }))).toMatchObject(entries);
});

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
