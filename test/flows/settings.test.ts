import { describe, expect, test } from 'vitest';
import { typeTask } from '../support/asking.ts';
import { useGovernedWorld } from '../support/governed.ts';
import { cardOf, sessionOf } from '../support/look.ts';
import { addColleague } from '../support/people.ts';
import { useWorld } from '../support/worlds.ts';

describe('IMPERSONATION=preferred', () => {
  const world = useWorld({ environment: { IMPERSONATION: 'preferred' } });

  test('sessions run paint for everyone user if there is no match, and the card says so', async () => {
    const { slack, devin } = world();
    const eve = addColleague(world(), { inDevin: false });
    const channelId = slack.addChannel({ name: 'preferred', members: [eve.userId] });
    await typeTask({ slack }, { userId: eve.userId, channelId }, 'nobody of Devin');
    const session = await devin.waitForSession(({ request }) => request.prompt === 'nobody of Devin');
    expect(session.request.create_as_user_id ?? null).toBeNull();
    const card = await cardOf(slack, channelId, (text) => text.includes(session.url));
    expect(card.text).toContain('service user');
  });

  test('sessions run as the member if there is a match', async () => {
    const { slack, devin } = world();
    const ana = addColleague(world());
    const channelId = slack.addChannel({ name: 'preferred-2', members: [ana.userId] });
    await typeTask({ slack }, { userId: ana.userId, channelId }, 'fix the login test');
    expect((await sessionOf(devin, ana.devinUserId)).request.create_as_user_id).toBe(ana.devinUserId);
  });
});

describe('IMPERSONATION=off and REQUEST_TAG=off', () => {
  const world = useWorld({
    environment: { IMPERSONATION: 'off', REQUEST_TAG: 'off' },
    devin: { allowedTags: ['web', 'api'] },
  });

  test("sessions run paint for everyone user, with no tag of the app, and Devin isn't asked for members", async () => {
    const { slack, devin } = world();
    const ana = addColleague(world());
    const channelId = slack.addChannel({ name: 'off', members: [ana.userId] });
    await typeTask({ slack }, { userId: ana.userId, channelId }, 'paint for everyone --tag web');
    const session = await devin.waitForSession(({ request }) => request.prompt === 'paint for everyone');
    expect(session.request).not.toHaveProperty('create_as_user_id');
    expect(session.request.tags).toEqual(['web']);
    expect(devin.requests.filter(({ query }) => query['email']?.includes(ana.email))).toEqual([]);
  });

  test('a session whose answer was lost is adopted by its prompt, and no other from that time', async () => {
    const { slack, devin } = world();
    const ana = addColleague(world());
    const channelId = slack.addChannel({ name: 'off-2', members: [ana.userId] });
    await typeTask({ slack }, { userId: ana.userId, channelId }, 'paint a neighbour --tag web');
    const neighbour = await devin.waitForSession(({ request }) => request.prompt === 'paint a neighbour');
    await cardOf(slack, channelId, (text) => text.includes(neighbour.url));
    devin.fail({ method: 'POST', path: '/sessions' }, { afterEffect: true, times: 1 });
    await typeTask({ slack }, { userId: ana.userId, channelId }, 'the answer gets lost --tag web');
    const session = await devin.waitForSession(({ request }) => request.prompt === 'the answer gets lost');
    await cardOf(slack, channelId, (text) => text.includes(session.url));
    const lost = devin.sessions.filter(({ request }) => request.prompt === 'the answer gets lost');
    expect(lost).toHaveLength(1);
    expect(slack.messages(channelId)).toHaveLength(2);
  });
});

describe('IMPERSONATION=off and a policy that wants approvals', () => {
  const world = useGovernedWorld('rules: [{ name: ask, then: approve, approvers: [S0PLATFORM] }]', {
    environment: { IMPERSONATION: 'off' },
  });

  test('anyone who is asked can approve, although all sessions run as the same user', async () => {
    const { slack, devin } = world();
    const [ana, ben] = [addColleague(world()), addColleague(world())];
    const channelId = slack.addChannel({ name: 'off-3', members: [ana.userId, ben.userId] });
    slack.setGroup('S0PLATFORM', [ben.userId]);
    await typeTask({ slack }, { userId: ana.userId, channelId }, 'fix the approved one');
    const direct = slack.directMessages(ben.userId);
    const { ts } = await slack.waitForMessage(direct, (message) =>
      slack.renderText(message).includes('[Start session]'),
    );
    await slack.clickButton(ben.userId, { channelId: direct, ts }, 'approve_request');
    const session = await devin.waitForSession(({ request }) => request.prompt === 'fix the approved one');
    await cardOf(slack, channelId, (text) => text.includes(session.url));
  });
});
