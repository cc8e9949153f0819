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
import { copyStarted } from './support/folders.ts';

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
