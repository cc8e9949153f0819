import { request as open } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { createHttpServer } from '../../src/slack/http-server.ts';
import type { HttpServer } from '../../src/slack/http-server.ts';

const servers: HttpServer[] = [];

async function start(): Promise<number> {
  const page = async () => Promise.resolve({ status: 200, contentType: 'text/plain', body: 'ok' });
  const server = createHttpServer({
    host: '127.0.0.1',
    port: 0,
    pages: { '/healthz': page },
    slackEvents: (_request, response) => response.end('taken'),
  });
  servers.push(server);
  return (await server.start()).port;
}

afterEach(async () => {
  await Promise.all(servers.splice(0).map(async (server) => server.stop()));
});

describe('the HTTP server', () => {
  test('keeps an idle connection for longer than the minute of a load balancer', async () => {
    const response = await fetch(`http://127.0.0.1:${await start()}/healthz`);
    const [, seconds] = /timeout=(\d+)/.exec(response.headers.get('keep-alive') ?? '') ?? [];
    expect(Number(seconds)).toBeGreaterThan(60);
  });

  test('answers 413 to a body without an end, as soon as it is too much', async () => {
    const sending = open({ port: await start(), method: 'POST', path: '/slack/events' });
    const status = new Promise<number | undefined>((resolve) => {
      sending.on('response', ({ statusCode }) => resolve(statusCode));
    });
    sending.on('error', () => undefined);
    for (let count = 0; count < 20; count += 1) sending.write('x'.repeat(100_000));
    expect(await status).toBe(413);
    sending.destroy();
  });
});
