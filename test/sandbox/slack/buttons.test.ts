import { describe, expect, test } from 'vitest';
import { clientOf, plain, startHttpApp, startSlack } from './harness.ts';

describe('buttons', () => {
  const stop = { type: 'button', action_id: 'stop', text: plain('Stop'), value: 'r1' };
  const actions = { type: 'actions', elements: [stop] };

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
