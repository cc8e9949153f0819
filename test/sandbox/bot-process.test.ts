import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createBotProcess } from '../../sandbox/bot-process.ts';
import { openSandbox } from '../../sandbox/sandbox.ts';

describe('the app as a process of the sandbox', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'devin-slack-process-'));
  });
  afterAll(async () => rm(folder, { recursive: true, force: true }));

  test('keeps its data when it is killed and restarted', async () => {
    const { slack, devin, bot, world, close } = await openSandbox({
      transport: 'socket',
      speed: 0,
      isPatient: true,
    });
    try {
      const { people, channels } = world;
      await slack.command(people.ana, channels.payments, 'survive a power cut');
      const session = await devin.waitForSession(({ userId }) => userId === 'user-ana');
      const card = await slack.waitForMessage(channels.payments, ({ text }) => text.includes(session.url));
      // Its next poll: by then it edits no card, whose lease would last half a minute.
      const editedAtMs = Date.now();
      await devin.waitForRequest(
        ({ path, receivedAtMs }) => path.endsWith('/sessions') && receivedAtMs > editedAtMs,
      );
      const { pid } = bot.state();
      await bot.kill();
      expect(bot.state()).toMatchObject({ status: 'ended', pid: null, address: null });
      await bot.start();
      expect(bot.state()).toMatchObject({ status: 'ready', starts: 2 });
      expect(bot.state().pid).not.toBe(pid);
      await slack.waitForSocket();
      devin.advance(session.id, { status: 'running', statusDetail: 'finished' });
      await slack.waitForMessage(
        channels.payments,
        ({ ts, text }) => ts === card.ts && text.includes('Finished'),
      );
      expect(devin.createdCount()).toBe(1);
    } finally {
      await close();
    }
  });

  test("says why it couldn't start", async () => {
    const bot = createBotProcess({ environment: { LOG_LEVEL: 'info' }, folder });
    await expect(bot.start()).rejects.toThrow('SLACK_BOT_TOKEN must be');
    expect(bot.state()).toMatchObject({ status: 'ended', starts: 1 });
    await bot.stop();
  });
});
