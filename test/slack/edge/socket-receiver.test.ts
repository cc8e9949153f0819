import { afterEach, describe, expect, test } from 'vitest';
import { createLocalSlack, type LocalSlack } from '../../../sandbox/slack/index.ts';
import type { Log } from '../../../src/log.ts';
import { createBolt, type Bolt } from '../../../src/slack/edge/bolt.ts';
import { captureLog } from '../../support/log-lines.ts';

const BOT = { botToken: 'xoxb-1', botId: 'B1', botUserId: 'U1', teamId: 'T1', workspaceUrl: null };
const TIMES = { stepMs: 20_000, pausesMs: [0, 10], drainMs: 50 };
/** For steps that never end; on a busy machine, others may take longer, too, and are repeated. */
const IMPATIENT = { ...TIMES, stepMs: 200 };
const OPEN = 'apps.connections.open';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

async function startSlack(): Promise<LocalSlack> {
  const slack = await createLocalSlack({ rateLimits: 'off' });
  closing.push(async () => slack.close());
  slack.addUser({ id: 'U1', name: 'ana' });
  slack.addChannel({ id: 'C1', name: 'general', members: ['U1'] });
  return slack;
}

type AppOptions = { appToken?: string; log?: Log; times?: typeof TIMES };

function createApp(
  slack: LocalSlack,
  { appToken = slack.workspace.appToken, log = captureLog().log, times = TIMES }: AppOptions = {},
): Bolt {
  const bolt = createBolt({
    transport: { kind: 'socket', appToken },
    proxy: null,
    apiUrl: slack.apiUrl,
    bot: () => BOT,
    isOfBoth: async () => Promise.resolve(false),
    onRefused: () => undefined,
    log,
    socketTimes: times,
  });
  bolt.app.command('/devin', async ({ command, ack }) => ack(`heard ${command.text}`));
  closing.push(async () => bolt.stop());
  return bolt;
}

async function expectHeard(slack: LocalSlack): Promise<void> {
  expect((await slack.command('U1', 'C1', 'it')).message?.text).toBe('heard it');
}

/** How many connections there were, after each change. */
function countConnections(slack: LocalSlack): number[] {
  const counts: number[] = [];
  slack.subscribe(({ kind }) => {
    if (kind === 'connection') counts.push(slack.socketConnections());
  });
  return counts;
}

const STALLS: [string, (slack: LocalSlack) => void][] = [
  ['an address', (slack) => slack.fail(OPEN, { hang: true })],
  ['a handshake', (slack) => slack.stallSockets('handshake')],
  ['a hello', (slack) => slack.stallSockets('hello')],
];

describe('Socket Mode', () => {
  test.each(STALLS)('starts even if %s never comes', async (_what, stall) => {
    const slack = await startSlack();
    stall(slack);
    const bolt = createApp(slack, { times: IMPATIENT });
    await bolt.start();
    expect(bolt.connected()).toBe(true);
    await expectHeard(slack);
  });

  test.each(STALLS)('reconnects even if %s never comes', async (_what, stall) => {
    const slack = await startSlack();
    const bolt = createApp(slack, { times: IMPATIENT });
    await bolt.start();
    stall(slack);
    slack.dropSockets();
    await expect.poll(() => bolt.connected()).toBe(false);
    await expect.poll(() => bolt.connected(), { timeout: 10_000 }).toBe(true);
    await expectHeard(slack);
  });

  test('reconnects after Slack was down, however often it was told to', async () => {
    const slack = await startSlack();
    const bolt = createApp(slack);
    await bolt.start();
    slack.fail(OPEN, { times: 3, status: 500 });
    slack.fail(OPEN, { times: 2, error: 'internal_error' });
    slack.fail(OPEN, { times: 2 });
    slack.dropSockets();
    await expect.poll(() => bolt.connected()).toBe(false);
    await expect.poll(() => bolt.connected(), { timeout: 10_000 }).toBe(true);
    expect(slack.calls.filter(({ method }) => method === OPEN)).toHaveLength(9);
    await expectHeard(slack);
  });

  test.each(['warning', 'refresh_requested'] as const)(
    'opens the next connection before Slack closes the current one: %s',
    async (reason) => {
      const slack = await startSlack();
      const bolt = createApp(slack);
      await bolt.start();
      const counts = countConnections(slack);
      slack.disconnectSockets(reason);
      await slack.waitFor(() => counts.includes(2) && slack.socketConnections() === 1);
      expect(counts).toEqual([2, 1]);
      expect(bolt.connected()).toBe(true);
      await expectHeard(slack);
      expect(slack.problems).toEqual([]);
    },
  );

  test('answers over a connection that is being replaced', async () => {
    const slack = await startSlack();
    const bolt = createApp(slack);
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    bolt.app.command('/slow', async ({ ack }) => {
      slack.disconnectSockets('warning');
      await released;
      await ack('still here');
    });
    await bolt.start();
    const counts = countConnections(slack);
    const answer = slack.command('U1', 'C1', '', { name: '/slow' });
    await slack.waitFor(() => counts.includes(2));
    // Over the next one.
    await expectHeard(slack);
    release();
    expect((await answer).message?.text).toBe('still here');
  });

  test("doesn't start with a token that Slack refuses", async () => {
    const slack = await startSlack();
    await expect(createApp(slack, { appToken: 'xapp-wrong' }).start()).rejects.toMatchObject({
      data: { error: 'invalid_auth' },
    });
  });

  test('says once a minute what to do while Slack refuses its token, and connects once it is accepted again', async () => {
    const slack = await startSlack();
    const { log, text } = captureLog();
    await createApp(slack, { log }).start();
    slack.fail(OPEN, { error: 'token_revoked', times: 4 });
    const counts = countConnections(slack);
    slack.dropSockets();
    await slack.waitFor(() => counts.at(-1) === 1);
    await expectHeard(slack);
    expect(text().match(/"level":[456]0.*/g)).toEqual([
      expect.stringMatching(/token_revoked.*"msg":"Slack refuses SLACK_APP_TOKEN/),
    ]);
    expect(text()).toContain('"msg":"Slack is connected again"');
  });

  test('leaves nothing open after it stops', async () => {
    const slack = await startSlack();
    const bolt = createApp(slack);
    await bolt.start();
    await bolt.stop();
    await slack.waitFor(() => slack.socketConnections() === 0);
    expect(bolt.connected()).toBe(false);
  });
});
