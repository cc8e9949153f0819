import type { RequestListener } from 'node:http';
import { App, type ReceiverEvent } from '@slack/bolt';
import { z } from 'zod';
import { cleanJson } from '../../bounds.ts';
import { slackLogger, type Log } from '../../log.ts';
import { proxyAgent, type Proxy } from '../../network.ts';
import { inTime } from '../../time.ts';
import { createHttpReceiver, ListenerFailedError, type RefusedDelivery } from './http-receiver.ts';
import { readPayload } from './payload.ts';
import type { BotIdentity } from './slack.ts';
import { createSocketReceiver, type SocketTimes } from './socket-receiver.ts';

export type Transport = { kind: 'socket'; appToken: string } | { kind: 'http'; signingSecret: string };

export type BoltOptions = {
  transport: Transport;
  /** For the socket: `fetch` has it already. null: none. */
  proxy: Proxy | null;
  apiUrl: string | null;
  bot: () => BotIdentity;
  /** Whether a member of another workspace is also of this one. */
  isOfBoth: (userId: string, otherTeamId: string) => Promise<boolean>;
  /** HTTP only: a delivery was refused before any listener saw it. */
  onRefused: (why: RefusedDelivery) => void;
  log: Log;
  /** For tests: how soon Socket Mode retries. */
  socketTimes?: SocketTimes;
};

export type SlackReceiver = {
  init(app: App): void;
  /** Takes Slack's HTTP deliveries; null in Socket Mode. */
  slackEvents: RequestListener | null;
  /** Ready to receive: started, and the socket is open if there is one. */
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
    log: options.log,
    ...(socketTimes !== undefined && { times: socketTimes }),
  });
}

function createApp({ bot, isOfBoth, log }: BoltOptions, receiver: SlackReceiver): App {
  const app = new App({
    receiver,
    authorize: async () => bot(),
    // Otherwise Bolt keeps every conversation's state in memory and looks it up on every event.
    convoStore: false,
    logger: slackLogger(log),
    extendedErrorHandler: true,
  });
  app.error(async ({ error, body }: { error: Error; body: object }) => {
    log.error({ err: error }, 'a listener failed');
    if (isReadable(body)) throw new ListenerFailedError(error);
    return Promise.resolve();
  });
  guard(app, { bot, isOfBoth, log });
  return app;
}

/** Bolt fails at what isn't from Slack, and so do its listeners. */
function isReadable(body: object): boolean {
  const { kind } = readPayload(body);
  return kind !== 'malformed' && kind !== 'ignored';
}

function isEvent(body: object): boolean {
  return 'type' in body && body.type === 'event_callback';
}

type Delivering = Pick<BoltOptions, 'bot' | 'isOfBoth' | 'log'>;

/** What is handled at once for one person: more than anybody's own hands send, and too little to make others wait. */
const AT_ONCE = 50;

/** What Bolt doesn't do for its listeners. */
function guard(app: App, asking: Delivering): void {
  const process = app.processEvent.bind(app);
  const handling = new Map<string, number>();

  /**
   * Bolt acknowledges an event before any listener has seen it, so Slack wouldn't deliver it again. Here it is
   * acknowledged once all listeners have saved what they had to, and not at all if one of them fails.
   */
  async function handle(event: ReceiverEvent): Promise<void> {
    // Nothing from Slack may hold what can't be stored.
    const body = await inOwnWorkspace(bodySchema.parse(cleanJson(event.body)), asking);
    if (!isEvent(body)) return process({ ...event, body });
    await process({ ...event, body, ack: async () => Promise.resolve() });
    await event.ack();
  }

  app.processEvent = async (event) => {
    const sender = senderOf(event.body);
    if (sender === null) return handle(event);
    const others = handling.get(sender) ?? 0;
    if (others === AT_ONCE) throw new ListenerFailedError(new Error('one person sends too much at once'));
    handling.set(sender, others + 1);
    await handle(event).finally(() => {
      const left = (handling.get(sender) ?? 0) - 1;
      if (left > 0) handling.set(sender, left);
      else handling.delete(sender);
    });
  };
}

const senderSchema = z.looseObject({
  user_id: z.string().optional(),
  user: z.looseObject({ id: z.string() }).optional(),
  event: z.looseObject({ user: z.string().optional().catch(undefined) }).optional(),
});

/** Who sent a command or an event, or acted in a message or a view; null: nobody. */
function senderOf(body: unknown): string | null {
  const { user_id: typed, user, event } = senderSchema.safeParse(body).data ?? {};
  return typed ?? user?.id ?? event?.user ?? null;
}

const bodySchema = z.record(z.string(), z.unknown());
type Body = z.output<typeof bodySchema>;

const actorSchema = z.looseObject({ id: z.string(), team_id: z.string() });

/**
 * Makes people of this workspace act as its members in messages and views. For a person in an Enterprise organization,
 * Slack names the same workspace wherever they act. As the place, it may name another workspace, or none if the whole
 * organization has installed the app.
 * https://docs.slack.dev/enterprise-grid/organization-ready-apps, https://github.com/slackapi/bolt-js/issues/1875
 */
async function inOwnWorkspace(body: Body, { bot, isOfBoth, log }: Delivering): Promise<Body> {
  const user = actorSchema.safeParse(body['user']).data;
  if (user === undefined) return body;
  const { teamId } = bot();
  const own = { id: teamId };
  const isOwn = user.team_id === teamId || (await isAlsoOwn(user.id, user.team_id, { isOfBoth, log }));
  if (!isOwn) return { ...body, team: body['team'] ?? own };
  return { ...body, team: own, user: { ...user, team_id: teamId } };
}

/** Of the 3 s that Slack waits, most is for the database. */
const WORKSPACE_MS = 500;

async function isAlsoOwn(
  userId: string,
  otherTeamId: string,
  { isOfBoth, log }: Pick<Delivering, 'isOfBoth' | 'log'>,
): Promise<boolean> {
  const what = 'whose workspace a person is of';
  const asking = isOfBoth(userId, otherTeamId);
  const found = await inTime(asking, { withinMs: WORKSPACE_MS, otherwise: null, what, log });
  if (found === null) throw new ListenerFailedError(new Error('Slack did not say whose workspace it is'));
  return found;
}
