import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { startSession, stopOnCard, toldTo } from '../support/asking.ts';
import { asForeigner, forgePress, valueOf } from '../support/forged.ts';
import { sessionOf, settledForm, addOptions } from '../support/look.ts';
import { addColleague } from '../support/people.ts';
import { QUICK_THREADS } from '../support/quick.ts';
import { startThread } from '../support/threads.ts';
import { useWorld } from '../support/worlds.ts';

const world = useWorld(QUICK_THREADS);
/** A form that a person has open, in a channel with a colleague. */
async function openForm(typed = '') {
  const { slack, devin } = world();
  const [ana, ben] = [addColleague(world()), addColleague(world())];
  const channelId = slack.addChannel({ name: `forged-${ana.name}`, members: [ana.userId, ben.userId] });
  await slack.command(ana.userId, channelId, typed);
  const form = await settledForm(slack, ana.userId);
  const own = (who: { devinUserId: string }) =>
    devin.sessions.filter(({ userId }) => userId === who.devinUserId);
  return { ana, ben, channelId, form, own };
}

/** Presses of this person come after what was asked for before. */
async function passes(person: { userId: string; devinUserId: string }, channelId: string) {
  const { slack, devin } = world();
  await slack.command(person.userId, channelId, `pass for ${person.userId}`);
  await devin.waitForSession(({ request }) => request.prompt === `pass for ${person.userId}`);
}

/** The dialog in which the requester answers a session. */
async function openReplyBox() {
  const { slack, devin } = world();
  const { ana, session, channelId, on } = await startSession(world());
  devin.advance(session.id, { status: 'running', statusDetail: 'working' });
  await slack.waitForMessage(channelId, (message) => slack.renderText(message).includes('[Reply]'));
  await slack.clickButton(ana.userId, on, 'reply');
  return { ana, session, box: await slack.waitForView(({ userId }) => userId === ana.userId) };
}

describe('a person of another workspace with the same id', () => {
  test("can't stop a session with an open dialog", async () => {
    const { slack, devin } = world();
    const [theirs, other] = [await startSession(world()), await startSession(world())];
    await slack.clickButton(theirs.ana.userId, theirs.on, 'ask_stop');
    const asked = await slack.waitForView(({ userId }) => userId === theirs.ana.userId);
    await asForeigner(world(), theirs.ana.userId, async () => slack.submit(asked.id, theirs.ana.userId));
    await stopOnCard(world(), other.ana.userId, other.on);
    await other.showing('Ended by');
    expect(devin.session(theirs.session.id).status).not.toBe('exit');
  });

  test("can't open a form, nor start a task that was only asked about", async () => {
    const { slack } = world();
    const { ana, channelId, form, own } = await openForm();
    slack.closeView(form.id);
    const { message } = await slack.command(ana.userId, channelId, 'hlep');
    const on = { channelId, ts: message?.ts ?? '' };
    await asForeigner(world(), ana.userId, async () => slack.clickButton(ana.userId, on, 'open_form'));
    await toldTo(world(), { channelId, userId: ana.userId }, 'or too old');
    await asForeigner(world(), ana.userId, async () => slack.clickButton(ana.userId, on, 'start_as_task'));
    await passes(ana, channelId);
    expect(own(ana).map(({ request }) => request.prompt)).toEqual([`pass for ${ana.userId}`]);
    expect(slack.openViewOf(ana.userId)).toBeUndefined();
  });

  test("can't start a session with an open form", async () => {
    const { slack } = world();
    const { ana, channelId, form, own } = await openForm();
    slack.typeIn(form.id, { 'field.prompt': 'asked from elsewhere' });
    const refused = await asForeigner(world(), ana.userId, async () => slack.submit(form.id, ana.userId));
    expect(refused.kind).toBe('updated');
    await passes(ana, channelId);
    expect(own(ana)).toHaveLength(1);
  });

  test('learns nothing about a session from its id', async () => {
    const { slack } = world();
    const { ana, channelId, session } = await startSession(world());
    const { delivery } = await slack.command(ana.userId, channelId, `status ${session.id}`);
    const follow = await slack.command(ana.userId, channelId, `follow ${session.id}`);
    const elsewhere = async (typed: typeof delivery) =>
      slack.redeliver({ ...typed, payload: { ...typed.payload, team_id: 'TOTHER' }, outcomes: [] });
    const answer = await elsewhere(delivery);
    expect(JSON.stringify(answer)).toContain(session.id);
    expect(JSON.stringify(answer)).not.toContain(`task of ${ana.name}`);
    await elsewhere(follow.delivery);
    await toldTo(world(), { channelId, userId: ana.userId }, "Devin can't find this");
  });
});

