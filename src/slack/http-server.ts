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
const REQUEST_TIMES = { headersTimeout: 5000, requestTimeout: 10_000, connectionsCheckingInterval: 1000 };
/** Far more than Slack opens, so that others can't open any number. */
const MAX_CONNECTIONS = 1000;

export type Page = { status: number; contentType: string; body: string };
type HttpServerOptions = {
  host: string;
  port: number;
  /** GET pages by path. */
  pages: Record<string, (request: IncomingMessage) => Promise<Page>>;
  /** Takes POSTs to /slack/events; null in Socket Mode. */
  slackEvents: RequestListener | null;
  /** For tests: when an incomplete request is ended, and how many connections are allowed. */
  requestTimes?: typeof REQUEST_TIMES;
  maxConnections?: number;
};

export type HttpServer = { start(): Promise<{ port: number }>; stop(): Promise<void> };

/** One server for Slack's deliveries and the health pages, in both modes. */
export function createHttpServer(options: HttpServerOptions): HttpServer {
  const server = createServer(
    { keepAliveTimeout: KEEP_ALIVE_MS, ...REQUEST_TIMES, ...options.requestTimes },
    (request, response) => {
      answer(options, request, response).catch(() => end(response, 500));
    },
  );
  server.maxConnections = options.maxConnections ?? MAX_CONNECTIONS;
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
