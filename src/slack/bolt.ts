import type { RequestListener } from 'node:http';
import { App, type Receiver } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import { slackLogger, type Log } from '../log.ts';
import { cleanJson } from '../session/json.ts';
import { createHttpReceiver, ListenerFailedError, type RefusedDelivery } from './http-receiver.ts';
import { createSocketReceiver, type SocketTimes } from './socket-receiver.ts';
import { createTurns } from './turns.ts';

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
  apiUrl: string | null;
  bot: () => BotIdentity;
  /** HTTP only: a delivery was refused before any listener saw it. */
  onRefused: (why: RefusedDelivery) => void;
  log: Log;
  /** For tests: how soon Socket Mode retries. */
  socketTimes?: SocketTimes;
};

export type Bolt = {
  app: App;
  /** Takes Slack's HTTP deliveries; null in Socket Mode. */
  slackEvents: RequestListener | null;
  /** Ready to receive: the socket is open, or there is none. */
  connected(): boolean;
  start(): Promise<void>;
  stop(): Promise<void>;
};

export function createBolt(options: BoltOptions): Bolt {
  return options.transport.kind === 'socket'
    ? createSocketBolt(options, options.transport.appToken)
    : createHttpBolt(options, options.transport.signingSecret);
}

function createApp({ bot, apiUrl, log }: BoltOptions, receiver: Receiver): App {
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
    if (isEvent(body)) throw new ListenerFailedError(error);
    return Promise.resolve();
  });
  acknowledgeEventsLast(app);
  readableBodies(app, bot);
  takeTurns(app);
  return app;
}

function isEvent(body: object): boolean {
  return 'type' in body && body.type === 'event_callback';
}

/** Nobody waits for all that another person sends at once. */
function takeTurns(app: App): void {
  const takeTurn = createTurns();
  const process = app.processEvent.bind(app);
  app.processEvent = async (event) => {
    const who = senderOf(event.body);
    if (who === null) return process(event);
    if (!(await takeTurn(who, async () => process(event))))
      throw new ListenerFailedError(new Error('one person sends too much at once'));
  };
}

const senderSchema = z.looseObject({
  user_id: z.string().optional(),
  user: z.looseObject({ id: z.string() }).optional(),
  event: z.looseObject({ user: z.string().optional().catch(undefined) }).optional(),
});

/** Of a command, of what someone did in a message or a view, or of an event; null: nobody. */
function senderOf(body: unknown): string | null {
  const { user_id: typed, user, event } = senderSchema.safeParse(body).data ?? {};
  return typed ?? user?.id ?? event?.user ?? null;
}

/** Nothing from Slack may hold what can't be stored, and each names the workspace it is for. */
function readableBodies(app: App, bot: BoltOptions['bot']): void {
  const process = app.processEvent.bind(app);
  app.processEvent = async (event) => {
    const body = bodySchema.parse(cleanJson(event.body));
    await process({ ...event, body: hasNoWorkspace(body) ? { ...body, team: { id: bot().teamId } } : body });
  };
}

/**
 * Of an app that is installed for a whole organization: `team` is null in what people do in messages and views. Who of
 * them are of this workspace is asked as always. https://docs.slack.dev/enterprise-grid/organization-ready-apps
 */
function hasNoWorkspace({ user, team }: z.output<typeof bodySchema>): boolean {
  return user !== undefined && (team === null || team === undefined);
}

const bodySchema = z.record(z.string(), z.unknown());

/**
 * Bolt acknowledges an event before any listener has seen it, so Slack wouldn't deliver it again. Here it is
 * acknowledged once all listeners have saved what they had to, and not at all if one of them fails.
 */
function acknowledgeEventsLast(app: App): void {
  const process = app.processEvent.bind(app);
  app.processEvent = async (event) => {
    if (!isEvent(event.body)) return process(event);
    await process({ ...event, ack: async () => Promise.resolve() });
    await event.ack();
  };
}

function createHttpBolt(options: BoltOptions, signingSecret: string): Bolt {
  const receiver = createHttpReceiver({ ...options, signingSecret });
  return {
    app: createApp(options, receiver),
    slackEvents: receiver.slackEvents,
    connected: () => true,
    start: async () => Promise.resolve(),
    stop: async () => Promise.resolve(),
  };
}

function createSocketBolt(options: BoltOptions, appToken: string): Bolt {
  const { apiUrl, log, socketTimes } = options;
  const receiver = createSocketReceiver({
    appToken,
    clientOptions: { ...(apiUrl !== null && { slackApiUrl: apiUrl }) },
    // A payload that can't be read should not come again; an event that couldn't be saved, or what came too fast, may.
    isSettled: (body, error) => !isEvent(body) && !(error instanceof ListenerFailedError),
    log,
    ...(socketTimes !== undefined && { times: socketTimes }),
  });
  return {
    app: createApp(options, receiver),
    slackEvents: null,
    connected: receiver.connected,
    start: async () => {
      await receiver.start();
    },
    stop: async () => {
      await receiver.stop();
    },
  };
}
