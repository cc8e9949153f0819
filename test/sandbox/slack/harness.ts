import { App, HTTPReceiver, SocketModeReceiver, type Receiver } from '@slack/bolt';
import { LogLevel, WebAPIPlatformError, WebClient, type Logger } from '@slack/web-api';
import { onTestFinished } from 'vitest';
import { z } from 'zod';
import { createLocalSlack, type LocalSlack, type LocalSlackOptions } from '../../../sandbox/slack/index.ts';

/** These tests are about refusals and lost connections. */
const quiet: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  getLevel: () => LogLevel.ERROR,
  setLevel: () => undefined,
  setName: () => undefined,
};

export async function startSlack(options: LocalSlackOptions = {}): Promise<LocalSlack> {
  const slack = await createLocalSlack(options);
  onTestFinished(async () => slack.close());
  slack.addUser({ id: 'U1', name: 'ada', email: 'ada@example.com' });
  slack.addUser({ id: 'U2', name: 'bob' });
  slack.addChannel({ id: 'C1', name: 'general', members: ['U1', 'U2'] });
  return slack;
}

export function clientOf(
  slack: LocalSlack,
  token = slack.workspace.botToken,
  fetch = globalThis.fetch,
): WebClient {
  return new WebClient(token, {
    fetch,
    slackApiUrl: slack.apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logger: quiet,
  });
}

/** The code of Slack's refusal; 'ok' if there was none. */
export async function outcomeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'ok';
  } catch (error) {
    if (error instanceof WebAPIPlatformError) return error.data.error;
    throw error;
  }
}

/** A real Bolt app behind an HTTP receiver, connected and started. */
export async function startHttpApp(slack: LocalSlack, register: (app: App) => void): Promise<void> {
  const receiver = new HTTPReceiver({ signingSecret: slack.workspace.signingSecret, logger: quiet });
  const app = await createApp(slack, receiver);
  register(app);
  const server = await receiver.start(0);
  onTestFinished(async () => {
    await receiver.stop();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The app has no port.');
  slack.connectHttp(`http://127.0.0.1:${address.port}/slack/events`);
}

export async function startSocketApp(slack: LocalSlack, register: (app: App) => void): Promise<void> {
  const receiver = new SocketModeReceiver({
    appToken: slack.workspace.appToken,
    clientPingTimeout: 50,
    logger: quiet,
    installerOptions: { clientOptions: { slackApiUrl: slack.apiUrl } },
  });
  const app = await createApp(slack, receiver);
  register(app);
  await app.start();
  onTestFinished(async () => {
    await app.stop();
  });
}

async function createApp(slack: LocalSlack, receiver: Receiver): Promise<App> {
  const app = new App({
    deferInitialization: true,
    token: slack.workspace.botToken,
    receiver,
    convoStore: false,
    logger: quiet,
    clientOptions: { slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 } },
  });
  await app.init();
  return app;
}

/** The ts of a message posted as the bot. */
export async function postAs(
  client: WebClient,
  message: { text: string; [more: string]: unknown },
): Promise<string> {
  const { ts } = z
    .object({ ts: z.string() })
    .parse(await client.apiCall('chat.postMessage', { channel: 'C1', ...message }));
  return ts;
}

export const plain = (text: string) => ({ type: 'plain_text' as const, text });

export const input = (
  blockId: string,
  more: { optional?: boolean; initial?: string; maxLength?: number } = {},
) => ({
  type: 'input' as const,
  block_id: blockId,
  optional: more.optional ?? false,
  label: plain(`Label of ${blockId}`),
  element: {
    type: 'plain_text_input' as const,
    action_id: 'value',
    ...(more.initial !== undefined && { initial_value: more.initial }),
    ...(more.maxLength !== undefined && { max_length: more.maxLength }),
  },
});

export const modal = (blocks: (ReturnType<typeof input> | object)[], title = 'Form') => ({
  type: 'modal' as const,
  callback_id: 'form',
  title: plain(title),
  submit: plain('Start'),
  blocks: blocks.map((block) => ({ type: 'divider', ...block })),
});
