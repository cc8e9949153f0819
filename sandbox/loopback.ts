import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';

const HOST = '127.0.0.1';
// The caller closes an idle connection first; if the server did, a call could be on its way just then.
const KEEP_ALIVE_MS = 60_000;

export function createLoopbackServer(): Server {
  return createServer({ keepAliveTimeout: KEEP_ALIVE_MS });
}

/** For this machine only. 0: any free port. Resolves with its origin; rejects when the port is taken. */
export async function listen(server: Server, port = 0): Promise<{ port: number; origin: string }> {
  server.listen(port, HOST);
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return { port: address.port, origin: `http://${HOST}:${address.port}` };
}

/** Breaks its connections, and resolves once it is closed. Can be called twice. */
export async function shut(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => {
    server.close(resolve);
  });
}

export function sendJson(
  response: ServerResponse,
  body: unknown,
  { status = 200, headers = {} }: { status?: number; headers?: Record<string, string> } = {},
): void {
  const always = { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' };
  response.writeHead(status, { ...always, ...headers });
  response.end(JSON.stringify(body));
}
