import { createServer } from 'node:http';
import { once } from 'node:events';
import { App, HTTPReceiver } from '@slack/bolt';

/** The yardstick: a Bolt app that acknowledges the command and does nothing else. */
const receiver = new HTTPReceiver({ signingSecret: process.env['SLACK_SIGNING_SECRET'] ?? '' });
const app = new App({
  receiver,
  convoStore: false,
  authorize: async () => Promise.resolve({ botToken: 'xoxb-bare', botId: 'B1', botUserId: 'U1' }),
});
app.command('/devin', async ({ ack }) => ack());

const server = createServer(receiver.requestListener).listen(0, '127.0.0.1');
await once(server, 'listening');
const address = server.address();
const port = typeof address === 'object' && address !== null ? address.port : 0;
process.stdout.write(`${JSON.stringify({ msg: 'ready', port })}\n`);
