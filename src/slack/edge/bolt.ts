import type { IncomingMessage, ServerResponse } from 'node:http';
import { App } from '@slack/bolt';
import { z } from 'zod';
import { cleanJson } from '../../bounds.ts';
import { slackLogger, type Log } from '../../log.ts';
import type { Proxy } from '../../network.ts';
import { inTime } from '../../time.ts';
import { createHttpReceiver, type RefusedDelivery } from './http-receiver.ts';
import { bodySchema, readPayload, type Body } from './payload.ts';
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
  /** Takes Slack's HTTP deliveries; null in Socket Mode. */
  slackEvents: ((request: IncomingMessage, response: ServerResponse) => Promise<void>) | null;
  /** Ready to receive: started, and the socket is open if there is one. */
  connected(): boolean;
  start(): Promise<void>;
  stop(): Promise<void>;
};

type Delivery = {
  body: unknown;
  /** 0: the first time. */
  retryNum: number;
  answer: (content?: unknown) => Promise<void>;
};

/**
 * Lets listeners handle a delivery. Returns why it got no answer; null: it got one. `failed`: it couldn't be handled now.
 * Slack sends an event again, and shows people that anything else failed. `unknown`: no listener is for it.
 */
export type Deliver = (delivery: Delivery) => Promise<'failed' | 'malformed' | 'unknown' | null>;

export type Bolt = SlackReceiver & { app: App; deliver: Deliver };

export function createBolt(options: BoltOptions): Bolt {
  const app = createApp(options);
  const deliver = createDeliver(app, options);
  return { app, deliver, ...createReceiver(options, deliver) };
}

function createReceiver({ transport, ...options }: BoltOptions, deliver: Deliver): SlackReceiver {
  return transport.kind === 'http'
    ? createHttpReceiver({ ...options, ...transport, deliver })
    : createSocketReceiver({ ...options, ...transport, deliver });
}

class ListenerFailedError extends Error {
  readonly code = 'listener-failed';

  constructor(cause: Error) {
    super(cause.message, { cause });
    this.name = 'ListenerFailedError';
  }
}

async function nothing(): Promise<void> {
  return Promise.resolve();
}

function createApp({ bot, log }: BoltOptions): App {
  const app = new App({
    // Deliveries come from a receiver of this app's own.
    receiver: { init: () => undefined, start: nothing, stop: nothing },
    authorize: async () => bot(),
    // Otherwise Bolt keeps every conversation's state in memory and looks it up on every event.
    convoStore: false,
    logger: slackLogger(log),
    extendedErrorHandler: true,
  });
  app.error(async ({ error, body }: { error: Error; body: object }) =>
    Promise.reject(isReadable(body) ? new ListenerFailedError(error) : error),
  );
  return app;
}

/** Bolt fails at what isn't from Slack, and so do its listeners. */
function isReadable(body: object): boolean {
  const { kind } = readPayload(body);
  return kind !== 'malformed' && kind !== 'ignored';
}

/** What is handled at once for one person: more than anybody's own hands send, and too little to make others wait. */
const AT_ONCE = 50;
const SLACK_WAITS_MS = 3000;

/** What Bolt doesn't do for its listeners. */
function createDeliver(app: App, options: BoltOptions): Deliver {
  const { log } = options;
  const handling = new Map<string, number>();

  /**
   * Bolt acknowledges an event before any listener has seen it, so Slack wouldn't deliver it again. Here it is
   * acknowledged once all listeners have saved what they had to, and not at all if one of them fails.
   */
  async function handle({ body: given, retryNum, answer }: Delivery): Promise<void> {
    // Nothing from Slack may hold what can't be stored.
    const body = await inOwnWorkspace(bodySchema.parse(cleanJson(given)), options);
    const isEvent = body['type'] === 'event_callback';
    await app.processEvent({ body, retryNum, ack: isEvent ? nothing : answer });
    if (isEvent) await answer();
  }

  async function handleInTurn(delivery: Delivery): Promise<void> {
    const sender = senderOf(delivery.body);
    if (sender === null) return handle(delivery);
    const others = handling.get(sender) ?? 0;
    if (others === AT_ONCE) throw new ListenerFailedError(new Error('one person sends too much at once'));
    handling.set(sender, others + 1);
    await handle(delivery).finally(() => {
      const left = (handling.get(sender) ?? 0) - 1;
      if (left > 0) handling.set(sender, left);
      else handling.delete(sender);
    });
  }

  return async ({ answer, ...delivery }) => {
    let isAnswered = false;
    const late = setTimeout(() => log.warn('Slack got no answer within 3 s'), SLACK_WAITS_MS);
    const answerOnce = async (content?: unknown): Promise<void> => {
      if (isAnswered) return;
      isAnswered = true;
      clearTimeout(late);
      await answer(content);
    };
    const why = await handleInTurn({ ...delivery, answer: answerOnce }).then(
      () => 'unknown' as const,
      (error: unknown) => {
        if (error instanceof ListenerFailedError) {
          log.error({ err: error }, 'a listener failed');
          return 'failed' as const;
        }
        log.warn({ err: error }, 'a payload could not be read');
        return 'malformed' as const;
      },
    );
    clearTimeout(late);
    return isAnswered ? null : why;
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

const actorSchema = z.looseObject({ id: z.string(), team_id: z.string() });

/**
 * Makes people of this workspace act as its members in messages and views. For a person in an Enterprise organization,
 * Slack names the same workspace wherever they act. As the place, it may name another workspace, or none if the whole
 * organization has installed the app.
 * https://docs.slack.dev/enterprise-grid/organization-ready-apps, https://github.com/slackapi/bolt-js/issues/1875
 */
async function inOwnWorkspace(body: Body, { bot, isOfBoth, log }: BoltOptions): Promise<Body> {
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
  { isOfBoth, log }: Pick<BoltOptions, 'isOfBoth' | 'log'>,
): Promise<boolean> {
  const what = 'whose workspace a person is of';
  const asking = isOfBoth(userId, otherTeamId);
  const found = await inTime(asking, { withinMs: WORKSPACE_MS, otherwise: null, what, log });
  if (found === null) throw new ListenerFailedError(new Error('Slack did not say whose workspace it is'));
  return found;
}
