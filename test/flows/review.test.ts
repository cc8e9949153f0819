import { describe, expect, test } from 'vitest';
import { cardOf, errorAt, sessionOf, settledForm } from '../support/look.ts';
import { addColleague } from '../support/people.ts';
import { useWorld } from '../support/worlds.ts';

describe('what Devin gets with a task', () => {
  const world = useWorld();

  const open = async () => {
    const { slack, devin } = world();
    const [ana, guest] = [addColleague(world()), addColleague(world(), { isGuest: true })];
    const channelId = slack.addChannel({
      name: `review-${ana.name}`,
      members: [ana.userId, guest.userId],
    });
    const shot = slack.addFile({
      name: 'shot.png',
      mimetype: 'image/png',
      content: 'png-bytes',
      owner: ana.userId,
    });
    const root = slack.say(ana.userId, channelId, 'The login test is flaky', { files: [shot] });
    slack.say(guest.userId, channelId, 'Lunch <!channel>?', { threadTs: root });
    const last = slack.say(ana.userId, channelId, 'It fails on Mondays', { threadTs: root });
    await slack.shortcut(ana.userId, { channelId, ts: last }, 'start_session');
    const form = await settledForm(slack, ana.userId);
    const review = async () => {
      await slack.clickButton(ana.userId, { viewId: form.id }, 'review_context');
      return slack.waitForView(
        ({ userId, id, isOpen }) =>
          isOpen && userId === ana.userId && id !== form.id && slack.renderText(id).includes('[Save]'),
      );
    };
    return { slack, devin, ana, guest, channelId, form, review, root, last };
  };

  test('can be viewed message by message, with authors, and left out', async () => {
    const { slack, devin, ana, guest, channelId, form, review, root, last } = await open();
    const view = await review();
    const shown = slack.renderText(view.id);
    expect(shown).toContain('The login test is flaky');
    expect(shown).toContain(`*${guest.name}* · guest`);
    expect(shown).toContain('Lunch @channel?');
    expect(shown).toContain('shot.png');
    slack.typeIn(view.id, { 'review.0': [`message ${root}`, `message ${last}`] });
    expect((await slack.submit(view.id, ana.userId)).kind).toBe('closed');
    expect(slack.renderText((await review()).id)).toContain(`[ ] ${guest.name}`);
    slack.typeIn(form.id, { 'field.prompt': 'fix what is left' });
    await slack.submit(form.id, ana.userId);
    const { request } = await sessionOf(devin, ana.devinUserId);
    expect(request.prompt).toContain('The login test is flaky');
    expect(request.prompt).toContain('It fails on Mondays');
    expect(request.prompt).not.toContain('Lunch');
    expect(request.attachment_urls ?? []).toEqual([]);
    const session = await sessionOf(devin, ana.devinUserId);
    const card = await cardOf(slack, channelId, (text) => text.includes(session.url));
    await slack.clickButton(ana.userId, { channelId, ts: card.ts }, 'details');
    const details = await slack.waitForView(
      ({ id, isOpen }) => isOpen && slack.renderText(id).includes('*Task*: `fix what is left`'),
    );
    const told = slack.renderText(details.id);
    expect(told).toMatch(/\*What Devin gets\*:.*fix what is left.*It fails on Mondays/s);
    expect(slack.problems).toEqual([]);
  });

  test('says so if the form is sent again with fewer messages after Slack lost the first answer', async () => {
    const { slack, ana, form, review, root } = await open();
    slack.typeIn(form.id, { 'field.prompt': 'fix it now' });
    expect((await slack.submit(form.id, ana.userId)).kind).toBe('closed');
    form.isOpen = true;
    const view = await review();
    slack.typeIn(view.id, { 'review.0': [`message ${root}`] });
    await slack.submit(view.id, ana.userId);
    expect(await errorAt(slack, form)).toContain('You already sent this form');
  });

  test('stays the same if the list is closed without Save', async () => {
    const { slack, devin, ana, form, review } = await open();
    const view = await review();
    slack.typeIn(view.id, { 'review.0': [] });
    slack.typeIn(form.id, { 'field.prompt': 'fix all of it' });
    await slack.submit(form.id, ana.userId);
    const { request } = await sessionOf(devin, ana.devinUserId);
    expect(request.prompt).toContain('Lunch');
    expect(request.attachment_urls).toHaveLength(1);
  });
});
