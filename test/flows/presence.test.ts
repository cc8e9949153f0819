import { describe, expect, test } from 'vitest';
import { pressToOpen, stopOnCard, toldTo, typeTask } from '../support/asking.ts';
import type { World } from '../support/bot.ts';
import { foreignSession } from '../support/foreign.ts';
import { cardOf, sessionOf, settledForm } from '../support/look.ts';
import { addColleague } from '../support/people.ts';
import { QUICK_THREADS } from '../support/quick.ts';
import { useWorld } from '../support/worlds.ts';

const clock = { aheadMs: 0 };
const now = () => Date.now() + clock.aheadMs;
const world = useWorld({ overrides: { ...QUICK_THREADS.overrides, now } });

/** A person leaves a conversation, and the app's answer from a minute ago no longer counts. */
function leave({ slack }: World, userId: string, channelId: string): void {
  slack.leaveChannel(userId, channelId);
  clock.aheadMs += 61_000;
}

/** A private channel of two people with a thread in it. */
function seedPrivate() {
  const { slack } = world();
  const [ana, ben] = [addColleague(world()), addColleague(world())];
  const members = [ana.userId, ben.userId];
  const channelId = slack.addChannel({ name: `private-${ana.name}`, members, isPrivate: true });
  const root = slack.say(ana.userId, channelId, 'The picked message');
  slack.say(ana.userId, channelId, 'Said among us', { threadTs: root });
  const byTheApp = () => slack.messages(channelId).filter(({ botId }) => botId !== null);
  return { ana, ben, channelId, root, byTheApp };
}

/** A session that Ana started in a private channel, with its card there. */
async function startedInPrivate() {
  const { slack, devin } = world();
  const seeded = seedPrivate();
  const { ana, channelId } = seeded;
  await typeTask({ slack }, { userId: ana.userId, channelId }, `task of ${ana.name}`);
  const session = await sessionOf(devin, ana.devinUserId);
  const card = await cardOf(slack, channelId, (text) => text.includes(session.url));
  const hears = () => devin.session(session.id).messages.map(({ message }) => message);
  return { ...seeded, session, hears, on: { channelId, ts: card.ts } };
}

