import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createLocalDevin } from '../sandbox/devin/index.ts';
import { listen, shut } from '../sandbox/loopback.ts';
import { createLocalSlack } from '../sandbox/slack/index.ts';
import { createBot } from '../src/app.ts';
import { parseConfig } from '../src/config.ts';
import { environmentOf } from './support/bot.ts';
import { usePostgres } from './support/databases.ts';
import { copyStarted } from './support/folders.ts';
import { freePort } from './support/free-port.ts';
import { proxyTo } from './support/tcp-proxy.ts';

const { createDatabase, url } = usePostgres();

test('a stop during the start ends it, and nothing starts afterward', async () => {
  const slack = await createLocalSlack();
  const devin = await createLocalDevin({});
  const dataDir = await mkdtemp(join(tmpdir(), 'devin-slack-'));
  await copyStarted(dataDir);
  const asked: (string | undefined)[] = [];
  const arrived = Promise.withResolvers<ServerResponse>();
  const slow = createServer((request, response) => {
    asked.push(request.url);
    arrived.resolve(response);
  });
  const { origin } = await listen(slow);
  onTestFinished(async () => {
    await Promise.all([slack.close(), devin.stop(), shut(slow)]);
    await rm(dataDir, { recursive: true, force: true });
  });
  const environment = environmentOf({ slack, devin, transport: 'socket' });
  const parsed = parseConfig({ ...environment, DATA_DIR: dataDir, SLACK_API_URL: `${origin}/api/` });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));

  const bot = await createBot(parsed.config);
  const ended = bot.start().catch((error: unknown) => error);
  const answer = await arrived.promise;
  await bot.stop();
  answer
    .writeHead(200, { 'content-type': 'application/json' })
    .end(JSON.stringify({ ok: true, team_id: 'T1', user_id: 'U1', bot_id: 'B1' }));
  expect(await ended).toMatchObject({ name: 'AbortError' });
  expect(asked).toEqual(['/api/auth.test']);
});

test('while Postgres is away, the app waits, and answers on its pages until it stops', async () => {
  const slack = await createLocalSlack();
  const devin = await createLocalDevin({});
  await createDatabase('late');
  const [port, databasePort] = [await freePort(), await freePort()];
  const databaseUrl = Object.assign(new URL(url('late')), { port: String(databasePort) }).href;
  const environment = environmentOf({ slack, devin, transport: 'http' });
  const parsed = parseConfig({
    ...environment,
    HOST: '127.0.0.1',
    PORT: String(port),
    DATABASE_URL: databaseUrl,
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const page = async (path: string): Promise<string> => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`);
    return `${response.status} ${await response.text()}`;
  };

  const bot = await createBot(parsed.config);
  onTestFinished(async () => {
    await bot.stop();
    await Promise.all([slack.close(), devin.stop()]);
  });
  const started = bot.start();
  await expect
    .poll(async () => page('/readyz').catch(String))
    .toContain('The app retries until Postgres answers');
  expect(await page('/readyz')).toContain('503 {"database":false,"queue":false,"slack":false,');
  expect(await page('/healthz')).toBe('200 {"status":"ok"}');
  expect(await page('/metrics')).toContain('devin_slack_ready{part="database"} 0');
  await proxyTo(url('late'), databasePort);
  await started;
  expect(await page('/readyz')).toBe('200 {"database":true,"queue":true,"slack":true}');
  await bot.stop();
  await expect(page('/healthz')).rejects.toThrow('fetch failed');
});
