import { describe, expect, test } from 'vitest';
import { cardOf, noticesTo, sessionOf, sessionsAs, settledForm } from '../support/look.ts';
import { addColleague } from '../support/people.ts';
import { describeOnBothWorlds } from '../support/worlds.ts';

describeOnBothWorlds('the slash command', (world) => {
  const channel = (members: string[], options = {}) =>
    world().slack.addChannel({ name: `team-${members[0]}`.toLowerCase(), members, ...options });

  test('starts a session as the person who asked, and shows its card in the channel', async () => {
    const { slack, devin } = world();
    const ana = addColleague(world());
    const channelId = channel([ana.userId]);
    const { failure, message } = await slack.command(
      ana.userId,
      channelId,
      'fix the flaky login test --repo acme/web --acu 10 --mode fast --tag login',
    );
    expect({ failure, message }).toEqual({ failure: null, message: null });

    const session = await sessionOf(devin, ana.devinUserId);
    expect(session.request).toMatchObject({
      prompt: 'fix the flaky login test',
      repos: ['acme/web'],
      max_acu_limit: 10,
      devin_mode: 'fast',
      create_as_user_id: ana.devinUserId,
    });
    expect(session.request.tags).toEqual(['login', expect.stringMatching(/^slack-\w+$/)]);

    const card = await cardOf(slack, channelId, (text) => text.includes(session.url));
    expect(card.threadTs).toBeNull();
    expect(card.text).toContain('fix the flaky login test');
    expect(card.text).toContain(ana.devinName);
    expect(slack.renderText(card)).toContain('acme/web');
    expect(slack.problems).toEqual([]);
    expect(devin.problems).toEqual([]);
  });

  test('starts one session and shows one card when Slack delivers the command three times', async () => {
    const { slack, devin } = world();
    const ana = addColleague(world());
    const channelId = channel([ana.userId]);
    const { delivery } = await slack.command(ana.userId, channelId, 'fix it once');
    await Promise.all([slack.redeliver(delivery), slack.redeliver(delivery)]);
    const [first] = delivery.outcomes;
    expect(delivery.outcomes).toEqual([first, first, first]);
    const session = await sessionOf(devin, ana.devinUserId);
    await cardOf(slack, channelId, (text) => text.includes(session.url));
    expect(devin.sessions.filter(({ userId: id }) => id === ana.devinUserId)).toHaveLength(1);
    expect(slack.messages(channelId)).toHaveLength(1);
  });

  test('leaves out its own name if that was typed twice', async () => {
    const { slack, devin } = world();
    const ana = addColleague(world());
    const channelId = channel([ana.userId]);
    await slack.command(ana.userId, channelId, '/devin fix the login test --acu 3');
    const session = await sessionOf(devin, ana.devinUserId);
    expect(session.request).toMatchObject({ prompt: 'fix the login test', max_acu_limit: 3 });
  });

  test('never shows the id of a mention in a title', async () => {
    const { slack, devin } = world();
    const ana = addColleague(world());
    const channelId = channel([ana.userId]);
    await slack.command(ana.userId, channelId, `ask <@${ana.userId}> about the login test`);
    const session = await sessionOf(devin, ana.devinUserId);
    const card = await cardOf(slack, channelId, (text) => text.includes(session.url));
    expect(card.text.split('\n')[0]).toContain(`ask @${ana.name} about the login test`);
    expect(session.request.prompt).toContain(`@${ana.name}`);
  });

  test('names the people in a title, and leaves the other options as typed', async () => {
    const { slack, devin } = world();
    const ana = addColleague(world());
    const channelId = channel([ana.userId]);
    const mention = `<@${ana.userId}>`;
    await slack.command(ana.userId, channelId, `fix it now --title "for ${mention}" --tag ${mention}`);
    const { request } = await sessionOf(devin, ana.devinUserId);
    expect(request.title).toBe(`for @${ana.name}`);
    expect(request.tags).toContain(mention);
  });

  test('starts nothing with an unknown flag, says so privately, and offers a form with what was typed', async () => {
    const { slack, devin } = world();
    const ana = addColleague(world());
    const channelId = channel([ana.userId]);
    const { message } = await slack.command(ana.userId, channelId, 'fix it now --rpeo acme/web --acu 3');
    if (message === null) throw new Error('nothing was said');
    const said = slack.renderText(message);
    expect(said).toContain('--rpeo');
    expect(said).toContain('--repo');
    expect(said).toContain('fix it now --rpeo acme/web --acu 3');

    await slack.clickButton(ana.userId, { channelId, ts: message.ts }, 'open_form');
    expect(slack.renderText((await settledForm(slack, ana.userId)).id)).toContain('fix it now');
    expect(sessionsAs(devin, ana.devinUserId)).toEqual([]);
    expect(slack.problems).toEqual([]);
  });

  test("sends a direct message and says why if the app isn't in the channel", async () => {
    const { slack, devin } = world();
    const ana = addColleague(world());
    const channelId = channel([ana.userId], { botIsMember: false });
    await slack.command(ana.userId, channelId, 'fix it from afar');
    const session = await sessionOf(devin, ana.devinUserId);
    await cardOf(slack, slack.directMessages(ana.userId), (text) => text.includes(session.url));
    const notice = await slack.waitForMessage(channelId, ({ ephemeralFor }) => ephemeralFor === ana.userId);
    expect(slack.renderText(notice)).toContain('/invite');
    expect(slack.messages(channelId).filter(({ ephemeralFor }) => ephemeralFor === null)).toEqual([]);
  });

  test('says where they asked why the card is elsewhere, even after a broken connection', async () => {
    const { slack, devin } = world();
    const ana = addColleague(world());
    const channelId = channel([ana.userId], { botIsMember: false });
    slack.fail('response_url', { times: 1 });
    await slack.command(ana.userId, channelId, 'fix it over a bad line');
    await sessionOf(devin, ana.devinUserId);
    const notice = await slack.waitForMessage(channelId, ({ ephemeralFor }) => ephemeralFor === ana.userId);
    expect(slack.renderText(notice)).toContain('/invite');
    expect(noticesTo(slack, slack.directMessages(ana.userId), null)).toHaveLength(1);
  });

  test('answers help privately and starts nothing', async () => {
    const { slack, devin } = world();
    const ana = addColleague(world());
    const channelId = channel([ana.userId]);
    const { message } = await slack.command(ana.userId, channelId, 'help');
    expect(message === null ? '' : slack.renderText(message)).toContain('All options');
    expect(sessionsAs(devin, ana.devinUserId)).toEqual([]);
  });

  describe('who it runs as', () => {
    test('refuses a person outside the Devin organization privately, with what they typed', async () => {
      const { slack, devin } = world();
      const eve = addColleague(world(), { inDevin: false });
      const channelId = channel([eve.userId]);
      await slack.command(eve.userId, channelId, 'fix the flaky login test --repo acme/web --acu 3');
      const notice = await slack.waitForMessage(channelId, ({ ephemeralFor }) => ephemeralFor === eve.userId);
      const said = slack.renderText(notice);
      expect(said).toContain('fix the flaky login test');
      expect(said).toContain('  Repositories: acme/web · ACU cap: 3');
      expect(said).toContain('p…@acme.example');
      expect(said).not.toContain('Open the form');
      expect(noticesTo(slack, channelId, null)).toEqual([]);
      expect(devin.sessions.some(({ userId: id }) => id === eve.devinUserId)).toBe(false);
    });

    test('refuses a guest even with a Devin account', async () => {
      const { slack, devin } = world();
      const guest = addColleague(world(), { isGuest: true });
      const channelId = channel([guest.userId]);
      await slack.command(guest.userId, channelId, 'fix it now');
      const told = await slack.waitForMessage(channelId, ({ ephemeralFor }) => ephemeralFor === guest.userId);
      expect(slack.renderText(told)).toContain('fix it now');
      expect(slack.renderText(told)).not.toContain('Open the form');
      expect(devin.sessions.some(({ userId: id }) => id === guest.devinUserId)).toBe(false);
      expect(noticesTo(slack, channelId, null)).toEqual([]);
    });
  });
});
