import { createHmac, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { type IncomingHttpHeaders, type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import { parse } from 'node:querystring';
import { setImmediate } from 'node:timers/promises';
import type { Log } from '../../log.ts';
import type { Deliver, SlackReceiver } from './bolt.ts';
import { bodySchema, type Body } from './payload.ts';

const STATUS_OF = {
  unsigned: 401,
  signature: 401,
  'too-large': 413,
  stalled: 408,
  malformed: 400,
  unknown: 404,
  failed: 503,
};
export type RefusedDelivery = keyof typeof STATUS_OF;

/** These end the connection, too: the body is still on the way, and nobody reads it. */
const CLOSES: ReadonlySet<RefusedDelivery> = new Set(['too-large', 'stalled']);

/** A wrong signing secret or a wrong clock looks like this; but anyone can send any number of such requests. */
const WARNED: ReadonlySet<RefusedDelivery> = new Set(['unsigned', 'signature']);

/**
 * Receives Slack's deliveries. Replaces Bolt's receiver, which parses a body before it checks the signature, accepts
 * times in the future, and never answers a signed `null`.
 */
export function createHttpReceiver(c: {
  signingSecret: string;
  deliver: Deliver;
  onRefused: (why: RefusedDelivery) => void;
  log: Log;
}) {
  let isOpen = false;

  function refuse(why: RefusedDelivery, response: ServerResponse): void {
    c.onRefused(why);
    if (WARNED.has(why))
      c.log.warn(
        { why },
        'a delivery was refused: check SLACK_SIGNING_SECRET and the clock if it came from Slack',
      );
    if (CLOSES.has(why)) response.setHeader('connection', 'close');
    end(response, STATUS_OF[why]);
  }

  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readDelivery(request, c.signingSecret);
    if (typeof body === 'string') return refuse(body, response);
    const { type, challenge, ssl_check: check } = body;
    if (check === '1') return end(response, 200);
    // https://docs.slack.dev/reference/events/url_verification
    if (type === 'url_verification') return respond(response, { challenge });
    if (!isOpen || (await hasHungUp(request))) return refuse('failed', response);
    const why = await c.deliver({
      body,
      // https://docs.slack.dev/apis/events-api/#retries
      retryNum: Number(request.headers['x-slack-retry-num'] ?? 0),
      answer: async (content) => Promise.resolve(respond(response, content)),
    });
    if (why !== null) refuse(why, response);
  }

  return {
    slackEvents: take,
    connected: () => isOpen,
    start: async () => {
      isOpen = true;
      return Promise.resolve();
    },
    stop: async () => Promise.resolve(),
  };
}

/** `content`: undefined: Slack only learns that it came. */
function respond(response: ServerResponse, content: unknown): void {
  if (content === undefined) return end(response, 200);
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(content));
}

/**
 * Slack waits 3 s, and a person who sees an error tries again. A process that stood still finds what Slack sent meanwhile; that
 * Slack has closed the connection since then, it reads a round of the event loop later.
 */
async function hasHungUp({ socket }: IncomingMessage): Promise<boolean> {
  await setImmediate();
  await setImmediate();
  return !socket.writable;
}

/** In this order, a request is parsed only once it is known to come from Slack. */
async function readDelivery(
  request: IncomingMessage,
  signingSecret: string,
): Promise<Body | RefusedDelivery> {
  const signature = readSignature(request.headers, Date.now());
  if (signature === null) return (await isCheck(request)) ? { ssl_check: '1' } : 'unsigned';
  const read = await readBody(request);
  if (typeof read === 'string') return read;
  if (!isSignedBy(signingSecret, signature, read)) return 'signature';
  return parseBody(String(read), request.headers['content-type'] ?? '') ?? 'malformed';
}

/**
 * Slack checks the certificate of a command's URL without a signature. The rest of such a body is ignored.
 * https://docs.slack.dev/interactivity/implementing-slash-commands/#responding_basic_receipt
 */
async function isCheck(request: IncomingMessage): Promise<boolean> {
  // False, too, if no length is given.
  if (!(Number(request.headers['content-length']) <= MAX_CHECK_BYTES)) return false;
  return parseForm(String(await readBody(request)))?.['ssl_check'] === '1';
}

/** It has two fields. */
const MAX_CHECK_BYTES = 1000;

/** A slash command has about 15 fields, everything else one. */
const MAX_FIELDS = 100;

/** Commands are forms, interactions are forms with JSON, events are JSON. null: none of these. */
function parseBody(body: string, contentType: string): Body | null {
  const [mediaType = ''] = contentType.split(';', 1);
  if (mediaType.trim().toLowerCase() !== 'application/x-www-form-urlencoded') return parseObject(body);
  const fields = parseForm(body);
  if (fields === null || !('payload' in fields)) return fields;
  return typeof fields['payload'] === 'string' ? parseObject(fields['payload']) : null;
}

