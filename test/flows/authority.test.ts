import { describe, expect, test } from 'vitest';
import { startSession, stopOnCard, toldTo, typeTask } from '../support/asking.ts';
import { cardOf, sessionOf, settledForm } from '../support/look.ts';
import { addColleague, someoneIn } from '../support/people.ts';
import { useWorld } from '../support/worlds.ts';

const CREATE = { method: 'POST', path: '/sessions' } as const;

describe('a person who became a guest', () => {
  const world = useWorld();

  const demoted = async () => {
    const { slack } = world();
    const started = await startSession(world());
    await slack.changeUser(started.ana.userId, { isGuest: true });
    return { ...started, place: { channelId: started.channelId, userId: started.ana.userId } };
  };

  test('can no longer start a session, whatever Devin said before', async () => {
    const { slack, devin } = world();
    const { ana, channelId, place } = await demoted();
    await slack.command(ana.userId, channelId, 'fix one more');
    await toldTo(world(), place, "You're a guest");
    expect(devin.sessions.filter(({ userId }) => userId === ana.devinUserId)).toHaveLength(1);
  });

  test("can't stop the session they asked for", async () => {
    const { slack, devin } = world();
    const { ana, session, on, place } = await demoted();
    await slack.clickButton(ana.userId, on, 'ask_stop');
    const told = await toldTo(world(), place, "You're a guest");
    expect(told.text).not.toContain(`<@${ana.userId}>`);
    expect(devin.session(session.id).status).not.toBe('exit');
  });

  test.each(['details', 'reply'])("can't open %s of the session they asked for", async (button) => {
    const { slack, devin } = world();
    const { ana, session, channelId, on, place } = await demoted();
    devin.advance(session.id, { status: 'running', statusDetail: 'working' });
    await slack.waitForMessage(channelId, (message) => slack.renderText(message).includes('[Reply]'));
    await slack.clickButton(ana.userId, on, button);
    await toldTo(world(), place, "You're a guest");
    expect(slack.openViewOf(ana.userId)).toBeUndefined();
  });

  test.each([
    ['is refused if their request was waiting for Devin', { isGuest: true }, "You're a guest"],
    [
      'is refused in the same way once their account is deactivated',
      { deleted: true },
      'Only members of the Slack workspace',
    ],
  ])('%s', async (_what, change, why) => {
    const { slack, devin } = world();
    const busy = devin.fail(CREATE, { status: 429, retryAfter: 1, times: Infinity });
    const { ana, channelId } = someoneIn(world());
    await typeTask({ slack }, { userId: ana.userId, channelId }, `waiting task of ${ana.name}`);
    await slack.waitForMessage(channelId, ({ text }) => text.includes('Devin is busy'));
    await slack.changeUser(ana.userId, change);
    await slack.waitForMessage(channelId, ({ text }) => text.includes(why));
    busy.clear();
    expect(devin.sessions.some(({ userId }) => userId === ana.devinUserId)).toBe(false);
    expect(slack.problems).toEqual([]);
  });
});

