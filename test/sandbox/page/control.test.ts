import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { BotProcess } from '../../../sandbox/bot-process.ts';
import { createLocalDevin, type LocalDevin } from '../../../sandbox/devin/index.ts';
import { createPace, type Pace } from '../../../sandbox/pace.ts';
import { createControl } from '../../../sandbox/page/control.ts';
import { createPage, type Page } from '../../../sandbox/page/server.ts';
import { createLocalSlack, type LocalSlack } from '../../../sandbox/slack/index.ts';

const stateSchema = z.object({
  bot: z.object({ status: z.string(), starts: z.number() }),
  script: z.string(),
  speed: z.number(),
  sessions: z.array(
    z.object({ id: z.string(), title: z.string(), status: z.string(), hasNext: z.boolean() }),
  ),
  faults: z.array(z.object({ side: z.string(), place: z.string(), what: z.string(), left: z.number() })),
  exchanges: z.array(
    z.object({ id: z.number(), side: z.string(), name: z.string(), result: z.string().nullable() }),
  ),
});
const bodySchema = z.object({ sent: z.unknown(), answered: z.unknown() });
const problemSchema = z.object({ problem: z.string() });

/** The start and the end of a process are tested elsewhere. */
function createPuppet(): BotProcess & { done: string[]; status: 'starting' | 'ready' } {
  const done: string[] = [];
  const doing = (what: string) => async (): Promise<void> => void done.push(what);
  return {
    done,
    status: 'ready',
    state() {
      return { status: this.status, pid: 7, starts: 1, address: null, log: [] };
    },
    start: doing('start'),
    kill: doing('kill'),
    stop: doing('stop'),
    subscribe: () => () => undefined,
  };
}

