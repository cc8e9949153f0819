import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { createHttpServer, type HttpServer } from '../../src/slack/http-server.ts';

const servers: HttpServer[] = [];

async function start(options: Partial<Parameters<typeof createHttpServer>[0]> = {}): Promise<number> {
  const page = async () => Promise.resolve({ status: 200, contentType: 'text/plain', body: 'ok' });
  const server = createHttpServer({
    host: '127.0.0.1',
    port: 0,
    pages: { '/healthz': page },
    slackEvents: (request, response) => request.resume().on('end', () => response.end('taken')),
    ...options,
  });
  servers.push(server);
  return (await server.start()).port;
}

async function textUntilClosed(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (data) => (text += data.toString()));
  socket.on('error', () => undefined);
  await new Promise((resolve) => socket.on('close', resolve));
  return text;
}

afterEach(async () => {
  await Promise.all(servers.splice(0).map(async (server) => server.stop()));
});

describe('the HTTP server', () => {
  test("keeps an idle connection longer than a load balancer's minute", async () => {
    const response = await fetch(`http://127.0.0.1:${await start()}/healthz`);
    const [, seconds] = /timeout=(\d+)/.exec(response.headers.get('keep-alive') ?? '') ?? [];
    expect(Number(seconds)).toBeGreaterThan(60);
  });

  test('answers a monitor that asks with HEAD', async () => {
    const response = await fetch(`http://127.0.0.1:${await start()}/healthz`, { method: 'HEAD' });
    expect([response.status, await response.text()]).toEqual([200, '']);
  });

  test.each([
    ['headers that never end', 'POST /slack/events HTTP/1.1\r\nHost: a\r\nX-One: 1\r\n'],
    ['a body that never ends', 'POST /slack/events HTTP/1.1\r\nHost: a\r\nContent-Length: 99\r\n\r\nabc'],
  ])('ends a connection with %s', async (_what, sent) => {
    const requestTimes = { headersTimeout: 50, requestTimeout: 100, connectionsCheckingInterval: 20 };
    const socket = connect(await start({ requestTimes }), '127.0.0.1');
    socket.write(sent);
    expect(await textUntilClosed(socket)).toContain('408');
  });

  test('limits its connections', async () => {
    const port = await start({ maxConnections: 2 });
    const held = [connect(port, '127.0.0.1'), connect(port, '127.0.0.1')];
    await Promise.all(held.map(async (socket) => once(socket, 'connect')));
    const extra = connect(port, '127.0.0.1');
    extra.write('GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n');
    expect(await textUntilClosed(extra)).toBe('');
    for (const socket of held) socket.destroy();
    await expect.poll(async () => (await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
  });
});
