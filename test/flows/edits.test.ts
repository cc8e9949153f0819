import { describe, expect, test } from 'vitest';
import { toldTo } from '../support/asking.ts';
import { cardOf, noticesTo, sessionOf, sessionsAs } from '../support/look.ts';
import { addColleague, someoneIn } from '../support/people.ts';
import { QUICK_THREADS } from '../support/quick.ts';
import { useWorld } from '../support/worlds.ts';

describe('an edit of the message that asked for a session', () => {
  const world = useWorld(QUICK_THREADS);
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
    const { slack } = world();
    const { ana, channelId, ts: threadTs, edit, started, heard } = await ask('%s fix the login test');
    const id = await started();
    await edit('%s fix the login test --acu 5');
    await edit('%s fix the logout test --acu 5');
    await expect.poll(() => heard(id)).toHaveLength(1);
    for (const delivery of await edit('%s fix the login test')) await slack.redeliver(delivery);
    await slack.speak(ana.userId, channelId, 'and the docs', { threadTs });
    await expect
      .poll(() => heard(id))
      .toEqual([
        'Correction of my earlier message: fix the logout test',
        'Correction of my earlier message: fix the login test',
        'and the docs',
      ]);
    expect(noticesTo(slack, channelId, ana.userId)).toEqual([]);
  });

  test('reaches Devin if the session was started from what its author was asked', async () => {
    const { slack } = world();
    const { ana, channelId, edit, started, heard } = await ask('could %s fix the login test');
    const { ts } = await toldTo(
      world(),
      { channelId, userId: ana.userId },
      'Start a Devin session with this?',
    );
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

  test('wakes no session at rest, whether of the task or of a reply', async () => {
    const { slack, devin } = world();
    const {
      ana,
      channelId,
      ts: threadTs,
      edit: editTask,
      started,
      heard,
    } = await ask('%s fix the login test');
    const id = await started();
    const { ts } = await slack.speak(ana.userId, channelId, 'use main', { threadTs });
    const edit = async (text: string) => slack.editMessage(ana.userId, { channelId, ts }, text);
    await expect.poll(() => heard(id)).toHaveLength(1);
    await edit('use the main branch');
    await expect.poll(() => heard(id)).toHaveLength(2);
    devin.advance(id, { status: 'suspended', statusDetail: 'inactivity' });
    await cardOf(slack, channelId, (text) => text.includes('Asleep'));
    await edit('use the release branch');
    await editTask('%s fix all login tests');
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

  test('reaches Devin after the task if the session has not started', async () => {
    const { slack, devin } = world();
    const busy = devin.fail(
      { method: 'POST', path: /\/sessions$/ },
      { status: 429, retryAfter: 1, times: 50 },
    );
    const { channelId, edit, started, heard } = await ask('%s fix the slow test');
    await cardOf(slack, channelId, (text) => text.includes('Devin is busy'));
    await edit('%s fix the slow tests');
    await edit('%s fix all slow tests');
    busy.clear();
    const id = await started();
    await expect.poll(() => heard(id)).toEqual(['Correction of my earlier message: fix all slow tests']);
  });

  test('cancels it before the session has started, if it is deleted', async () => {
    const { slack, devin } = world();
    const busy = devin.fail(
      { method: 'POST', path: /\/sessions$/ },
      { status: 429, retryAfter: 1, times: Infinity },
    );
    const { ana, channelId, remove } = await ask('%s delete the old tests');
    await cardOf(slack, channelId, (text) => text.includes('Devin is busy'));
    const deletion = await remove();
    await cardOf(slack, channelId, (text) => text.includes('Canceled by'));
    busy.clear();
    await slack.redeliver(deletion);
    expect(noticesTo(slack, channelId, ana.userId)).toEqual([]);
    expect(sessionsAs(devin, ana.devinUserId)).toHaveLength(0);
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

describe('a message that may wake Devin', () => {
  const world = useWorld(QUICK_THREADS);

  test('is sent to Devin as it was edited', async () => {
    const { slack, devin } = world();
    const { ana } = someoneIn(world());
    const channelId = slack.directMessages(ana.userId);
    await slack.speak(ana.userId, channelId, 'fix the login test');
    const { id } = await sessionOf(devin, ana.devinUserId);
    devin.advance(id, { status: 'suspended', statusDetail: 'inactivity' });
    const card = await cardOf(slack, channelId, (text) => text.includes('Asleep'));
    const { ts } = await slack.speak(ana.userId, channelId, 'use main', { threadTs: card.threadTs ?? '' });
    const asked = await slack.waitForMessage(channelId, ({ text }) => text.includes('Devin is at rest'));
    await slack.editMessage(ana.userId, { channelId, ts }, 'use release');
    await slack.clickButton(ana.userId, { channelId, ts: asked.ts }, 'send_again');
    await devin.waitForSession((one) => one.id === id && one.messages.at(-1)?.message === 'use release');
    expect(sessionsAs(devin, ana.devinUserId)).toHaveLength(1);
  });
});
