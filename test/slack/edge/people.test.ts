import { WebClient } from '@slack/web-api';
import { expect, onTestFinished, test } from 'vitest';
import { createLocalSlack, type LocalSlack, type LocalSlackOptions } from '../../../sandbox/slack/index.ts';
import { createPeople } from '../../../src/slack/edge/people.ts';
import { createKnownPeople } from '../../../src/store/identities.ts';
import { useEmbedded } from '../../support/databases.ts';

const nobody = {
  since: async () => Promise.resolve(null),
  remember: async () => Promise.resolve(),
};

async function open(options: LocalSlackOptions = {}) {
  const slack = await createLocalSlack(options);
  onTestFinished(async () => slack.close());
  const { botToken, teamId } = slack.workspace;
  const client = new WebClient(botToken, { slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 } });
  return {
    slack,
    client,
    teamId,
    people: createPeople({ client, teamId: () => teamId, knownPeople: nobody, now: Date.now }),
  };
}

test.each([
  ['a full member', {}, 'member'],
  ['a guest', { isGuest: true }, 'guest'],
  ['a bot', { isBot: true }, 'bot'],
  ['a person whose account is deactivated', { deleted: true }, 'deactivated'],
  ['a person of another workspace', { teamId: 'T0OTHER' }, 'external'],
  ['a member of two workspaces of an organization', { teamId: 'T1', teams: ['T1', 'T0LOCAL'] }, 'member'],
  ['a person of other workspaces of the organization', { teamId: 'T1', teams: ['T1', 'T2'] }, 'external'],
  ['a guest of another workspace', { teamId: 'T0OTHER', isGuest: true }, 'external'],
] as const)('tells %s from the others', async (_who, options, kind) => {
  const { slack, people } = await open();
  const id = slack.addUser({ name: 'ana', email: 'ana@acme.example', ...options });
  expect(await people.find(id)).toMatchObject({ userId: id, kind });
});

test("ignores an address that Slack hasn't confirmed", async () => {
  const { slack, people } = await open();
  const id = slack.addUser({ name: 'eve', email: 'ana@acme.example', emailConfirmed: false });
  expect(await people.find(id)).toMatchObject({ kind: 'member', email: null });
});

test('treats a missing permission as no answer', async () => {
  const { slack, people } = await open({ withoutScopes: ['users:read', 'users:read.email'] });
  const id = slack.addUser({ name: 'ana', email: 'ana@acme.example' });
  await expect(people.find(id)).rejects.toThrow('missing_scope');
  expect(await people.findByEmail('ana@acme.example')).toBeNull();
});

const openDatabase = useEmbedded();

test.each([
  ['a member', (slack: LocalSlack) => slack.addUser({ name: 'ana', email: 'ana@acme.example' })],
  ['an outsider that Slack hides', () => 'U0OUTSIDE'],
])('asks Slack about %s once every five minutes', async (_who, idOf) => {
  const { slack, client, teamId } = await open();
  const { db } = await openDatabase();
  let nowMs = Date.now();
  const knownPeople = createKnownPeople(db);
  const people = createPeople({ client, teamId: () => teamId, knownPeople, now: () => nowMs });
  const userId = idOf(slack);
  const asked = () => slack.calls.filter(({ method }) => method === 'users.info').length;
  const first = await people.find(userId);
  expect(await people.find(userId)).toEqual(first);
  expect(asked()).toBe(1);
  nowMs += 5 * 60_000;
  expect(await people.find(userId)).toEqual(first);
  expect(asked()).toBe(2);
});

test.each([
  ['hears of the change', true],
  ["doesn't hear of it", false],
])('asks Slack again about a person after the clock was set back if it %s', async (_how, hears) => {
  const { slack, client, teamId } = await open();
  const { db } = await openDatabase();
  let nowMs = Date.now();
  const knownPeople = createKnownPeople(db);
  const people = createPeople({ client, teamId: () => teamId, knownPeople, now: () => nowMs });
  const userId = slack.addUser({ name: 'ana', email: 'ana@acme.example' });
  expect(await people.find(userId)).toMatchObject({ kind: 'member' });
  nowMs -= 60 * 60_000;
  await slack.changeUser(userId, { deleted: true });
  if (hears) await knownPeople.changed({ teamId, userId }, new Date(nowMs));
  nowMs += hears ? 60 * 60_000 : 0;
  expect(await people.find(userId)).toMatchObject({ kind: 'deactivated' });
});
