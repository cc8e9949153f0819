import { expect, test } from 'vitest';
import type { Identity } from '../../src/session/identity.ts';
import { cardView } from '../../src/slack/card-view.ts';
import { escape } from '../../src/slack/views/text.ts';
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
    fieldErrors: [],
  };
  const request = requestRow({ state, sessionId: null, failure });
  const { problem } = cardView({ request, session: null, nowMs: 0 }, en);
  // What may have happened is not told as a failure.
  expect(problem).toBe('Devin answered: The scheduler is in maintenance.');
});

test('a card of an unconfirmed request keeps to itself why its person may not start it', () => {
  const failure = refusedBy('infra');
  const request = requestRow({ state: 'unknown', sessionId: null, failure });
  expect(cardView({ request, session: null, nowMs: 0 }, en).problem).toBeNull();
});

const peopleOf = (identity: Identity, changes = {}) => {
  const session = sessionRow({ snapshot: sessionSnapshot('s1', changes) });
  return cardView({ request: requestRow({ identity }), session, nowMs: 0 }, en).people;
};
const named = { ...MATCHED, name: 'Ana Ruiz', slackName: 'Ana' };

test.each([
  ['nobody', null, ['Ana']],
  ['the member it was asked for', MATCHED.devinUserId, ['Ana']],
  ['another member', 'd2', ['Ana', 'as d2']],
  ['its service user', 'service-1', ['Ana', 'as the service user']],
])('a card says as whom a session runs if Devin names %s', (_whom, userId, expected) => {
  expect(peopleOf(named, { user_id: userId, service_user_id: 'service-1' })).toEqual(expected);
});

test.each([
  ['Ana Ruiz', 'Ana', 'email', false],
  ['Ana', 'Ana Ruiz', 'email', false],
  ['ana ruiz', 'Ana Ruiz', 'mapping', false],
  ['Ana Ruiz', 'Ana', 'mapping', true],
  ['Anabel Ruiz', 'Ana', 'email', true],
  ['Ana Ruiz', 'Ruiz', 'email', true],
  ['<!channel>', 'Ana', 'mapping', true],
] as const)(
  'of %s in Devin and %s in Slack (by %s), a card names who it runs as: %s',
  (name, slackName, how, says) => {
    const as = says ? [`as ${escape(name)}`] : [];
    expect(peopleOf({ ...MATCHED, name, slackName, how })).toEqual([slackName, ...as]);
  },
);

test('a card shows nobody the address of a member without a name', () => {
  const member = { ...named, name: 'ana@acme.example' };
  expect(peopleOf({ ...member, how: 'email' })).toEqual(['Ana']);
  expect(peopleOf({ ...member, how: 'mapping' })).toEqual(['Ana', 'as a…@acme.example']);
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
