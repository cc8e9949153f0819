import { expect, test } from 'vitest';
import { en } from '../../src/text/en.ts';
import { pressToOpen, startSession, toldTo } from '../support/asking.ts';
import { cardOf, errorAt, sessionOf, settledForm } from '../support/look.ts';
import { addColleague, someoneIn } from '../support/people.ts';
import { describeOnPostgres } from '../support/worlds.ts';

const TITLE = 'You started this a minute ago.';

describeOnPostgres('a session that is already running', (world) => {
  const sessionsOf = (devinUserId: string) =>
    world().devin.sessions.filter(({ userId }) => userId === devinUserId);

  test('is offered before the same command starts another, and a double click starts one', async () => {
    const { slack, devin } = world();
    const { ana, channelId } = await startSession(world(), { text: 'fix the login test --acu 5' });
    const { message } = await slack.command(ana.userId, channelId, 'fix the login test --acu 5');
    expect(message?.text).toContain(TITLE);
    expect(sessionsOf(ana.devinUserId)).toHaveLength(1);
    const on = { channelId, ts: message?.ts ?? '' };
    await Promise.all([
      slack.clickButton(ana.userId, on, 'start_as_task'),
      slack.clickButton(ana.userId, on, 'start_as_task').catch(() => undefined),
    ]);
    await devin.waitForSession(
      ({ userId }) => userId === ana.devinUserId && sessionsOf(ana.devinUserId).length > 1,
    );
    await slack.command(ana.userId, channelId, 'and then something else');
    await devin.waitForSession(({ request }) => request.prompt === 'and then something else');
    expect(sessionsOf(ana.devinUserId)).toHaveLength(3);
  });

  test('starts only one of two identical commands at once, and offers its session to the other', async () => {
    const { slack, devin } = world();
    const { ana, channelId } = someoneIn(world());
    const answers = await Promise.all(
      [1, 2, 3].map(async () => slack.command(ana.userId, channelId, 'fix the pipeline')),
    );
    expect(answers.filter(({ message }) => message?.text.includes(TITLE))).toHaveLength(2);
    await slack.command(ana.userId, channelId, 'and then the docs');
    await devin.waitForSession(({ request }) => request.prompt === 'and then the docs');
    await devin.waitForSession(
      ({ userId, request }) => userId === ana.devinUserId && request.prompt === 'fix the pipeline',
    );
    expect(sessionsOf(ana.devinUserId)).toHaveLength(2);
  });

  test('can be written to only once it has started', async () => {
    const { slack, devin } = world();
    const { ana, channelId } = someoneIn(world());
    const create = { method: 'POST', path: /\/sessions$/ };
    const busy = devin.fail(create, { status: 429, retryAfter: 1, times: 50 });
    await slack.command(ana.userId, channelId, 'fix the busy build');
    await cardOf(slack, channelId, (text) => text.includes('Devin is busy'));
    const { message } = await slack.command(ana.userId, channelId, 'fix the busy build');
    await slack.clickButton(ana.userId, { channelId, ts: message?.ts ?? '' }, 'reply');
    await toldTo(world(), { channelId, userId: ana.userId }, en.steering.box.none);
    expect(slack.openViewOf(ana.userId)).toBeUndefined();
    busy.clear();
    const { url } = await sessionOf(devin, ana.devinUserId);
    await cardOf(slack, channelId, (text) => text.includes(url));
    await pressToOpen({ slack }, ana.userId, { on: { channelId, ts: message?.ts ?? '' }, button: 'reply' });
  });

  test.each(['a mention', 'a command'])('is offered after a mention with the words of %s', async (first) => {
    const { slack, devin } = world();
    const { ana, channelId } = someoneIn(world());
    const bot = `<@${slack.workspace.botUserId}>`;
    await (first === 'a mention'
      ? slack.speak(ana.userId, channelId, `${bot} fix the flaky test`)
      : slack.command(ana.userId, channelId, 'fix the flaky test'));
    const { url } = await sessionOf(devin, ana.devinUserId);
    await cardOf(slack, channelId, (text) => text.includes(url));
    const { ts, deliveries } = await slack.speak(ana.userId, channelId, `${bot} fix the flaky test`);
    const told = await toldTo(world(), { channelId, userId: ana.userId }, TITLE);
    expect(told.text).toContain(url);
    for (const delivery of deliveries) await slack.redeliver(delivery);
    expect(sessionsOf(ana.devinUserId)).toHaveLength(1);
    await slack.clickButton(ana.userId, { channelId, ts: told.ts }, 'start_as_task');
    const another = await devin.waitForSession((one) => one.userId === ana.devinUserId && one.url !== url);
    const card = await cardOf(slack, channelId, (text) => text.includes(another.url));
    expect(card.threadTs).toBe(ts);
    expect(sessionsOf(ana.devinUserId)).toHaveLength(2);
  });

  test('takes a reply from the same command', async () => {
    const { slack } = world();
    const { ana, channelId, session } = await startSession(world(), { text: 'fix the build' });
    const { message } = await slack.command(ana.userId, channelId, 'fix the build');
    expect(message?.text).toContain(session.url);
    await slack.clickButton(ana.userId, { channelId, ts: message?.ts ?? '' }, 'reply');
    const box = await slack.waitForView(({ userId }) => userId === ana.userId);
    expect(box.definition).toMatchObject({ callback_id: 'session_reply' });
  });

  test("doesn't keep another task, person or channel from starting one", async () => {
    const { slack, devin } = world();
    const { ana, channelId } = await startSession(world(), { text: 'fix the docs' });
    const ben = addColleague(world());
    slack.channels.get(channelId)?.members.add(ben.userId);
    const elsewhere = slack.addChannel({ name: `else-${ana.name}`, members: [ana.userId] });
    const answers = [
      await slack.command(ana.userId, channelId, 'fix the docs --acu 7'),
      await slack.command(ben.userId, channelId, 'fix the docs'),
      await slack.command(ana.userId, elsewhere, 'fix the docs'),
    ];
    expect(answers.map(({ message }) => message)).toEqual([null, null, null]);
    await sessionOf(devin, ben.devinUserId);
  });

  test('is offered before the shortcut opens a form on its message or in its thread', async () => {
    const { slack, devin } = world();
    const { ana, channelId } = someoneIn(world());
    const { ts } = await slack.speak(ana.userId, channelId, 'the login test fails');
    await slack.shortcut(ana.userId, { channelId, ts }, 'start_session');
    const form = await settledForm(slack, ana.userId);
    await slack.submit(form.id, ana.userId);
    const { id, url } = await sessionOf(devin, ana.devinUserId);
    await cardOf(slack, channelId, (text) => text.includes(url));

    await slack.shortcut(ana.userId, { channelId, ts }, 'start_session');
    const told = await slack.waitForMessage(
      channelId,
      (one) => one.ephemeralFor === ana.userId && one.text.includes(TITLE),
    );
    expect(told.text).toContain(url);
    expect(slack.openViewOf(ana.userId)).toBeUndefined();
    await slack.clickButton(ana.userId, { channelId, ts: told.ts }, 'open_form');
    expect(slack.renderText((await settledForm(slack, ana.userId)).id)).toContain('the login test fails');
    slack.closeView(slack.openViewOf(ana.userId)?.id ?? '');

    devin.advance(id, { status: 'exit' });
    await cardOf(slack, channelId, (text) => text.includes(url) && text.includes('Ended'));
    await slack.shortcut(ana.userId, { channelId, ts }, 'start_session');
    await settledForm(slack, ana.userId);
  });

  const openForm = async (ana: { userId: string }, channelId: string) => {
    const { slack } = world();
    const before = new Set(slack.views().map(({ id }) => id));
    const { message } = await slack.command(ana.userId, channelId, 'fix the report --acu nothing');
    const press = async () => {
      await slack.clickButton(ana.userId, { channelId, ts: message?.ts ?? '' }, 'open_form');
      const view = await slack.waitForView(({ id, userId }) => userId === ana.userId && !before.has(id));
      before.add(view.id);
      slack.typeIn(view.id, { 'field.prompt': 'fix the report', 'field.max_acu_limit': '5' });
      return view.id;
    };
    return { press };
  };

  test.each([
    ['one form that is open in two views', false, 'fix the other report'],
    ['two forms with the same words', true, 'fix the report'],
  ])('keeps the second of %s open, until it is sent again', async (_, opensAnother, secondTask) => {
    const { slack, devin } = world();
    const ana = addColleague(world());
    const channelId = slack.addChannel({ name: `forms-${ana.name}`, members: [ana.userId] });
    const form = await openForm(ana, channelId);
    const first = await form.press();
    const second = await (opensAnother ? await openForm(ana, channelId) : form).press();
    slack.typeIn(second, { 'field.prompt': secondTask });
    expect((await slack.submit(first, ana.userId)).kind).toBe('closed');
    expect(await errorAt(slack, slack.view(second))).toContain('You started this a minute ago');
    expect(slack.renderText(second)).toContain(secondTask);
    await sessionOf(devin, ana.devinUserId);
    expect((await slack.submit(second, ana.userId)).kind).toBe('closed');
    await devin.waitForSession(
      ({ userId, request }) =>
        userId === ana.devinUserId &&
        request.prompt === secondTask &&
        sessionsOf(ana.devinUserId).length === 2,
    );
  });
});
