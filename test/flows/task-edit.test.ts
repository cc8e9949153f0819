import { expect, test } from 'vitest';
import { toldTo } from '../support/asking.ts';
import { cardOf, noticesTo, sessionOf, sessionsAs, settledForm } from '../support/look.ts';
import { addColleague } from '../support/people.ts';
import { describeEmbedded } from '../support/worlds.ts';

describeEmbedded('an edit of the message that asked for a session', (world) => {
  const ask = async (words: string) => {
    const { slack, devin } = world();
    const ana = addColleague(world());
    const channelId = slack.addChannel({ name: `edits-${ana.name}`, members: [ana.userId] });
    const bot = `<@${slack.workspace.botUserId}>`;
    const { ts } = await slack.speak(ana.userId, channelId, words.replace('%s', bot));
    const edit = async (text: string) =>
      slack.editMessage(ana.userId, { channelId, ts }, text.replace('%s', bot));
    const started = async () => {
      const session = await sessionOf(devin, ana.devinUserId);
      await cardOf(slack, channelId, (text) => text.includes(session.url));
      return session.id;
    };
    const heard = (id: string) =>
      devin
        .session(id)
        .messages.slice(1)
        .map(({ message }) => message);
    const remove = async () =>
      slack.deliverEvent({
        type: 'message',
        subtype: 'message_deleted',
        hidden: true,
        channel: channelId,
        deleted_ts: ts,
        previous_message: { type: 'message', user: ana.userId, text: words, ts },
      });
    return { ana, channelId, ts, edit, remove, started, heard };
  };

  test('reaches Devin once, without options, and again when it is changed once more', async () => {
    const { edit, started, heard } = await ask('%s fix the login test');
    const id = await started();
    await edit('%s fix the login test --acu 5');
    await edit('%s fix the logout test --acu 5');
    await expect.poll(() => heard(id)).toHaveLength(1);
    await edit('%s fix the logout test, and the docs');
    await expect
      .poll(() => heard(id))
      .toEqual([
        'Correction of my earlier message: fix the logout test',
        'Correction of my earlier message: fix the logout test, and the docs',
      ]);
  });

  test.each([
    ['adds an option', '%s fix the login test --repo acme/web --acu 5'],
    ['removes an option', '%s fix the login test'],
    ['has an unknown option', '%s fix the login test --repo acme/web --rebo acme/api'],
  ])("that %s doesn't reach Devin, and its author is told once", async (_what, words) => {
    const { slack } = world();
    const { ana, channelId, edit, started, heard } = await ask('%s fix the login test --repo acme/web');
    const id = await started();
    await edit('%s fix the login test  --repo acme/web');
    expect(noticesTo(slack, channelId, ana.userId)).toEqual([]);
    await edit(words);
    await toldTo(
      world(),
      { channelId, userId: ana.userId },
      "Editing the message doesn't change a session's options",
    );
    await edit(`${words} --tag later`);
    expect(noticesTo(slack, channelId, ana.userId)).toHaveLength(1);
    expect(heard(id)).toEqual([]);
  });

  test('reaches Devin if the session was started from it with the shortcut', async () => {
    const { slack } = world();
    const { ana, channelId, ts, edit, started, heard } = await ask('the login test fails');
    await slack.shortcut(ana.userId, { channelId, ts }, 'start_session');
    const form = await settledForm(slack, ana.userId);
    slack.typeIn(form.id, { 'field.prompt': 'fix this' });
    await slack.submit(form.id, ana.userId);
    const id = await started();
    await edit('(aside) the login test fails');
    await edit('the logout test fails with --acu 5');
    await expect
      .poll(() => heard(id))
      .toEqual(['Correction of my earlier message: the logout test fails with --acu 5']);
    expect(noticesTo(slack, channelId, ana.userId)).toEqual([]);
  });

  test('reaches Devin if the session was started from what its author was asked', async () => {
    const { slack } = world();
    const { ana, channelId, edit, started, heard } = await ask('could %s fix the login test');
    const { ts } = await toldTo(world(), { channelId, userId: ana.userId }, 'with your message?');
    await slack.clickButton(ana.userId, { channelId, ts }, 'start_as_task');
    const id = await started();
    await edit('could %s fix the logout test');
    await expect
      .poll(() => heard(id))
      .toEqual(['Correction of my earlier message: could fix the logout test']);
  });

  test('reaches its own session if another one started in the thread', async () => {
    const { slack, devin } = world();
    const { ana, channelId, ts, edit, started, heard } = await ask('%s fix the login test');
    const id = await started();
    await slack.speak(ana.userId, channelId, '!new write the docs', { threadTs: ts });
    const other = await devin.waitForSession(({ request }) => request.prompt.startsWith('write the docs'));
    await cardOf(slack, channelId, (text) => text.includes(other.url));
    await edit('%s fix the logout test');
    await expect.poll(() => heard(id)).toEqual(['Correction of my earlier message: fix the logout test']);
    expect(heard(other.id)).toEqual([]);
  });

  test('stays here if the person kept the message from Devin', async () => {
    const { slack } = world();
    const { ana, channelId, ts, edit, started, heard } = await ask('the login test fails, ask Ben');
    await slack.shortcut(ana.userId, { channelId, ts }, 'start_session');
    const form = await settledForm(slack, ana.userId);
    await slack.clickButton(ana.userId, { viewId: form.id }, 'review_context');
    const review = await slack.waitForView(({ definition }) =>
      JSON.stringify(definition).includes(`message ${ts}`),
    );
    slack.typeIn(review.id, { 'review.0': [] });
    await slack.submit(review.id, ana.userId);
    slack.typeIn(form.id, { 'field.prompt': 'fix the login test' });
    await slack.submit(form.id, ana.userId);
    const id = await started();
    await edit('the login test fails, ask Eve');
    await slack.speak(ana.userId, channelId, 'and the docs', { threadTs: ts });
    await expect.poll(() => heard(id)).toEqual(['and the docs']);
  });

  test("isn't mentioned again once Devin has it, if Slack sends the message again", async () => {
    const { slack, devin } = world();
    const { ana, channelId, edit, started, heard } = await ask('%s fix the login test');
    const id = await started();
    const deliveries = await edit('%s fix the logout test');
    await expect.poll(() => heard(id)).toHaveLength(1);
    devin.advance(id, { status: 'suspended', statusDetail: 'inactivity' });
    await cardOf(slack, channelId, (text) => text.includes('Asleep'));
    for (const delivery of deliveries) await slack.redeliver(delivery);
    expect(noticesTo(slack, channelId, ana.userId)).toEqual([]);
    expect(heard(id)).toHaveLength(1);
  });

  test('wakes no session at rest, and its author is told once', async () => {
    const { slack, devin } = world();
    const { ana, channelId, edit, started, heard } = await ask('%s fix the login test');
    const id = await started();
    devin.advance(id, { status: 'suspended', statusDetail: 'inactivity' });
    await cardOf(slack, channelId, (text) => text.includes('Asleep'));
    await edit('%s fix the login tests');
    await toldTo(world(), { channelId, userId: ana.userId }, 'your edit stays here');
    await edit('%s fix all login tests');
    expect(noticesTo(slack, channelId, ana.userId)).toHaveLength(1);
    expect(heard(id)).toEqual([]);
  });

  test('of a reply that Devin had before it came to rest wakes it no more than one of the task', async () => {
    const { slack, devin } = world();
    const { ana, channelId, ts: threadTs, started, heard } = await ask('%s fix the login test');
    const id = await started();
    const { ts } = await slack.speak(ana.userId, channelId, 'use main', { threadTs });
    const edit = async (text: string) => slack.editMessage(ana.userId, { channelId, ts }, text);
    await expect.poll(() => heard(id)).toHaveLength(1);
    await edit('use the main branch');
    await expect.poll(() => heard(id)).toHaveLength(2);
    devin.advance(id, { status: 'suspended', statusDetail: 'inactivity' });
    await cardOf(slack, channelId, (text) => text.includes('Asleep'));
    await edit('use the release branch');
    await toldTo(world(), { channelId, userId: ana.userId }, 'your edit stays here');
    const bot = `<@${slack.workspace.botUserId}>`;
    await slack.speak(ana.userId, channelId, `${bot} use release`, { threadTs });
    await expect
      .poll(() => heard(id))
      .toEqual(['use main', 'Correction of my earlier message: use the main branch', 'use release']);
  });

  test('says nothing if the session was not started', async () => {
    const { slack, devin } = world();
    devin.fail({ method: 'POST', path: /\/sessions$/ }, { status: 422, times: 1 });
    const { ana, channelId, edit } = await ask('%s fix the wrong test');
    await cardOf(slack, channelId, (text) => text.includes('Not started'));
    await toldTo(world(), { channelId, userId: ana.userId }, 'Devin refused it');
    const before = noticesTo(slack, channelId, ana.userId);
    await edit('%s fix the right test');
    expect(noticesTo(slack, channelId, ana.userId)).toEqual(before);
  });

  test.each([
    ['of its task', '%s fix the slow tests'],
    ['of only its options', '%s fix the slow test --acu 5'],
    ['to words for people', '(aside) fix the slow test'],
  ])("%s doesn't reach Devin before the session has started, and its author is told", async (_, words) => {
    const { slack, devin } = world();
    const busy = devin.fail(
      { method: 'POST', path: /\/sessions$/ },
      { status: 429, retryAfter: 1, times: 50 },
    );
    const { ana, channelId, edit, started, heard } = await ask('%s fix the slow test');
    await cardOf(slack, channelId, (text) => text.includes('Devin is busy'));
    await edit(words);
    await toldTo(world(), { channelId, userId: ana.userId }, 'Devin gets the task as you first sent it');
    busy.clear();
    expect(heard(await started())).toEqual([]);
  });

  test('cancels it before the session has started, if it is deleted, and its author is told once', async () => {
    const { slack, devin } = world();
    const busy = devin.fail(
      { method: 'POST', path: /\/sessions$/ },
      { status: 429, retryAfter: 1, times: Infinity },
    );
    const { ana, channelId, remove } = await ask('%s delete the old tests');
    await cardOf(slack, channelId, (text) => text.includes('Devin is busy'));
    const deletion = await remove();
    const told = await toldTo(world(), { channelId, userId: ana.userId }, 'Your message was deleted before');
    expect(slack.renderText(told)).toMatch(/Nothing was started[^]*delete the old tests[^]*Open in a form/);
    await cardOf(slack, channelId, (text) => text.includes('Canceled by'));
    busy.clear();
    await slack.redeliver(deletion);
    await slack.clickButton(ana.userId, { channelId, ts: told.ts }, 'open_form');
    const form = await settledForm(slack, ana.userId);
    await slack.submit(form.id, ana.userId);
    await sessionOf(devin, ana.devinUserId);
    expect(noticesTo(slack, channelId, ana.userId).filter(({ ts }) => ts !== told.ts)).toEqual([]);
    expect(sessionsAs(devin, ana.devinUserId)).toHaveLength(1);
  });

  test('stops nothing once the session has started, if it is deleted', async () => {
    const { slack, devin } = world();
    const { ana, channelId, ts: threadTs, remove, started, heard } = await ask('%s delete the old tests');
    const id = await started();
    await remove();
    await slack.speak(ana.userId, channelId, 'and the docs', { threadTs });
    await expect.poll(() => heard(id)).toEqual(['and the docs']);
    expect(devin.session(id).status).not.toBe('exit');
    expect(noticesTo(slack, channelId, ana.userId)).toEqual([]);
  });
});