describe('who a session runs as', () => {
  const clock = { aheadMs: 0 };
  const world = useWorld({ overrides: { now: () => Date.now() + clock.aheadMs } });

  test('is looked up again for "Start anyway" after the person was linked to another account', async () => {
    const { slack, devin } = world();
    const [ana, admin] = [addColleague(world()), addColleague(world(), { isAdmin: true })];
    const channelId = slack.addChannel({ name: `relink-${ana.name}`, members: [ana.userId, admin.userId] });
    devin.fail(CREATE, { times: 1 });
    await typeTask({ slack }, { userId: ana.userId, channelId }, `lost task of ${ana.name}`);
    const { ts } = await slack.waitForMessage(channelId, (message) =>
      slack.renderText(message).includes('[Start anyway]'),
    );
    const other = `user-other-${ana.name}`;
    devin.addMember({ userId: other, email: `${other}@acme.example`, name: 'Other account' });
    await slack.command(admin.userId, channelId, `link @${ana.name} ${other}`);
    await toldTo(world(), { channelId, userId: admin.userId }, 'Other account');
    await slack.clickButton(ana.userId, { channelId, ts }, 'start_anyway');
    const session = await sessionOf(devin, other);
    // The notice of the lost answer names the session, too.
    await cardOf(slack, channelId, (text) => text.includes(session.url) && text.includes('as Other account'));
  });

  test('stays the requester: a colleague can\'t use "Start anyway"', async () => {
    const { slack, devin } = world();
    const [ana, ben] = [addColleague(world()), addColleague(world())];
    const channelId = slack.addChannel({ name: `lost-${ana.name}`, members: [ana.userId, ben.userId] });
    devin.fail(CREATE, { times: 1 });
    await typeTask({ slack }, { userId: ana.userId, channelId }, `lost task of ${ana.name}`);
    const { ts } = await slack.waitForMessage(channelId, (message) =>
      slack.renderText(message).includes('[Start anyway]'),
    );
    for (const button of ['start_anyway', 'check_again']) {
      await slack.clickButton(ben.userId, { channelId, ts }, button);
      await toldTo(world(), { channelId, userId: ben.userId }, 'Ask them, or a Devin admin');
    }
    expect(devin.sessions.some(({ userId }) => userId === ana.devinUserId)).toBe(false);
  });

  test('is checked with Slack again after five minutes, even without a change event', async () => {
    const { slack, devin } = world();
    const { ana, channelId } = await startSession(world());
    const inSlack = slack.users.get(ana.userId);
    if (inSlack !== undefined) inSlack.isGuest = true;
    clock.aheadMs += 5 * 60_000 + 1000;
    await slack.command(ana.userId, channelId, 'fix one more');
    await toldTo(world(), { channelId, userId: ana.userId }, "You're a guest");
    expect(devin.sessions.filter(({ userId }) => userId === ana.devinUserId)).toHaveLength(1);
  });

  test("is hidden in the Home of people who can't start sessions, as are their defaults", async () => {
    const { slack } = world();
    const { ana, channelId } = await startSession(world());
    await slack.command(ana.userId, channelId, 'defaults me --repo acme/hush');
    await slack.changeUser(ana.userId, { isGuest: true });
    await slack.openHome(ana.userId);
    const home = await slack.waitFor(
      () => {
        const view = slack.home(ana.userId);
        return view !== undefined && /You're a guest/.test(slack.renderText(view)) ? view : undefined;
      },
      { what: 'a Home that says why not' },
    );
    expect(slack.renderText(home)).not.toMatch(/hush|task of|Start a Devin session/);
  });

  test('gets no suggestions in a form that was still open', async () => {
    const { slack, devin } = world();
    devin.catalog.repositories.push({ path: 'acme/hush-hush' });
    const { ana, channelId } = someoneIn(world());
    await slack.command(ana.userId, channelId, '');
    const { id } = await settledForm(slack, ana.userId);
    const suggested = async () => (await slack.suggest(id, 'field.repos', 'hush')).map(({ value }) => value);
    expect(await suggested()).toEqual(['acme/hush-hush', 'hush']);
    await slack.changeUser(ana.userId, { isGuest: true });
    expect(await suggested()).toEqual(['hush']);
  });

  test('opens no form again after they became a guest', async () => {
    const { slack } = world();
    const { ana, channelId, on, showing } = await startSession(world());
    await stopOnCard(world(), ana.userId, on);
    await showing('Ended by');
    await slack.clickButton(ana.userId, on, 'start_again');
    const before = await settledForm(slack, ana.userId);
    expect(slack.renderText(before)).toContain('task of');
    slack.closeView(before.id);
    await slack.changeUser(ana.userId, { isGuest: true });
    await slack.clickButton(ana.userId, on, 'start_again');
    await toldTo(world(), { channelId, userId: ana.userId }, "You're a guest");
    expect(slack.openViewOf(ana.userId)).toBeUndefined();
  });
});

describe('a person', () => {
  const world = useWorld();

  test("whom Slack doesn't name gets their session once it does", async () => {
    const { slack, devin } = world();
    const { ana, channelId } = someoneIn(world());
    slack.fail('users.info', { error: 'missing_scope', args: { user: ana.userId } });
    await slack.command(ana.userId, channelId, 'wait for Slack');
    await sessionOf(devin, ana.devinUserId);
  });
});

/** For such a person, Slack always names the same workspace, no matter where they act. */
describe('a person of two workspaces of an Enterprise organization', () => {
  const world = useWorld();
  const person = { teamId: 'T0HOME', teams: ['T0HOME', 'T0LOCAL'] };

  test('starts a session with the form', async () => {
    const { slack, devin } = world();
    const ana = addColleague(world(), person);
    const channelId = slack.addChannel({ name: `home-${ana.name}`, members: [ana.userId] });
    await slack.command(ana.userId, channelId, '');
    const form = await settledForm(slack, ana.userId);
    slack.typeIn(form.id, { 'field.prompt': 'fix the login test' });
    expect(await slack.submit(form.id, ana.userId)).toMatchObject({ kind: 'closed' });
    await sessionOf(devin, ana.devinUserId);
  });

  test('stops it with its button', async () => {
    const { ana, on, showing } = await startSession(world(), { person });
    await stopOnCard(world(), ana.userId, on);
    await showing('Ended by');
  });

  test('is an outsider if this workspace is none of theirs', async () => {
    const { slack } = world();
    const { channelId, on } = await startSession(world());
    const eve = addColleague(world(), { teamId: 'T0HOME', teams: ['T0HOME', 'T0THIRD'] });
    slack.joinChannel(eve.userId, channelId);
    await slack.clickButton(eve.userId, on, 'details');
    await toldTo(world(), { channelId, userId: eve.userId }, 'Only members of the Slack workspace');
  });
});