describe('a former member of a private channel', () => {
  // Before the clock is set forward: a new request would seem old, and wait longer for its next try.
  test('gets the card of a command that had to wait in a direct message', async () => {
    const { slack, devin } = world();
    const { ben, channelId, byTheApp } = seedPrivate();
    const busy = slack.fail('users.info', { retryAfter: 2, args: { user: ben.userId } });
    await typeTask(world(), { userId: ben.userId, channelId }, `task of ${ben.name}`);
    await slack.waitFor(() => busy.remaining() === 0);
    leave(world(), ben.userId, channelId);
    const session = await sessionOf(devin, ben.devinUserId);
    await cardOf(slack, slack.directMessages(ben.userId), (text) => text.includes(session.url));
    expect(byTheApp().filter(({ ephemeralFor }) => ephemeralFor === null)).toEqual([]);
  });

  test('gets neither its thread nor a card there from a form that was still open', async () => {
    const { slack, devin } = world();
    const { ben, channelId, root, byTheApp } = seedPrivate();
    await slack.shortcut(ben.userId, { channelId, ts: root }, 'start_session');
    const form = await settledForm(slack, ben.userId);
    leave(world(), ben.userId, channelId);
    slack.typeIn(form.id, { 'field.prompt': 'read it all' });
    await slack.submit(form.id, ben.userId);
    const session = await sessionOf(devin, ben.devinUserId);
    expect(session.request.prompt).toContain('| The picked message');
    expect(session.request.prompt).not.toContain('Said among us');
    const direct = slack.directMessages(ben.userId);
    const card = await cardOf(slack, direct, (text) => text.includes(session.url));
    expect(slack.renderText(card)).toContain('no longer in that conversation');
    await slack.waitForMessage(direct, ({ text }) => text.includes("You're no longer in that conversation."));
    expect(byTheApp()).toEqual([]);
    expect(slack.problems).toEqual([]);
  });

  test("can't write to a session that is followed there", async () => {
    const { slack } = world();
    const { ben, channelId, session, hears } = await startedInPrivate();
    const elsewhere = slack.addChannel({ name: `of-${ben.name}`, members: [ben.userId] });
    leave(world(), ben.userId, channelId);
    await slack.command(ben.userId, elsewhere, `say ${session.id} let me in`);
    await toldTo(world(), { channelId: elsewhere, userId: ben.userId }, "you aren't in");
    expect(hears().join()).not.toContain('let me in');
  });

  test('can end a session that they started there', async () => {
    const { slack, devin } = world();
    const { ana, channelId, session } = await startedInPrivate();
    const elsewhere = slack.addChannel({ name: `of-${ana.name}`, members: [ana.userId] });
    leave(world(), ana.userId, channelId);
    await slack.command(ana.userId, elsewhere, `stop ${session.id}`);
    await expect.poll(() => devin.session(session.id).status).toBe('exit');
  });

  test("can't end another person's session from a dialog that was still open", async () => {
    const { slack, devin } = world();
    const { ben, channelId, session, on } = await startedInPrivate();
    const asked = await pressToOpen(world(), ben.userId, { on, button: 'ask_stop' });
    leave(world(), ben.userId, channelId);
    await slack.submit(asked.id, ben.userId);
    const direct = slack.directMessages(ben.userId);
    await slack.waitForMessage(direct, ({ text }) => text.includes("a conversation you aren't in"));
    expect(devin.session(session.id).status).not.toBe('exit');
  });

  test("can't send from a dialog that was still open", async () => {
    const { slack, devin } = world();
    const { ben, channelId, session, hears, on } = await startedInPrivate();
    devin.advance(session.id, { status: 'running', statusDetail: 'working' });
    await slack.waitForMessage(channelId, (message) => slack.renderText(message).includes('[Reply]'));
    await slack.clickButton(ben.userId, on, 'reply');
    const box = await slack.waitForView(({ userId }) => userId === ben.userId);
    leave(world(), ben.userId, channelId);
    slack.typeIn(box.id, { Message: 'from outside' });
    await slack.submit(box.id, ben.userId);
    const direct = slack.directMessages(ben.userId);
    await slack.waitForMessage(direct, ({ text }) => text.includes("you aren't in"));
    expect(hears().join()).not.toContain('from outside');
  });

  test.each(['ask_stop', 'reply', 'details'])(
    'gets no dialog by %s of a card that they still see',
    async (button) => {
      const { slack, devin } = world();
      const { ben, channelId, session, on } = await startedInPrivate();
      devin.advance(session.id, { status: 'running', statusDetail: 'working' });
      await slack.waitForMessage(channelId, (message) => slack.renderText(message).includes('[Reply]'));
      leave(world(), ben.userId, channelId);
      await slack.clickButton(ben.userId, on, button);
      await toldTo(world(), { channelId, userId: ben.userId }, "you aren't in");
      expect(slack.openViewOf(ben.userId)).toBeUndefined();
    },
  );

  test("can't mute or stop it, nor send what was not confirmed there", async () => {
    const { slack, devin } = world();
    const { ana, ben, channelId, session, hears, on } = await startedInPrivate();
    const say = async (userId: string, words: string) =>
      slack.speak(userId, channelId, words, { threadTs: on.ts });
    const noticed = async (words: string) => toldTo(world(), { channelId, userId: ben.userId }, words);
    await say(ben.userId, 'stop');
    const asked = await noticed('Stop this session for good?');
    devin.fail({ method: 'POST', path: /\/messages$/ }, { times: 1 });
    await say(ben.userId, 'lost words');
    const lost = await noticed("didn't confirm that");
    leave(world(), ben.userId, channelId);
    const refused = () =>
      [...slack.messages(channelId), ...slack.messages(slack.directMessages(ben.userId))].filter(({ text }) =>
        text.includes("you aren't in"),
      );
    for (const [target, button] of [
      [{ channelId, ts: asked.ts }, 'ask_stop'],
      [{ channelId, ts: lost.ts }, 'send_again'],
      [on, 'mute'],
    ] as const) {
      const before = refused().length;
      await slack.clickButton(ben.userId, target, button);
      await expect.poll(() => refused().length).toBe(before + 1);
    }
    const { ts } = await say(ana.userId, 'among us');
    await slack.waitForMessage(channelId, (one) => one.ts === ts && one.reactions.has('white_check_mark'));
    expect(hears().slice(1)).toEqual(['among us']);
    expect(devin.session(session.id).status).not.toBe('exit');
  });

  test("can't cancel what another person asked for there", async () => {
    const { slack, devin } = world();
    const { ana, ben, channelId, byTheApp } = seedPrivate();
    const busy = devin.fail(
      { method: 'POST', path: /\/sessions$/ },
      { status: 429, retryAfter: 1, times: Infinity },
    );
    await typeTask(world(), { userId: ana.userId, channelId }, `task of ${ana.name}`);
    const { ts } = await cardOf(slack, channelId, (text) => text.includes('Devin is busy'));
    leave(world(), ben.userId, channelId);
    await slack.clickButton(ben.userId, { channelId, ts }, 'cancel');
    await toldTo(world(), { channelId, userId: ben.userId }, 'Only the person who asked for this');
    expect(
      byTheApp()
        .map(({ text }) => text)
        .join(),
    ).not.toContain('Ended by');
    busy.clear();
  });

  test("can't start a session there again, nor read what others asked for", async () => {
    const { slack } = world();
    const { ana, ben, channelId, on } = await startedInPrivate();
    leave(world(), ben.userId, channelId);
    await stopOnCard(world(), ana.userId, on);
    await cardOf(slack, channelId, (text) => text.includes('Ended by'));
    for (const button of ['start_again', 'details']) {
      await slack.clickButton(ben.userId, on, button);
      await toldTo(world(), { channelId, userId: ben.userId }, "you aren't in");
    }
    expect(slack.openViewOf(ben.userId)).toBeUndefined();
  });

  test("can't read or end a session that they only followed there", async () => {
    const { slack, devin } = world();
    const { ben, channelId } = seedPrivate();
    const made = await foreignSession(world(), 'Followed among us');
    await slack.command(ben.userId, channelId, `follow ${made.id}`);
    const { ts } = await cardOf(slack, channelId, (text) => text.includes(made.url));
    leave(world(), ben.userId, channelId);
    await slack.clickButton(ben.userId, { channelId, ts }, 'details');
    await toldTo(world(), { channelId, userId: ben.userId }, "you aren't in");
    expect(slack.openViewOf(ben.userId)).toBeUndefined();
    const elsewhere = slack.addChannel({ name: `of-${ben.name}`, members: [ben.userId] });
    await slack.command(ben.userId, elsewhere, `stop ${made.id}`);
    await toldTo(world(), { channelId: elsewhere, userId: ben.userId }, "a conversation you aren't in");
    expect(devin.session(made.id).status).not.toBe('exit');
  });

  test("can't follow a session there", async () => {
    const { slack } = world();
    const { ben, channelId, byTheApp } = seedPrivate();
    const made = await foreignSession(world(), 'Made in the web app');
    slack.leaveChannel(ben.userId, channelId);
    await slack.command(ben.userId, channelId, `follow ${made.id}`);
    await cardOf(slack, slack.directMessages(ben.userId), (text) => text.includes(made.url));
    expect(byTheApp().filter(({ ephemeralFor }) => ephemeralFor === null)).toEqual([]);
  });
});

