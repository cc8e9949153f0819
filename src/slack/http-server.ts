import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import { once } from 'node:events';

/** Slack's largest payloads are far below; https://docs.slack.dev/surfaces/modals has views at 250 kB. */
const MAX_BODY_BYTES = 1024 * 1024;
const MAX_AGE_S = 300;
/** Slack waits 3 s for an answer; what has none by then is not worth waiting for. */
const CLOSE_MS = 1500;
/**
 * Load balancers keep idle connections for a minute, most of them. If the app closed first, a delivery could
 * be on its way just then, and be answered 502. https://nodejs.org/api/http.html#serverkeepalivetimeout
 */
const KEEP_ALIVE_MS = 75_000;

export type Page = { status: number; contentType: string; body: string };
export type HttpServerOptions = {
  host: string;
  port: number;
  /** GET pages by path. */
  pages: Record<string, () => Promise<Page>>;
  /** Takes verified-looking POSTs to /slack/events; null in Socket Mode. */
  slackEvents: RequestListener | null;
};

export type HttpServer = { start(): Promise<{ port: number }>; stop(): Promise<void> };

/** One server for Slack's deliveries and the health pages, in both modes. */
export function createHttpServer(options: HttpServerOptions): HttpServer {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    answer(options, request, response).catch(() => end(response, 400));
  });
  return {
    start: async () => {
      await listen(server, options);
      const address = server.address();
      return { port: typeof address === 'object' && address !== null ? address.port : options.port };
    },
    stop: async () => {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      server.closeIdleConnections();
      const patience = setTimeout(() => server.closeAllConnections(), CLOSE_MS);
      await closed;
      clearTimeout(patience);
    },
  };
}

async function listen(server: Server, { host, port }: HttpServerOptions): Promise<void> {
  server.listen(port, host);
  await once(server, 'listening');
}

async function answer(
  { pages, slackEvents }: HttpServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = URL.parse(request.url ?? '/', 'http://localhost')?.pathname ?? '/';
  const page = pages[path];
  if (request.method === 'GET' && page !== undefined) {
    const { status, contentType, body } = await page();
    response.writeHead(status, { 'content-type': contentType }).end(body);
    return;
  }
  if (slackEvents === null || request.method !== 'POST' || path !== '/slack/events')
    return end(response, 404);
  await deliver(slackEvents, request, response);
}

/**
 * Bolt's receiver leaves a signed body that is not an object unanswered and takes timestamps from the future;
 * both are refused here, before it sees them.
 */
async function deliver(
  slackEvents: RequestListener,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) return end(response, 413);
  const ahead = Number(request.headers['x-slack-request-timestamp']) - Date.now() / 1000;
  if (ahead > MAX_AGE_S) return end(response, 401);
  const contentType = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  const body = await readAtMost(request, MAX_BODY_BYTES);
  if (body === null) return end(response.setHeader('connection', 'close'), 413);
  if (!holdsObject(body.toString('utf8'), contentType)) return end(response, 400);
  if (contentType !== undefined) request.headers['content-type'] = contentType;
  slackEvents(Object.assign(request, { rawBody: body }), response);
}

/** null: there is more. Anybody may send something here, so what is too much is not kept until its end. */
async function readAtMost(request: IncomingMessage, limit: number): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const read: AsyncIterable<Buffer> = request.iterator({ destroyOnReturn: false });
  for await (const chunk of read) {
    bytes += chunk.length;
    if (bytes > limit) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function holdsObject(body: string, contentType: string | undefined): boolean {
  if (contentType === 'application/x-www-form-urlencoded') {
    const payload = new URLSearchParams(body).get('payload');
    return payload === null || isJsonObject(payload);
  }
  return isJsonObject(body);
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

function end(response: ServerResponse, status: number): void {
  if (!response.headersSent) response.writeHead(status);
  response.end();
}
