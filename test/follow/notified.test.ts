import { WebAPIRequestError } from '@slack/web-api';
import { expect, test } from 'vitest';
import { createNotified } from '../../src/follow/notified.ts';
import type { SlackPerson } from '../../src/session/identity.ts';
import { effectivePreferences, type Notify } from '../../src/session/preferences.ts';
import type { Presence } from '../../src/slack/conversations.ts';
import { createFindLeaver, createIsOutside } from '../../src/slack/people.ts';
import { MATCHED } from '../support/identity.ts';
import { requestRow } from '../support/request-row.ts';
import { sessionRow } from '../support/session-row.ts';

const person = (kind: SlackPerson['kind']): SlackPerson => ({
  userId: 'U1',
  name: 'ana',
  kind,
  isAdmin: false,
  email: null,
  locale: null,
});

/** `slack`: what it says about the requester. `lately`: who took part, the latest first. */
function setUp(
  slack: () => Promise<SlackPerson | null>,
  lately: readonly string[] = [],
  { chosen = 'dm', presence = 'in' }: { chosen?: Notify; presence?: Presence | Error } = {},
) {
  const findLeaver = createFindLeaver(slack);
  return createNotified({
    store: {
      settings: {
        preferencesFor: async () => Promise.resolve(effectivePreferences({ person: { notify: chosen } })),
      },
      calls: { recentAuthors: async () => Promise.resolve([...lately]) },
    },
    findLeaver,
    isOutside: createIsOutside({
      presence: async () =>
        presence instanceof Error ? Promise.reject(presence) : Promise.resolve(presence),
      findLeaver,
    }),
    check: async (_request, userId) =>
      Promise.resolve(userId === 'UGUEST' ? { kind: 'members-only', identity: null } : { kind: 'allowed' }),
  });
}

const here = async () => Promise.resolve(person('member'));
const gone = async () => Promise.resolve(person('deactivated'));
const unknown = async () => Promise.resolve(null);
const down = async () => Promise.reject(new WebAPIRequestError(new Error('no answer')));

test.each([
  ['who is here', here, [], { kind: 'people', userIds: ['U1'] }],
  ['whom Slack is asked about in vain', down, ['U2'], { kind: 'people', userIds: ['U1'] }],
  ['who left', gone, ['U2', 'UGUEST', 'U3', 'U4', 'U5'], { kind: 'people', userIds: ['U2', 'U3', 'U4'] }],
  ['who left alone', gone, [], { kind: 'nobody', name: 'ana' }],
  ['who left with people who may not steer', gone, ['UGUEST'], { kind: 'nobody', name: 'ana' }],
  ['whom Slack no longer knows', unknown, [], { kind: 'nobody', name: null }],
] as const)('of a requester %s, the right people are called', async (_who, slack, lately, called) => {
  expect(await setUp(slack, lately).called('s1', requestRow())).toEqual(called);
});

test('a requester who left is named as they were when they asked', async () => {
  const request = requestRow({ identity: { ...MATCHED, slackName: 'Ana R.' } });
  expect(await setUp(unknown).called('s1', request)).toEqual({ kind: 'nobody', name: 'Ana R.' });
});

test('notifications go where the session says, else where the requester prefers, but not to a person who left', async () => {
  const session = sessionRow();
  expect(await setUp(here).where(session, requestRow())).toBe('dm');
  expect(await setUp(here).where({ ...session, notify: 'card' }, requestRow())).toBe('card');
  expect(await setUp(here, [], { chosen: 'thread' }).where(session, requestRow())).toBe('thread');
  expect(await setUp(gone).where(session, requestRow())).toBe('thread');
  // There is no thread.
  expect(await setUp(gone).where({ ...session, threadTs: '' }, requestRow())).toBe('dm');
});

const DOWN = new WebAPIRequestError(new Error('no answer'));

test.each([
  ['is in it', here, 'in', 'thread'],
  ['left it', here, 'out', 'dm'],
  ['left Slack, and so left it', gone, 'out', 'thread'],
  ["may be in it, but the app isn't", here, 'unseen', 'thread'],
  ["may be in it, but Slack doesn't say", here, 'untold', 'thread'],
  ['may be in it, but Slack is down', here, DOWN, 'thread'],
] as const)(
  'notifications for the thread of a requester who %s go where they are read',
  async (_who, slack, presence, where) => {
    const notified = setUp(slack, [], { chosen: 'thread', presence });
    expect(await notified.where(sessionRow(), requestRow())).toBe(where);
    expect(await notified.where({ ...sessionRow(), synced: false }, requestRow())).toBe('thread');
    expect(await notified.where({ ...sessionRow(), notify: 'card' }, requestRow())).toBe('card');
  },
);

test("Slack isn't asked who is in a public channel", async () => {
  const notified = setUp(here, [], { chosen: 'thread', presence: new Error('asked') });
  expect(await notified.where(sessionRow(), requestRow({ placeKind: 'public' }))).toBe('thread');
});
