import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';

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
  slackEvents: RequestListener | null;
};

export type HttpServer = { start(): Promise<{ port: number }>; stop(): Promise<void> };

/** One server for Slack's deliveries and the health pages, in both modes. */
export function createHttpServer(options: HttpServerOptions): HttpServer {
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
  slackEvents(request, response);
}

function end(response: ServerResponse, status: number): void {
  if (!response.headersSent) response.writeHead(status);
  response.end();
}

/** Slack's largest payloads are much smaller: https://docs.slack.dev/surfaces/modals allows views of 250 kB. */
const MAX_BODY_BYTES = 1024 * 1024;
/** A body can come in pieces of one byte, each of which takes 100. */
const MOST_PIECES = 4000;

type BodyRead = { kind: 'read'; body: Buffer } | { kind: 'too-large' } | { kind: 'stalled' };

/** Reads a whole body, within bounds. `stalled`: it didn't come to its end. */
export async function readBody(request: IncomingMessage): Promise<BodyRead> {
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) return { kind: 'too-large' };
  const pieces: Buffer[] = [];
  let bytes = 0;
  const incoming: AsyncIterable<Buffer> = request.iterator({ destroyOnReturn: false });
  try {
    for await (const piece of incoming) {
      bytes += piece.length;
      if (bytes > MAX_BODY_BYTES || pieces.length === MOST_PIECES) return { kind: 'too-large' };
      pieces.push(piece);
    }
    return { kind: 'read', body: Buffer.concat(pieces) };
  } catch {
    return { kind: 'stalled' };
  }
}
