import { describe, expect, test } from 'vitest';
import { clientOf, plain, postAs, startHttpApp, startSlack } from './harness.ts';

describe('buttons', () => {
  const actions = {
    type: 'actions',
    block_id: 'a',
    elements: [
      { type: 'button', action_id: 'stop', text: plain('Stop'), value: 'r1' },
      { type: 'button', action_id: 'open', text: plain('Open'), url: 'https://example.com/s' },
      {
        type: 'static_select',
        action_id: 'mode',
        options: [{ text: plain('Fast'), value: 'fast' }],
      },
    ],
  };

  test('on a message reach the app with the message and can replace it', async () => {
    const slack = await startSlack();
    await startHttpApp(slack, (app) => {
      app.action('stop', async ({ ack, respond, body }) => {
        await ack();
        await respond({ text: `stopped by ${body.user.id}`, replace_original: true });
      });
      app.action('open', async ({ ack }) => ack());
      app.action('mode', async ({ ack }) => ack());
    });
    const ts = await postAs(clientOf(slack), { text: 'card', blocks: [actions] });
    const target = { channelId: 'C1', ts };
    expect((await slack.clickButton('U1', target, 'Open')).openedUrl).toBe('https://example.com/s');
    await slack.choose({ userId: 'U1', target, which: 'mode', entry: 'Fast' });
    expect(slack.deliveries.at(-1)?.payload).toMatchObject({
      container: { type: 'message', message_ts: ts, channel_id: 'C1', is_ephemeral: false },
      state: { values: { a: { mode: { selected_option: { value: 'fast' } } } } },
      actions: [{ type: 'static_select', block_id: 'a', selected_option: { value: 'fast' } }],
    });
    await slack.clickButton('U1', target, 'stop');
    await slack.waitForMessage('C1', (message) => message.text === 'stopped by U1');
    expect(slack.messages('C1')).toHaveLength(1);
    expect(slack.problems).toEqual([]);
  });

  test('on a private message send no message, and only its reader can click', async () => {
    const slack = await startSlack();
    await startHttpApp(slack, (app) => {
      app.action('stop', async ({ ack }) => ack());
    });
    const posted = await clientOf(slack).chat.postEphemeral({
      channel: 'C1',
      user: 'U1',
      text: 'psst',
      blocks: [actions],
    });
    const target = { channelId: 'C1', ts: posted.message_ts ?? '' };
    await slack.clickButton('U1', target, 'stop');
    expect(slack.deliveries.at(-1)?.payload['message']).toBeUndefined();
    await expect(slack.clickButton('U2', target, 'stop')).rejects.toThrow('sees no message');
  });
});