describe('the controls', () => {
  let slack: LocalSlack;
  let devin: LocalDevin;
  let pace: Pace;
  let bot: ReturnType<typeof createPuppet>;
  let control: ReturnType<typeof createControl>;
  let page: Page;

  beforeEach(async () => {
    pace = createPace(1);
    bot = createPuppet();
    slack = await createLocalSlack();
    devin = await createLocalDevin({ members: [{ userId: 'user-ana', email: null, name: 'Ana' }] });
    control = createControl({ slack, devin, bot, pace });
    page = await createPage({ slack, devin, control });
  });
  afterEach(async () => {
    control.close();
    await page.close();
    await Promise.all([slack.close(), devin.stop()]);
  });

  const ask = async (path: string) => (await fetch(`${page.url}/api/control/${path}`)).json();
  const state = async () => stateSchema.parse(await ask('state'));
  const act = async (body: unknown): Promise<unknown> => {
    const init = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    };
    return (await fetch(`${page.url}/api/control/act`, init)).json();
  };
  const headers = () => ({ authorization: `Bearer ${devin.apiKey}`, 'content-type': 'application/json' });
  const sessions = () => `${devin.url}/v3/organizations/${devin.orgId}/sessions`;
  const create = async (body: Record<string, unknown>) =>
    fetch(sessions(), { method: 'POST', headers: headers(), body: JSON.stringify(body) });
  const callSlack = async (method: string, args: Record<string, string>) =>
    fetch(`${slack.apiUrl}${method}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${slack.workspace.botToken}` },
      body: new URLSearchParams(args),
    });
  async function bodyOf(name: string): Promise<string> {
    const exchange = (await state()).exchanges.find((one) => one.name === name);
    return JSON.stringify(bodySchema.parse(await ask(`exchange?id=${exchange?.id}`)));
  }

  test('kill the app and restart it, in this order', async () => {
    await act({ do: 'restart-bot' });
    expect(bot.done).toEqual(['kill', 'start']);
  });

  test('leave an app alone that is starting', async () => {
    bot.status = 'starting';
    expect(await act({ do: 'restart-bot' })).not.toHaveProperty('problem');
    expect(bot.done).toEqual([]);
  });

  test('choose the script of the next session, and its speed', async () => {
    await act({ do: 'set-script', script: 'fails' });
    await act({ do: 'set-speed', speed: 0 });
    expect(await state()).toMatchObject({ script: 'fails', speed: 0 });
    expect(pace.speed()).toBe(0);
    await create({ prompt: 'try' });
    const [session] = (await state()).sessions;
    expect(session?.hasNext).toBe(true);
    for (let step = 0; step < 4; step += 1) await act({ do: 'step', sessionId: session?.id });
    expect((await state()).sessions).toMatchObject([{ title: 'try', status: 'error', hasNext: false }]);
  });

  test('offer no next step if Devin waits for an answer or the script has ended', async () => {
    await act({ do: 'set-script', script: 'question' });
    await act({ do: 'set-speed', speed: 0 });
    await create({ prompt: 'ask' });
    const [session] = (await state()).sessions;
    for (let step = 0; step < 3; step += 1) await act({ do: 'step', sessionId: session?.id });
    expect((await state()).sessions).toMatchObject([{ status: 'running, waiting for user', hasNext: false }]);
  });

  test('make Devin and Slack fail as often as planned, and count down', async () => {
    await act({ do: 'fail-devin', place: 'create', what: 'busy', times: 2 });
    await act({ do: 'fail-slack', place: 'users.info', what: 'broken', times: 1 });
    expect((await create({ prompt: 'x' })).status).toBe(429);
    expect((await state()).faults).toMatchObject([
      { side: 'devin', place: 'create', left: 1 },
      { side: 'slack', place: 'users.info', left: 1 },
    ]);
    expect((await callSlack('users.info', { user: 'U1' })).status).toBe(500);
    expect((await state()).faults).toMatchObject([
      { side: 'devin', left: 1 },
      { side: 'slack', left: 0 },
    ]);
    await act({ do: 'clear-faults' });
    expect((await state()).faults).toEqual([]);
    expect((await create({ prompt: 'x' })).status).toBe(200);
  });

  test('list the requests to each side, newest first, with their bodies', async () => {
    await callSlack('auth.test', {});
    await create({ prompt: 'look at the logs' });
    const { exchanges } = await state();
    expect(exchanges.map(({ side, name, result }) => [side, name, result])).toEqual([
      ['devin', 'POST /sessions', '200'],
      ['slack', 'auth.test', 'ok'],
    ]);
    expect(await bodyOf('POST /sessions')).toContain('look at the logs');
  });

  test('show repeated polls once, until something else happens', async () => {
    const look = async () => fetch(sessions(), { headers: headers() });
    await look();
    await look();
    await create({ prompt: 'x' });
    await look();
    const { exchanges } = await state();
    expect(exchanges.map(({ name }) => name)).toEqual(['GET /sessions', 'POST /sessions', 'GET /sessions']);
  });

  test("leave out the events of the app's own messages", async () => {
    const channelId = slack.addChannel({ name: 'general', members: [] });
    await callSlack('chat.postMessage', { channel: channelId, text: 'hello' });
    const { ts } = slack.messages(channelId)[0] ?? { ts: '' };
    await callSlack('chat.update', { channel: channelId, ts, text: 'bye' });
    await callSlack('chat.delete', { channel: channelId, ts });
    expect(slack.deliveries).toHaveLength(3);
    expect((await state()).exchanges.map(({ name }) => name)).toEqual([
      'chat.delete',
      'chat.update',
      'chat.postMessage',
    ]);
    const { problem } = problemSchema.parse(await act({ do: 'redeliver' }));
    expect(problem).toBe('Slack has sent nothing yet.');
  });

  test('mask tokens and session secrets in requests and answers', async () => {
    const userId = slack.addUser({ name: 'ana' });
    const channelId = slack.addChannel({ name: 'general', members: [userId] });
    await slack.command(userId, channelId, 'x');
    const command = await bodyOf('/devin');
    expect(command).toContain('"response_url":"[secret]"');
    expect(command).not.toContain(slack.workspace.verificationToken);
    await create({ prompt: 'x', session_secrets: [{ key: 'TOKEN', value: 'hush', sensitive: true }] });
    expect(await bodyOf('POST /sessions')).not.toContain('hush');

    const view = JSON.stringify({
      type: 'modal',
      callback_id: 'f',
      title: { type: 'plain_text', text: 'Form' },
      submit: { type: 'plain_text', text: 'Send' },
      blocks: [
        {
          type: 'input',
          block_id: 'field.session_secrets',
          label: { type: 'plain_text', text: 'Secrets' },
          element: { type: 'plain_text_input', action_id: 'value' },
        },
      ],
    });
    const trigger = slack.deliveries.at(-1)?.payload['trigger_id'];
    await callSlack('views.open', { trigger_id: String(trigger), view });
    const opened = await slack.waitForView((one) => one.userId === userId);
    slack.typeIn(opened.id, { 'field.session_secrets': 'TOKEN=hush' });
    await slack.submit(opened.id, userId);
    const submission = await bodyOf('view_submission f');
    expect(submission).toContain('field.session_secrets');
    expect(submission).not.toContain('hush');
  });

  test.each([
    [{ do: 'explode' }, 'do'],
    [{ do: 'fail-devin', place: 'create', what: 'busy', times: 0 }, 'times'],
    [{ do: 'step', sessionId: 'nobody' }, 'There is no such session.'],
    [{ do: 'redeliver' }, 'Slack has sent nothing yet.'],
  ])('refuse %j with a sentence', async (body, words) => {
    expect(problemSchema.parse(await act(body)).problem).toContain(words);
  });
});
