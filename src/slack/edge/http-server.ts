import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Slack waits 3 s for an answer; later ones are of no use. */
const CLOSE_MS = 1500;
/**
 * Most load balancers keep idle connections for a minute. If the app closed one first, a delivery on its way would get
 * a 502. https://nodejs.org/api/http.html#serverkeepalivetimeout
 */
const KEEP_ALIVE_MS = 75_000;
/** How long a request may take to arrive; Slack's arrive at once. */
const REQUEST_TIMES = { headersTimeout: 5000, requestTimeout: 10_000, connectionsCheckingInterval: 1000 };
/** Far more than Slack opens. Others can neither exhaust memory nor keep Slack out. */
const MAX_CONNECTIONS = 1000;

export type HttpPage = { status: number; contentType: string; body: string };
type HttpServerOptions = {
  host: string;
  port: number;
  /** GET pages by path. */
  pages: Record<string, (request: IncomingMessage) => Promise<HttpPage>>;
  /** Takes POSTs to /slack/events; null in Socket Mode. */
  slackEvents: RequestListener | null;
  /** For tests: when an incomplete request is ended, and how many connections are allowed. */
  requestTimes?: typeof REQUEST_TIMES;
  maxConnections?: number;
};

export type HttpServer = { start(): Promise<{ port: number }>; stop(): Promise<void> };

/** One server for Slack's deliveries and the health pages, in both modes. */
export function createHttpServer(options: HttpServerOptions): HttpServer {
  const connections = createConnections(options.maxConnections ?? MAX_CONNECTIONS);
  const server = createServer(
    { keepAliveTimeout: KEEP_ALIVE_MS, ...REQUEST_TIMES, ...options.requestTimes },
    (request, response) => {
      connections.used(request, response);
      answer(options, request, response).catch(() => end(response, 500));
    },
  );
  server.on('connection', (socket) => connections.opened(socket));
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

/** Beyond the limit, closes the connection that has waited for its client the longest. */
function createConnections(most: number) {
  /** With the request on each, the last used last; null: none. */
  const open = new Map<Socket, IncomingMessage | null>();

  function closeOne(): void {
    for (const [socket, request] of open) if (request?.complete !== true) return void socket.destroy();
  }

  return {
    opened(socket: Socket): void {
      open.set(socket, null);
      socket.once('close', () => open.delete(socket));
      if (open.size > most) closeOne();
    },
    used(request: IncomingMessage, response: ServerResponse): void {
      const { socket } = request;
      if (!open.delete(socket)) return;
      open.set(socket, request);
      response.once('close', () => open.has(socket) && open.set(socket, null));
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
  slackEvents(request, response);
}

function end(response: ServerResponse, status: number): void {
  if (!response.headersSent) response.writeHead(status);
  response.end();
}

/** Slack's largest payloads are much smaller: https://docs.slack.dev/surfaces/modals allows views of 250 kB. */
const MAX_BODY_BYTES = 1024 * 1024;
/** For all bodies that are being read. Anyone can start one and stall. */
const MAX_READING_BYTES = 16 * MAX_BODY_BYTES;
/** What a chunk costs besides its bytes: a body can come in chunks of one byte. */
const PIECE_BYTES = 100;

type BodyRead = { kind: 'read'; body: Buffer } | { kind: 'too-large' } | { kind: 'stalled' };

type Reading = { cost: number; giveWay: () => void };

/**
 * Reads whole bodies, within bounds. Slack sends a body at once, so under pressure the oldest unfinished one is
 * dropped.
 */
export function createBodyReader(): (request: IncomingMessage) => Promise<BodyRead> {
  const readings = new Set<Reading>();
  let total = 0;

  function forget(reading: Reading): void {
    if (readings.delete(reading)) total -= reading.cost;
  }

  function count(reading: Reading, cost: number): void {
    if (!readings.has(reading)) return;
    reading.cost += cost;
    total += cost;
    for (const oldest of readings) {
      if (total <= MAX_READING_BYTES) return;
      oldest.giveWay();
    }
  }

  async function collect(request: IncomingMessage, reading: Reading): Promise<BodyRead> {
    const pieces: Buffer[] = [];
    let bytes = 0;
    const incoming: AsyncIterable<Buffer> = request.iterator({ destroyOnReturn: false });
    for await (const piece of incoming) {
      count(reading, piece.length + PIECE_BYTES);
      bytes += piece.length;
      if (bytes > MAX_BODY_BYTES) return { kind: 'too-large' };
      if (!readings.has(reading)) return { kind: 'stalled' };
      pieces.push(piece);
    }
    return { kind: 'read', body: Buffer.concat(pieces) };
  }

  return async (request) => {
    if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) return { kind: 'too-large' };
    return new Promise((resolve) => {
      const reading: Reading = {
        cost: 0,
        giveWay: () => {
          forget(reading);
          resolve({ kind: 'stalled' });
        },
      };
      readings.add(reading);
      collect(request, reading)
        .catch((): BodyRead => ({ kind: 'stalled' }))
        .finally(() => forget(reading))
        .then(resolve, () => undefined);
    });
  };
}