test('a dialog that is submitted twice sends the same words once, and different words both', async () => {
  const { slack, devin } = world();
  const { ana, session, box } = await openReplyBox();
  slack.typeIn(box.id, { reply_text: 'first words' });
  const { delivery } = await slack.submit(box.id, ana.userId);
  if (delivery === null) throw new Error('nothing was sent');
  await slack.redeliver(delivery);
  const words = JSON.stringify(delivery.payload).replaceAll('first words', 'other words');
  const payload = z.record(z.string(), z.unknown()).parse(JSON.parse(words));
  await slack.redeliver({ ...delivery, payload, outcomes: [] });
  const heard = () =>
    devin
      .session(session.id)
      .messages.map(({ message }) => message)
      .filter((message) => /(?:first|other) words/.test(message));
  await slack.waitFor(() => heard().length > 1 || undefined, { what: 'both' });
  expect(heard()).toEqual(['first words', 'other words']);
});

describe('a form', () => {
  test('can be submitted and expanded only by the person it was opened for', async () => {
    const { slack } = world();
    const { ana, ben, channelId, form, own } = await openForm();
    slack.typeIn(form.id, { 'field.prompt': 'at the cost of another' });
    const target = { viewId: form.id };
    await slack.choose({ userId: ben.userId, target, which: 'add_options', entry: 'machine' });
    expect((await slack.submit(form.id, ben.userId)).kind).toBe('updated');
    await passes(ben, channelId);
    expect(slack.view(form.id).definition.blocks.some(({ block_id: id }) => id === 'field.platform')).toBe(
      false,
    );
    expect([...own(ana), ...own(ben)]).toHaveLength(1);
  });

  test("can't be opened by someone else, nor can a colleague's task be started", async () => {
    const { slack } = world();
    const { ana, ben, channelId, form, own } = await openForm();
    slack.closeView(form.id);
    const { message } = await slack.command(ana.userId, channelId, 'hlep');
    if (message === null) throw new Error('nothing was asked');
    const value = valueOf(message, 'open_form');
    const card = await startSession(world(), { channel: { members: [ben.userId] } });
    const unused = await slack.clickButton(ben.userId, card.on, 'mute');
    const triggerId = String(unused.delivery.payload['trigger_id']);
    const forged = { userId: ben.userId, channelId, value, triggerId };
    await forgePress(world(), { ...forged, actionId: 'open_form' });
    await forgePress(world(), { ...forged, actionId: 'start_as_task' });
    await toldTo(
      world(),
      { channelId, userId: ben.userId },
      'This is from an older version of the app, or too old',
    );
    await passes(ben, channelId);
    expect(slack.openViewOf(ben.userId)).toBeUndefined();
    expect(own(ana)).toHaveLength(0);
  });

  test('sends no file of another person to Devin, and reads none', async () => {
    const { slack, devin } = world();
    const { ana, ben, form } = await openForm();
    await addOptions(slack, form);
    const upload = (owner: string, name: string) =>
      slack.addFile({ name, mimetype: 'text/plain', content: name, owner });
    const own = upload(ana.userId, 'mine.txt');
    const [text, other] = [upload(ben.userId, 'salaries.md'), upload(ben.userId, 'salaries.txt')];
    slack.typeIn(form.id, { 'field.prompt': 'what is in it?', files: [own, text] });
    expect(await slack.submit(form.id, ana.userId)).toMatchObject({
      kind: 'errors',
      errors: {
        files:
          "salaries.md: This app couldn't read it. Upload a text file (UTF-8) of up to 256 KB that is not empty.",
      },
    });
    slack.typeIn(form.id, { files: [own, other] });
    await slack.submit(form.id, ana.userId);
    const session = await sessionOf(devin, ana.devinUserId);
    expect(session.request.attachment_urls).toHaveLength(1);
    expect(devin.uploads.map(({ name }) => name)).not.toContain('salaries.txt');
  });

  test('takes unticked messages from nobody else', async () => {
    const { slack, devin } = world();
    const [ana, ben] = [addColleague(world()), addColleague(world())];
    const channelId = slack.addChannel({ name: `rows-${ana.name}`, members: [ana.userId, ben.userId] });
    const root = slack.say(ana.userId, channelId, 'The login test is flaky');
    const last = slack.say(ben.userId, channelId, 'It fails on Mondays', { threadTs: root });
    await slack.shortcut(ana.userId, { channelId, ts: last }, 'start_session');
    const form = await settledForm(slack, ana.userId);
    await addOptions(slack, form);
    const over = async (who: { userId: string }, button: string) => {
      const before = new Set(slack.views().map(({ id }) => id));
      await slack.clickButton(who.userId, { viewId: form.id }, button);
      return slack.waitForView(({ id, userId }) => userId === who.userId && !before.has(id));
    };
    const review = await over(ana, 'review_context');
    await slack.waitForView(({ id }) => id === review.id && slack.renderText(id).includes('[Save]'));
    slack.typeIn(review.id, { 'review.0': [] });
    await slack.submit(review.id, ben.userId);
    await slack.clickButton(ben.userId, { viewId: form.id }, 'review_context');
    await passes(ben, channelId);
    expect(slack.openViewOf(ben.userId)).toBeUndefined();
    slack.typeIn(form.id, { 'field.prompt': 'fix it now' });
    await slack.submit(form.id, ana.userId);
    const session = await sessionOf(devin, ana.devinUserId);
    expect(session.request.prompt).toContain('The login test is flaky');
  });
});

