import { expect, test } from 'vitest';
import { cardView } from '../../src/slack/card-view.ts';
import { en } from '../../src/text/en.ts';
import { MATCHED } from '../support/identity.ts';
import { refusedBy, requestRow } from '../support/request-row.ts';
import { sessionRow } from '../support/session-row.ts';
import { sessionSnapshot } from '../support/session-snapshot.ts';

const CAPPED = { status: 'suspended', status_detail: 'usage_limit_exceeded' };

test.each(['sending', 'unknown'] as const)("a card shows Devin's reason while a request is %s", (state) => {
  const failure = {
    kind: 'devin' as const,
    code: 'unavailable' as const,
    status: 503,
    detail: 'The scheduler is in maintenance.',
    permission: null,
    fieldErrors: [],
  };
  const request = requestRow({ state, sessionId: null, failure });
  const { notes, problem } = cardView({ request, session: null, nowMs: 0 }, en);
  expect(notes).toEqual(['Devin answered (HTTP 503): The scheduler is in maintenance.']);
  // What may have happened is not told as a failure.
  expect(problem).toBeNull();
});

test('a card of an unconfirmed request keeps to itself why its person may not start it', () => {
  const failure = refusedBy('infra');
  const request = requestRow({ state: 'unknown', sessionId: null, failure });
  expect(cardView({ request, session: null, nowMs: 0 }, en).notes).toEqual([]);
});

test.each([
  ['nobody', null, { kind: 'member', name: 'Ana Ruiz', byEmail: true }],
  ['the member it was asked for', MATCHED.devinUserId, { kind: 'member', name: 'Ana Ruiz', byEmail: true }],
  ['another member', 'd2', { kind: 'member', name: 'd2', byEmail: false }],
  ['its service user', 'service-1', { kind: 'service-user' }],
])('a card says as whom a session runs if Devin names %s', (_whom, userId, expected) => {
  const snapshot = sessionSnapshot('s1', { user_id: userId, service_user_id: 'service-1' });
  const request = requestRow({ identity: MATCHED });
  expect(cardView({ request, session: sessionRow({ snapshot }), nowMs: 0 }, en).runsAs).toEqual(expected);
});

const running = (changes: object) => sessionRow({ snapshot: sessionSnapshot('s1', changes) });

test.each([
  ['within it', { acus_consumed: 2.9 }, 3],
  ['at it', { acus_consumed: 3 }, 3],
  ['stopped a little above it', { ...CAPPED, acus_consumed: 3.1 }, 3],
  ['gone on above it', { acus_consumed: 3.1 }, null],
])('a card names the cap until someone has raised it in Devin: the session is %s', (_how, changes, cap) => {
  const request = requestRow({ draft: { values: { max_acu_limit: 3 }, sources: {} } });
  expect(cardView({ request, session: running(changes), nowMs: 0 }, en).acuLimit).toBe(cap);
});