/** A session that Ana started in her direct messages with the app, and Ben in a channel of his own. */
async function startedInDirect() {
  const { slack, devin } = world();
  const [ana, ben] = [addColleague(world()), addColleague(world())];
  const direct = slack.directMessages(ana.userId);
  await typeTask(world(), { userId: ana.userId, channelId: direct }, `task of ${ana.name}`);
  const session = await sessionOf(devin, ana.devinUserId);
  await cardOf(slack, direct, (text) => text.includes(session.url));
  const elsewhere = slack.addChannel({ name: `of-${ben.name}`, members: [ben.userId] });
  const hears = () => devin.session(session.id).messages.map(({ message }) => message);
  return { ana, ben, direct, elsewhere, session, hears };
}

describe("a session in another person's direct messages", () => {
  test('takes no message from outside, and shows none', async () => {
    const { slack } = world();
    const { ana, ben, direct, elsewhere, session, hears } = await startedInDirect();
    await slack.command(ben.userId, elsewhere, `say ${session.id} let me in`);
    await toldTo(world(), { channelId: elsewhere, userId: ben.userId }, "you aren't in");
    await slack.command(ana.userId, direct, `say ${session.id} it is mine`);
    await expect.poll(hears).toContain('it is mine');
    expect(hears().join()).not.toContain('let me in');
    expect(
      slack
        .messages(direct)
        .map(({ text }) => text)
        .join(),
    ).not.toContain('let me in');
  });

  test("can't be ended from outside, but by its requester", async () => {
    const { slack, devin } = world();
    const { ana, ben, direct, elsewhere, session } = await startedInDirect();
    for (const verb of ['stop', 'archive']) {
      await slack.command(ben.userId, elsewhere, `${verb} ${session.id}`);
      await toldTo(world(), { channelId: elsewhere, userId: ben.userId }, "a conversation you aren't in");
    }
    expect(devin.session(session.id)).toMatchObject({ isArchived: false });
    expect(devin.session(session.id).status).not.toBe('exit');
    await slack.command(ana.userId, direct, `stop ${session.id}`);
    await expect.poll(() => devin.session(session.id).status).toBe('exit');
  });

  test('is brought to a follower without the address of its card', async () => {
    const { slack } = world();
    const { ben, direct, elsewhere, session } = await startedInDirect();
    await slack.command(ben.userId, elsewhere, `follow ${session.id}`);
    const told = await toldTo(world(), { channelId: elsewhere, userId: ben.userId }, 'already has a card');
    expect(slack.renderText(told)).not.toContain(direct);
  });
});