describe('what another version of the app made', () => {
  const OLDER = 'from an older version of the app';

  test('says so when its button is pressed, or names what this version reads otherwise', async () => {
    const { ana, channelId } = await openForm();
    const pressed = { userId: ana.userId, channelId, value: 'r1' };
    for (const actionId of ['formerly_there', 'send_held']) {
      expect(await forgePress(world(), { ...pressed, actionId })).toMatchObject({ kind: 'answered' });
      await toldTo(world(), { channelId, userId: ana.userId }, OLDER);
    }
  });

  test('says so when its form is sent, and keeps what was typed', async () => {
    const { slack } = world();
    const { ana, form } = await openForm();
    slack.typeIn(form.id, { 'field.prompt': 'fix it --acu 10' });
    const { delivery } = await slack.submit(form.id, ana.userId);
    if (delivery === null) throw new Error('nothing was sent');
    const payload = z.looseObject({ view: z.looseObject({}) }).parse(delivery.payload);
    for (const metadata of ['', 'f1', '{"form":"f1"}']) {
      const view = { ...payload.view, private_metadata: metadata };
      const sent = { ...delivery, payload: { ...payload, view }, outcomes: [] };
      const answer = await slack.redeliver(sent);
      expect(JSON.stringify(answer)).toContain(OLDER);
      expect(JSON.stringify(answer)).toContain('field.prompt');
    }
  });
});

describe('a button with a value that no message has', () => {
  test("can't send another person's message again", async () => {
    const { devin, slack } = world();
    const thread = await startThread(world());
    const { ana, channelId } = thread;
    const ben = addColleague(world());
    slack.joinChannel(ben.userId, channelId);
    devin.fail({ method: 'POST', path: /\/messages$/ }, { times: 1 });
    await thread.say(ana.userId, 'lost words');
    const notice = await thread.noticeTo(ana.userId, "didn't confirm that");
    const value = valueOf(notice, 'send_again');
    await forgePress(world(), { userId: ben.userId, channelId, actionId: 'send_again', value });
    await thread.marked((await thread.say(ana.userId, 'and on')).ts, 'white_check_mark');
    expect(thread.heard().map(({ message }) => message)).toEqual(['and on']);
  });

  test("doesn't run a task as a command", async () => {
    const { devin } = world();
    const { ana, channelId, form } = await openForm();
    world().slack.closeView(form.id);
    const forged = { userId: ana.userId, channelId, actionId: 'run_command.0' };
    await forgePress(world(), { ...forged, value: 'fix everything at any cost --acu 1000' });
    await passes(ana, channelId);
    expect(devin.sessions.filter(({ userId }) => userId === ana.devinUserId)).toHaveLength(1);
  });

  test.each(['approve_request', 'decline_request', 'details', 'stop', 'cancel', 'try_again', 'open_form'])(
    'does nothing: %s',
    async (actionId) => {
      const { slack, devin } = world();
      const { ana, channelId, session } = await startSession(world());
      const before = slack.problems.length;
      for (const value of ['', '.', 'x'.repeat(1900), '\u0000', '__proto__', '../../x', session.id])
        expect(await forgePress(world(), { userId: ana.userId, channelId, actionId, value })).toMatchObject({
          kind: 'answered',
        });
      await passes(ana, channelId);
      expect(devin.session(session.id).status).not.toBe('exit');
      expect(slack.openViewOf(ana.userId)).toBeUndefined();
      expect(slack.problems.length).toBe(before);
    },
  );
});
