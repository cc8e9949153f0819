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
  });
  app.error(async (error) => {
    throw error;
  });
  return app;
}

/** What is handled at once for one person: more than anybody's own hands send, and too little to make others wait. */
const AT_ONCE = 50;
const SLACK_WAITS_MS = 3000;

/** What Bolt doesn't do for its listeners. They see only what `readPayload` can read. */
function createDeliver(app: App, options: BoltOptions): Deliver {
  const { bot, log } = options;
  const handling = new Map<string, number>();

  async function inTurn(sender: string | null, handle: () => Promise<void>): Promise<void> {
    if (sender === null) return handle();
    const others = handling.get(sender) ?? 0;
    if (others === AT_ONCE) throw new Error('one person sends too much at once');
    handling.set(sender, others + 1);
    await handle().finally(() => {
      const left = (handling.get(sender) ?? 0) - 1;
      if (left > 0) handling.set(sender, left);
      else handling.delete(sender);
    });
  }

  /**
   * Bolt acknowledges an event before any listener has seen it, so Slack wouldn't deliver it again. Here it is
   * acknowledged once all listeners have saved what they had to, and not at all if one of them fails.
   */
  async function handle({ body: given, retryNum, answer }: Delivery & { body: Body }): Promise<void> {
    const body = await inOwnWorkspace(given, options);
    const isEvent = body['type'] === 'event_callback';
    await app.processEvent({ body, retryNum, ack: isEvent ? nothing : answer });
    if (isEvent) await answer();
  }

  return async ({ body: given, retryNum, answer }) => {
    const body = readBody(given, bot());
    const payload = readPayload(body);
    if (payload.kind === 'malformed') {
      log.warn({ problem: payload.problem }, 'a payload could not be read');
      return 'malformed';
    }
    let isAnswered = false;
    const late = setTimeout(() => log.warn('Slack got no answer within 3 s'), SLACK_WAITS_MS);
    const answerOnce = async (content?: unknown): Promise<void> => {
      if (isAnswered) return;
      isAnswered = true;
      clearTimeout(late);
      await answer(content);
    };
    try {
      const sender = 'userId' in payload ? payload.userId : null;
      if (payload.kind === 'ignored') await answerOnce();
      else await inTurn(sender, async () => handle({ body, retryNum, answer: answerOnce }));
      return isAnswered ? null : 'unknown';
    } catch (error) {
      log.error({ err: error }, 'a listener failed');
      return isAnswered ? null : 'failed';
    } finally {
      clearTimeout(late);
    }
  };
}

const actorSchema = z.looseObject({ id: z.string(), team_id: z.string() });

/** Nothing from Slack may hold what can't be stored. Slack names no workspace if a whole organization installed the app. */
function readBody(given: unknown, { teamId }: BotIdentity): Body {
  const body = bodySchema.safeParse(cleanJson(given)).data ?? {};
  const isActed = actorSchema.safeParse(body['user']).success;
  return isActed ? { ...body, team: body['team'] ?? { id: teamId } } : body;
}

/**
 * Makes people of this workspace act as its members in messages and views. For a person in an Enterprise organization,
 * Slack names the same workspace wherever they act. As the place, it may name another workspace.
 * https://docs.slack.dev/enterprise-grid/organization-ready-apps, https://github.com/slackapi/bolt-js/issues/1875
 */
async function inOwnWorkspace(body: Body, { bot, isOfBoth, log }: BoltOptions): Promise<Body> {
  const user = actorSchema.safeParse(body['user']).data;
  if (user === undefined) return body;
  const { teamId } = bot();
  const isOwn = user.team_id === teamId || (await isAlsoOwn(user.id, user.team_id, { isOfBoth, log }));
  return isOwn ? { ...body, team: { id: teamId }, user: { ...user, team_id: teamId } } : body;
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
  if (found === null) throw new Error('Slack did not say whose workspace it is');
  return found;
}
