import { describe, expect, test } from 'vitest';
import { startHttpApp } from '../slack/harness.ts';
import { act, post, refusalOf, startPage, stateOf } from './harness.ts';

const refused = async (url: string, body: unknown) => refusalOf(await post(url, body));

describe('a person', () => {
  test('sends the app a command', async () => {
    const { url, slack } = await startPage();
    const heard: string[] = [];
    await startHttpApp(slack, (app) => {
      app.command('/devin', async ({ ack, command }) => {
        heard.push(`${command.user_name}: ${command.text}`);
        await ack();
      });
    });
    const result = await act(url, { do: 'command', channelId: 'C1', name: '/devin', text: 'fix it' });
    expect(result.failure).toBeNull();
    expect(heard).toEqual(['ada: fix it']);
  });

  test("is told that the app didn't answer", async () => {
    const { url } = await startPage();
    const result = await act(url, { do: 'command', channelId: 'C1', name: '/devin', text: 'fix it' });
    expect(result.failure).toBe('dispatch_failed');
  });

  test('writes names and addresses, which Slack turns into tokens outside of code', async () => {
    const { url, slack } = await startPage();
    const text = '@bob see #general & (https://x.example/a?b=1&c), not `@bob`';
    await act(url, { do: 'say', channelId: 'C1', text });
    expect(slack.messages('C1').at(-1)?.text).toBe(
      '<@U2> see <#C1|general> &amp; (<https://x.example/a?b=1&amp;c>), not `@bob`',
    );
  });

  test('replies in a thread', async () => {
    const { url, slack } = await startPage();
    const threadTs = slack.say('U2', 'C1', 'broken');
    await act(url, { do: 'say', channelId: 'C1', text: 'where?', threadTs });
    expect(slack.messages('C1').at(-1)).toMatchObject({ text: 'where?', threadTs, userId: 'U1' });
  });

  test('sends a file, which the page can show', async () => {
    const { url, slack } = await startPage();
    const content = Buffer.from('ERROR at 12:00');
    const upload = { name: 'app.log', mimetype: 'text/plain', contentBase64: content.toString('base64') };
    const { fileId } = await act(url, { do: 'upload', ...upload });
    await act(url, { do: 'say', channelId: 'C1', text: '', fileIds: [fileId] });
    const { files } = await stateOf(url);
    const shown = files[fileId ?? ''];
    expect(shown).toMatchObject({ name: 'app.log', size: content.byteLength });
    const response = await fetch(url + shown?.url);
    expect(await response.text()).toBe('ERROR at 12:00');
    expect(response.headers.get('content-disposition')).toContain('attachment');
    expect(slack.calls).toEqual([]);
  });

  test('edits, deletes and reacts', async () => {
    const { url, slack } = await startPage();
    await act(url, { do: 'say', channelId: 'C1', text: 'use main' });
    const on = { channelId: 'C1', ts: slack.messages('C1').at(-1)?.ts };
    await act(url, { do: 'edit', ...on, text: 'use release, @bob' });
    await act(url, { do: 'react', ...on, as: 'U2', emoji: 'eyes' });
    expect(slack.messages('C1').at(-1)).toMatchObject({ text: 'use release, <@U2>' });
    expect((await stateOf(url)).channels[0]?.messages.at(-1)).toMatchObject({
      edited: true,
      reactions: [{ name: 'eyes', userIds: ['U2'] }],
    });
    await act(url, { do: 'unreact', ...on, as: 'U2', emoji: 'eyes' });
    expect(slack.messages('C1').at(-1)?.reactions.size).toBe(0);
    expect(await refused(url, { as: 'U2', do: 'delete', ...on })).toMatchObject({ status: 400 });
    expect(await refused(url, { as: 'U1', do: 'edit', ...on, text: ' ' })).toMatchObject({ status: 400 });
    await act(url, { do: 'delete', ...on });
    expect(slack.messages('C1')).toEqual([]);
  });

  test('brings the app into a channel', async () => {
    const { url, slack } = await startPage();
    slack.addChannel({ id: 'C2', name: 'quiet', members: ['U1'], botIsMember: false });
    await act(url, { do: 'invite', channelId: 'C2' });
    expect(slack.channels.get('C2')?.members.has(slack.workspace.botUserId)).toBe(true);
  });

  test('opens the conversation with the app, and the app gets the event', async () => {
    const { url, slack } = await startPage();
    const opened: string[] = [];
    await startHttpApp(slack, (app) => {
      app.event('app_home_opened', async ({ event }) => {
        opened.push(`${event.user} ${event.tab}`);
      });
    });
    const { channelId } = await act(url, { do: 'open-home', tab: 'home' });
    expect(slack.channels.get(channelId ?? '')?.kind).toBe('im');
    await act(url, { do: 'open-home', tab: 'messages' });
    expect(opened).toEqual(['U1 home', 'U1 messages']);
  });

  test("can't write in a channel they aren't in", async () => {
    const { url, slack } = await startPage();
    slack.addChannel({ id: 'C2', name: 'secret', members: ['U2'] });
    expect(await refused(url, { as: 'U1', do: 'say', channelId: 'C2', text: 'hi' })).toEqual({
      status: 403,
      problem: 'U1 is not in #secret.',
    });
  });

  test("of another organization can't use the command", async () => {
    const { url, slack } = await startPage();
    slack.addUser({ id: 'U5', name: 'eli', teamId: 'T0OTHER' });
    slack.addChannel({ id: 'C2', name: 'shared', members: ['U1', 'U5'], isExternal: true });
    const command = { as: 'U5', do: 'command', channelId: 'C2', name: '/devin', text: 'x' };
    const { problem } = await refused(url, command);
    expect(problem).toBe('Slack offers no commands or shortcuts to eli, who is not of this workspace.');
  });

  test.each([
    ['nobody', { as: 'U9', do: 'open-home', tab: 'home' }, 'Nobody here can act as "U9".'],
    [
      'the app itself',
      { as: 'U0DEVINBOT', do: 'open-home', tab: 'home' },
      'Nobody here can act as "U0DEVINBOT".',
    ],
    ['no channel', { as: 'U1', do: 'say', channelId: 'C9', text: 'hi' }, 'There is no channel "C9".'],
    ['nothing said', { as: 'U1', do: 'say', channelId: 'C1', text: ' ' }, 'There is nothing to send.'],
    ['a part missing', { as: 'U1', do: 'say', channelId: 'C1' }, 'text: Invalid input: expected string'],
    ['an unknown act', { as: 'U1', do: 'dance' }, "do: Invalid discriminator value. Expected 'command'"],
  ])('gets an error sentence: %s', async (_what, body, problem) => {
    const { url } = await startPage();
    const refusal = await refused(url, body);
    expect(refusal.problem).toContain(problem);
  });
});

