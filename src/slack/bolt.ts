import type { RequestListener } from 'node:http';
import { App } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import { slackLogger, type Log } from '../log.ts';
import { proxyAgent, type Proxy } from '../network.ts';
import { guard, type IsOfBoth, type Turns } from './guard.ts';
import { createHttpReceiver, ListenerFailedError, type RefusedDelivery } from './http-receiver.ts';
import { readPayload } from './payload.ts';
import { createSocketReceiver, type SocketTimes } from './socket-receiver.ts';

export type Transport = { kind: 'socket'; appToken: string } | { kind: 'http'; signingSecret: string };

/** Who the app is in its workspace, from `auth.test`. */
export type BotIdentity = {
  botToken: string;
  botId: string;
  botUserId: string;
  teamId: string;
  /** Such as `https://acme.slack.com/`; null: Slack didn't say. */
  workspaceUrl: string | null;
};

/** Whose the token is, and its scopes; null: not a bot's. https://docs.slack.dev/reference/methods/auth.test */
export async function identifyBot(client: WebClient): Promise<Identified | null> {
  const answer = await client.auth.test();
  const { bot_id: botId, user_id: botUserId, team_id: teamId, url } = answer;
  if (!botId || !botUserId || !teamId) return null;
  return {
    botId,
    botUserId,
    teamId,
    workspaceUrl: url ?? null,
    scopes: answer.response_metadata?.scopes ?? null,
  };
}

/** `scopes` null: Slack didn't say. */
type Identified = Omit<BotIdentity, 'botToken'> & { scopes: string[] | null };

export type BoltOptions = {
  transport: Transport;
  /** For the socket: `fetch` has it already. null: none. */
  proxy: Proxy | null;
  apiUrl: string | null;
  bot: () => BotIdentity;
  isOfBoth: IsOfBoth;
  /** HTTP only: a delivery was refused before any listener saw it. */
  onRefused: (why: RefusedDelivery) => void;
  log: Log;
  /** For tests: how soon Socket Mode retries, and how many deliveries of a person are handled at a time. */
  socketTimes?: SocketTimes;
  turns?: Turns;
};

/** Takes what Slack sends. */
export type SlackReceiver = {
  init(app: App): void;
  /** Takes Slack's HTTP deliveries; null in Socket Mode. */
  slackEvents: RequestListener | null;
  /** Ready to receive: the socket is open, or there is none. */
  connected(): boolean;
  start(): Promise<void>;
  stop(): Promise<void>;
};

export type Bolt = Omit<SlackReceiver, 'init'> & { app: App };

export function createBolt(options: BoltOptions): Bolt {
  const receiver = createReceiver(options);
  return { ...receiver, app: createApp(options, receiver) };
}

function createReceiver({ transport, proxy, apiUrl, socketTimes, ...options }: BoltOptions): SlackReceiver {
  if (transport.kind === 'http') return createHttpReceiver({ ...options, ...transport });
  return createSocketReceiver({
    appToken: transport.appToken,
    clientOptions: { ...(apiUrl !== null && { slackApiUrl: apiUrl }) },
    dispatcher: proxyAgent(proxy),
    // A payload that can't be read should not come again; what couldn't be saved, or came too fast, may.
    isSettled: (error) => !(error instanceof ListenerFailedError),
    log: options.log,
    ...(socketTimes !== undefined && { times: socketTimes }),
  });
}

function createApp({ bot, isOfBoth, apiUrl, turns, log }: BoltOptions, receiver: SlackReceiver): App {
  const app = new App({
    receiver,
    authorize: async () => bot(),
    // Otherwise Bolt keeps every conversation's state in memory and looks it up on every event.
    convoStore: false,
    logger: slackLogger(log),
    clientOptions: { ...(apiUrl !== null && { slackApiUrl: apiUrl }), retryConfig: { retries: 1 } },
    extendedErrorHandler: true,
  });
  app.error(async ({ error, body }: { error: Error; body: object }) => {
    log.error({ err: error }, 'a listener failed');
    if (isReadable(body)) throw new ListenerFailedError(error);
    return Promise.resolve();
  });
  guard(app, { bot, isOfBoth, turns, log });
  return app;
}

/** Bolt fails at what isn't from Slack, and so do its listeners. */
function isReadable(body: object): boolean {
  const { kind } = readPayload(body);
  return kind !== 'malformed' && kind !== 'ignored';
}
