import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { createHttpServer, type HttpServer } from '../../../src/slack/edge/http-receiver.ts';

const servers: HttpServer[] = [];

async function start(): Promise<number> {
  const page = async () => Promise.resolve({ status: 200, contentType: 'text/plain', body: 'ok' });
  const server = createHttpServer({
    host: '127.0.0.1',
    port: 0,
    pages: { '/healthz': page },
    slackEvents: async (request, response) =>
      Promise.resolve(void request.resume().on('end', () => response.end('taken'))),
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

  test('ends a request that does not arrive within seconds', async () => {
    const port = await start();
    const sent = [
      'POST /slack/events HTTP/1.1\r\nHost: a\r\nX-One: 1\r\n',
      'POST /slack/events HTTP/1.1\r\nHost: a\r\nContent-Length: 99\r\n\r\nabc',
    ];
    const texts = sent.map(async (start) => {
      const socket = connect(port, '127.0.0.1');
      socket.write(start);
      return textUntilClosed(socket);
    });
    for (const text of await Promise.all(texts)) expect(text).toContain('408');
  });

  test('can be stopped before it started, and twice', async () => {
    const server = createHttpServer({ host: '127.0.0.1', port: 0, pages: {}, slackEvents: null });
    await server.stop();
    await server.start();
    await Promise.all([server.stop(), server.stop()]);
  });
});