const form = {
  type: 'modal' as const,
  callback_id: 'form',
  title: { type: 'plain_text' as const, text: 'A form' },
  submit: { type: 'plain_text' as const, text: 'Go' },
  blocks: [
    {
      type: 'input' as const,
      block_id: 'task',
      label: { type: 'plain_text' as const, text: 'Task' },
      element: { type: 'plain_text_input' as const, action_id: 'value' },
    },
    {
      type: 'input' as const,
      block_id: 'repo',
      optional: true,
      label: { type: 'plain_text' as const, text: 'Repository' },
      element: { type: 'external_select' as const, action_id: 'lookup', min_query_length: 0 },
    },
  ],
};

/** A page with ada's form open. */
async function openForm() {
  const page = await startPage();
  const { url, slack } = page;
  const ts = slack.say('U2', 'C1', 'broken');
  const submitted: unknown[] = [];
  await startHttpApp(slack, (app) => {
    app.shortcut('open', async ({ ack, client, body }) => {
      await ack();
      await client.views.open({ trigger_id: body.trigger_id, view: form });
    });
    app.options('lookup', async ({ ack, payload }) => {
      const text = { type: 'plain_text' as const, text: `acme/${payload.value}` };
      await ack({ options: [{ text, value: text.text }] });
    });
    app.view('form', async ({ ack, view }) => {
      const { values } = view.state;
      submitted.push(values['task']?.['value']?.value, values['repo']?.['lookup']?.selected_option?.value);
      return ack();
    });
  });
  await act(url, { do: 'shortcut', channelId: 'C1', ts, callbackId: 'open' });
  const { id: viewId } = await slack.waitForView(({ userId }) => userId === 'U1');
  return { ...page, viewId, submitted };
}

describe('a modal', () => {
  test('opens from a message, is filled in and submitted', async () => {
    const { url, viewId, submitted } = await openForm();
    const { options } = await act(url, { do: 'suggest', viewId, blockId: 'repo', typed: 'web' });
    expect(options.map(({ value }) => value)).toEqual(['acme/web']);
    await act(url, { do: 'type', viewId, entries: { task: 'fix it', repo: 'acme/web' } });
    const { outcome } = await act(url, { do: 'submit', viewId });
    expect(outcome).toBe('closed');
    expect(submitted).toEqual(['fix it', 'acme/web']);
    expect((await stateOf(url)).views).toEqual([]);
  });

  test('belongs to nobody else', async () => {
    const { url, viewId } = await openForm();
    const refusal = await refused(url, { as: 'U2', do: 'submit', viewId });
    expect(refusal).toEqual({ status: 403, problem: `U2 does not have the view ${viewId} open.` });
  });
});

describe('a button', () => {
  test('reaches the app, and returns its link', async () => {
    const { url, slack } = await startPage();
    const pressed: string[] = [];
    await startHttpApp(slack, (app) => {
      app.action('open', async ({ ack, body }) => {
        pressed.push(body.user.id);
        await ack();
      });
    });
    const text = { type: 'plain_text', text: 'Open' };
    const elements = [{ type: 'button', action_id: 'open', text, url: 'https://x.example/1' }];
    const ts = slack.say('U2', 'C1', 'x', { blocks: [{ type: 'actions', elements }] });
    const target = { channelId: 'C1', ts };
    const result = await act(url, { as: 'U2', do: 'click', target, which: 'open' });
    expect(result).toMatchObject({ failure: null, openedUrl: 'https://x.example/1' });
    expect(pressed).toEqual(['U2']);
  });

  test("that doesn't exist is refused", async () => {
    const { url, slack } = await startPage();
    const ts = slack.say('U2', 'C1', 'x');
    const target = { channelId: 'C1', ts };
    expect(await refused(url, { as: 'U1', do: 'click', target, which: 'open' })).toEqual({
      status: 400,
      problem: 'There is nothing called "open" to click on.',
    });
  });
});
