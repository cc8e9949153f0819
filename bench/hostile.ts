import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { hostileTexts, KNOWN_TEXTS } from '../test/hostile/texts.ts';
import { quantile } from './load.ts';
import { runProgram, type Running } from './process.ts';
import { ms, printRow } from './table.ts';
import { nth, openWorld, type World } from './world.ts';

/** A command's text. Slack takes no more in one message. */
const TYPED = 40_000;
const SAID = 6000;
const EVERY_MS = 10;
const STALLED = 100;

/** How long `/healthz` takes at most while everything that is hostile arrives: unsigned bodies, commands, Devin's words. */
export async function measureHostile(): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'devin-slack-hostile-'));
  const world = await openWorld();
  const app = await runProgram('src/main.ts', {
    ...world.environment,
    DATA_DIR: dataDir,
    LIMIT_STARTS_PER_HOUR: '0',
    LIMIT_OPEN_SESSIONS: '0',
  });
  await world.ask(app, 'fix the login test');
  const { id } = await world.devin.waitForSession(() => true);
  const watching = new AbortController();
  const watched = watchHealth(app, watching.signal);
  await sendUnsigned(app);
  await typeAll(world, app);
  await sayAll(world, id);
  watching.abort();
  const took = await watched;
  printRow(['/healthz while hostile text arrives, p50', ms(quantile(took, 0.5)), '']);
  printRow([`/healthz, slowest of ${took.length}`, ms(Math.max(...took)), '300 ms']);
  await app.stop();
  await world.close();
  await rm(dataDir, { recursive: true, force: true });
}

async function watchHealth({ port }: Running, signal: AbortSignal): Promise<number[]> {
  const took: number[] = [];
  while (!signal.aborted) {
    const started = performance.now();
    await (await fetch(`http://127.0.0.1:${port}/healthz`)).arrayBuffer();
    took.push(performance.now() - started);
    await delay(EVERY_MS);
  }
  return took;
}

/** Bodies of 1 MB without a signature, and many that never come to an end. */
async function sendUnsigned({ port }: Running): Promise<void> {
  const stalled = Array.from({ length: STALLED }, () => {
    const headers = { 'content-length': 1024 ** 2, 'content-type': 'application/x-www-form-urlencoded' };
    const sent = request({ port, host: '127.0.0.1', path: '/slack/events', method: 'POST', headers });
    sent.on('error', () => undefined);
    sent.write('a&');
    return sent;
  });
  const body = 'a&'.repeat(512 * 1024);
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const post = async (): Promise<unknown> =>
    fetch(`http://127.0.0.1:${port}/slack/events`, { method: 'POST', headers, body }).catch(() => null);
  for (let round = 0; round < 5; round += 1) await Promise.all([post(), post(), post(), post()]);
  for (const one of stalled) one.destroy();
}

async function typeAll({ ask }: World, app: Running): Promise<void> {
  for (const { text } of [...hostileTexts(TYPED), ...KNOWN_TEXTS]) await ask(app, text.slice(0, TYPED));
}

async function sayAll({ devin, slack, persons }: World, id: string): Promise<void> {
  const texts = [...hostileTexts(SAID), ...KNOWN_TEXTS]
    .map(({ text }) => text)
    .filter((text) => text.trim() !== '');
  for (const message of texts) devin.advance(id, { status: 'running', message });
  devin.advance(id, { message: 'That was all.' });
  await slack.waitForMessage(nth(persons, 0).channelId, ({ text }) => text.includes('That was all.'), {
    timeoutMs: 300_000,
  });
}
