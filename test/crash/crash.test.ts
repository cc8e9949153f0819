import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { createLocalDevin } from '../../src/sandbox/devin/index.ts';
import type { LocalDevin } from '../../src/sandbox/devin/index.ts';
import { createLocalSlack } from '../../src/sandbox/slack/index.ts';
import type { LocalSlack } from '../../src/sandbox/slack/index.ts';
import { environmentOf } from '../support/bot.ts';
import type { Environment } from '../support/bot.ts';
import { cardOf, sessionOf } from '../support/look.ts';
import { addColleague } from '../support/people.ts';
import { describeOnBothDatabaseServers } from '../support/worlds.ts';

const CHILD = join(import.meta.dirname, 'child.ts');
const readyMessageSchema = z.tuple([z.object({ port: z.number() })], z.unknown());

describeOnBothDatabaseServers('a process that is killed', (databaseEnvironment, kind) => {
  let slack: LocalSlack;
  let devin: LocalDevin;
  let dataDir: string;
  let environment: Environment;
  const children: ChildProcess[] = [];

  beforeEach(async () => {
    slack = await createLocalSlack();
    devin = await createLocalDevin({});
    dataDir = await mkdtemp(join(tmpdir(), 'devin-slack-crash-'));
    environment = {
      ...environmentOf({ slack, devin, transport: 'http' }),
      ...(await databaseEnvironment()),
      DATA_DIR: dataDir,
    };
  });

  afterEach(async () => {
    for (const child of children.splice(0)) await kill(child);
    await Promise.all([slack.close(), devin.stop()]);
    await rm(dataDir, { recursive: true, force: true });
  });

  async function kill(child: ChildProcess): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  async function start(extra: Environment = {}): Promise<ChildProcess> {
    const execPath = join('node_modules', '.bin', 'node');
    const child = fork(CHILD, { env: { ...environment, ...extra, PATH: process.env['PATH'] }, execPath });
    children.push(child);
    const [{ port }] = readyMessageSchema.parse(await once(child, 'message'));
    slack.connectHttp(`http://127.0.0.1:${port}/slack/events`);
    return child;
  }

  async function ask(text: string) {
    const ana = addColleague({ slack, devin });
    const channelId = slack.addChannel({ name: 'crash', members: [ana.userId] });
    const picture = slack.addFile({
      name: 'shot.png',
      mimetype: 'image/png',
      content: 'x',
      owner: ana.userId,
    });
    const ts = slack.say(ana.userId, channelId, 'look at this', { files: [picture] });
    await slack.shortcut(ana.userId, { channelId, ts }, 'start_session');
    const view = await slack.waitForView(({ userId }) => userId === ana.userId);
    slack.typeIn(view.id, { 'field.prompt': text });
    await slack.submit(view.id, ana.userId);
    return { ana, channelId };
  }

  async function expectOneOfEach({ ana, channelId }: Awaited<ReturnType<typeof ask>>): Promise<void> {
    const session = await sessionOf(devin, ana.devinUserId);
    await cardOf(slack, channelId, (text) => text.includes(session.url));
    expect(devin.createdCount()).toBe(1);
    expect(slack.messages(channelId).filter(({ metadata }) => metadata)).toHaveLength(1);
  }

  // On Postgres only recovery differs, which one state shows as well as another.
  test.each(kind === 'embedded' ? ['identified', 'carded', 'attached', 'created'] : ['carded', 'created'])(
    'after the request was %s leaves one session and one card',
    async (state) => {
      const dying = await start({ CRASH_AT: state });
      const died = once(dying, 'exit');
      const asked = await ask(`die when ${state}`);
      await died;
      await start();
      await expectOneOfEach(asked);
    },
  );

  test('while Devin was creating the session adopts it', async () => {
    devin.fail({ method: 'POST', path: '/sessions' }, { mode: 'hang-after-effect', times: 1 });
    const dying = await start();
    const asked = await ask('die while creating');
    await sessionOf(devin, asked.ana.devinUserId);
    await kill(dying);
    await start();
    await expectOneOfEach(asked);
  });

  if (kind === 'postgres') return;

  test('before it knew who was asking leaves one session and one card', async () => {
    devin.fail({ method: 'GET', path: /\/members\// }, { mode: 'hang', times: 2 });
    const dying = await start();
    const asked = await ask('die while identifying');
    await devin.waitForRequest(({ path }) => path.includes('/members/'));
    await kill(dying);
    await start();
    await expectOneOfEach(asked);
  });

  test('while the card was being posted leaves one session and one card', async () => {
    slack.fail('chat.postMessage', { times: 1, hang: true, afterEffect: true });
    const dying = await start();
    const asked = await ask('die while posting');
    await slack.waitForMessage(asked.channelId, ({ metadata }) => Boolean(metadata));
    await kill(dying);
    await start();
    await expectOneOfEach(asked);
  });

  test('just before the POST left asks the person instead of guessing', async () => {
    const dying = await start({ CRASH_AT: 'sending' });
    const died = once(dying, 'exit');
    const asked = await ask('die before sending');
    await died;
    await start();
    await cardOf(slack, asked.channelId, (text) => text.includes('Not sure it started'));
    expect(devin.createdCount()).toBe(0);
  });
});