function parseForm(body: string): Body | null {
  const fields = parse(body, '&', '=', { maxKeys: MAX_FIELDS + 1 });
  const values = Object.values(fields);
  return values.length > MAX_FIELDS || values.some(Array.isArray) ? null : fields;
}

function parseObject(text: string): Body | null {
  try {
    return bodySchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** https://docs.slack.dev/authentication/verifying-requests-from-slack */
const MAX_SKEW_S = 300;

/** What a request claims; nothing is verified before `isSignedBy`. */
type Signature = { timestamp: string; digest: Buffer };

/** null: a header isn't in Slack's format, or the time is more than five minutes off. */
function readSignature(headers: IncomingHttpHeaders, nowMs: number): Signature | null {
  const timestamp = headers['x-slack-request-timestamp'];
  const signature = headers['x-slack-signature'];
  if (typeof timestamp !== 'string' || !/^\d{1,12}$/.test(timestamp)) return null;
  if (typeof signature !== 'string' || !/^v0=[\da-f]{64}$/.test(signature)) return null;
  if (Math.abs(Number(timestamp) - Math.floor(nowMs / 1000)) > MAX_SKEW_S) return null;
  return { timestamp, digest: Buffer.from(signature.slice('v0='.length), 'hex') };
}

function isSignedBy(secret: string, { timestamp, digest }: Signature, body: Buffer): boolean {
  const ours = createHmac('sha256', secret).update(`v0:${timestamp}:`).update(body).digest();
  return timingSafeEqual(ours, digest);
}

/** Slack waits 3 s for an answer; later ones are of no use. */
const CLOSE_MS = 1500;
/**
 * Most load balancers keep idle connections for a minute. If the app closed one first, a delivery on its way would get
 * a 502. https://nodejs.org/api/http.html#serverkeepalivetimeout
 */
const KEEP_ALIVE_MS = 75_000;
/** How long a request may take to arrive; Slack's arrive at once. */
const REQUEST_TIMES = { headersTimeout: 3000, requestTimeout: 4000, connectionsCheckingInterval: 1000 };
/** Far more than Slack opens through a proxy, and few enough that their bodies fit into memory. */
const MAX_CONNECTIONS = 200;

export type HttpPage = { status: number; contentType: string; body: string };
type HttpServerOptions = {
  host: string;
  port: number;
  /** GET pages by path. */
  pages: Record<string, (request: IncomingMessage) => Promise<HttpPage>>;
  /** Takes POSTs to /slack/events; null in Socket Mode. */
  slackEvents: SlackReceiver['slackEvents'];
};

export type HttpServer = ReturnType<typeof createHttpServer>;

/** One server for Slack's deliveries and the health pages, in both modes. */
export function createHttpServer(options: HttpServerOptions) {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS, ...REQUEST_TIMES }, (request, response) => {
    answer(options, request, response).catch(() => end(response, 500));
  });
  server.maxConnections = MAX_CONNECTIONS;
  return {
    start: async () => {
      server.listen(options.port, options.host);
      await once(server, 'listening');
      const address = server.address();
      return { port: typeof address === 'object' && address !== null ? address.port : options.port };
    },
    stop: async () => {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      server.closeIdleConnections();
      const timer = setTimeout(() => server.closeAllConnections(), CLOSE_MS);
      await closed;
      clearTimeout(timer);
    },
  };
}

async function answer(
  { pages, slackEvents }: HttpServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = URL.parse(request.url ?? '/', 'http://localhost')?.pathname ?? '/';
  const page = pages[path];
  // Some monitors ask with HEAD; Node leaves the body out.
  if ((request.method === 'GET' || request.method === 'HEAD') && page !== undefined) {
    const { status, contentType, body } = await page(request);
    response.writeHead(status, { 'content-type': contentType }).end(body);
    return;
  }
  if (slackEvents === null || request.method !== 'POST' || path !== '/slack/events')
    return end(response, 404);
  return slackEvents(request, response);
}

function end(response: ServerResponse, status: number): void {
  if (!response.headersSent) response.writeHead(status);
  response.end();
}

/** Slack's largest payloads are much smaller: https://docs.slack.dev/surfaces/modals allows views of 250 kB. */
const MAX_BODY_BYTES = 1024 * 1024;
/** A body can come in pieces of one byte, each of which takes 100. */
const MOST_PIECES = 4000;

/** Reads a whole body, within bounds. `stalled`: it didn't come to its end. */
async function readBody(request: IncomingMessage): Promise<Buffer | 'too-large' | 'stalled'> {
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) return 'too-large';
  const pieces: Buffer[] = [];
  let bytes = 0;
  const incoming: AsyncIterable<Buffer> = request.iterator({ destroyOnReturn: false });
  try {
    for await (const piece of incoming) {
      bytes += piece.length;
      if (bytes > MAX_BODY_BYTES || pieces.length === MOST_PIECES) return 'too-large';
      pieces.push(piece);
    }
    return Buffer.concat(pieces);
  } catch {
    return 'stalled';
  }
}
