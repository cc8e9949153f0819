import { createServer } from 'node:http';
import { App, HTTPReceiver } from '@slack/bolt';
import { listen } from '../sandbox/loopback.ts';

/** The yardstick: a Bolt app that acknowledges the command and does nothing else. */
const receiver = new HTTPReceiver({ signingSecret: process.env['SLACK_SIGNING_SECRET'] ?? '' });
const app = new App({
  receiver,
  convoStore: false,
  authorize: async () => Promise.resolve({ botToken: 'xoxb-bare', botId: 'B1', botUserId: 'U1' }),
});
app.command('/devin', async ({ ack }) => ack());

const { port } = await listen(createServer(receiver.requestListener));
process.stdout.write(`${JSON.stringify({ msg: 'ready', port })}\n`);
