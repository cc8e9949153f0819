import { createServer } from 'node:http';
import { describe, expect, test } from 'vitest';
import { toldTo } from '../support/asking.ts';
import { listenInTest } from '../support/listen.ts';
import { captureLog } from '../support/log-lines.ts';
import { sessionOf } from '../support/look.ts';
import { addColleague } from '../support/people.ts';
import { useWorld } from '../support/worlds.ts';

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const JSON_TYPE = { 'content-type': 'application/json' };

describe('a request to /slack/events', () => {
  const { log } = captureLog();
  const world = useWorld({ overrides: { log } });

  // At the same time: without a listener, Bolt answers after three seconds.
  test.concurrent.each([
    ['JSON null', 'null', JSON_TYPE],
    ['a JSON array', '[]', JSON_TYPE],
    ['a JSON text', '"text"', JSON_TYPE],
    ['broken JSON', '{"type":', JSON_TYPE],
    ['nothing', '', JSON_TYPE],
    ['an object of no known type', '{}', JSON_TYPE],
    [
      'an event of an unknown kind',
      '{"type":"event_callback","event":{"type":"from_the_future"}}',
      JSON_TYPE,
    ],
    ['an event that is null', '{"type":"event_callback","event":null}', JSON_TYPE],
    ['a payload that is null', 'payload=null', FORM],
    ['a payload of an unknown kind', 'payload=%7B%22type%22%3A%22from_the_future%22%7D', FORM],
    ['a command without its fields', 'command=%2Fdevin', FORM],
    [
      'a view without its state',
      'payload=%7B%22type%22%3A%22view_submission%22%2C%22view%22%3A%7B%22callback_id%22%3A%22session_form%22%7D%7D',
      FORM,
    ],
    ['a megabyte and a half', JSON.stringify({ type: 'x'.repeat(1_500_000) }), JSON_TYPE],
  ])('never gets a 5xx or stops the app: %s', async (_what, body, headers) => {
    const { slack } = world();
    const { status } = await slack.sendRaw({ body, headers, sign: true });
    expect(status).toBeGreaterThanOrEqual(200);
    expect(status).toBeLessThan(500);
  });

  test('is refused without a valid signature', async () => {
    const { slack } = world();
    const { status } = await slack.sendRaw({ body: 'command=%2Fdevin&text=fix', headers: FORM, sign: false });
    expect(status).toBe(401);
  });

  test.each([
    ['from over five minutes ago', -301],
    ['from over five minutes ahead', 302],
  ])('is refused with a signature %s', async (_when, seconds) => {
    const { slack } = world();
    const signedAtMs = Date.now() + seconds * 1000;
    const { status } = await slack.sendRaw({ body: '{}', headers: JSON_TYPE, signedAtMs });
    expect(status).toBe(401);
  });

  test('is answered only at an address of Slack', async () => {
    const { slack } = world();
    const asked: string[] = [];
    const elsewhere = await listenInTest(
      createServer((request, response) => {
        asked.push(request.url ?? '');
        response.end();
      }),
    );
    const ana = addColleague(world());
    const channelId = slack.addChannel({ name: 'answers', members: [ana.userId] });
    const command = {
      command: '/devin',
      text: 'usage',
      trigger_id: '1.1',
      team_id: slack.workspace.teamId,
      team_domain: slack.workspace.teamDomain,
      channel_id: channelId,
      channel_name: 'answers',
      user_id: ana.userId,
      user_name: ana.name,
      response_url: `${elsewhere}/commands/1`,
    };
    const body = new URLSearchParams(command).toString();
    expect((await slack.sendRaw({ body, headers: FORM, sign: true })).status).toBe(200);
    await toldTo(world(), { channelId, userId: ana.userId }, 'Usage · you');
    expect(asked).toEqual([]);
  });

  test('still starts sessions after all of this', async () => {
    const { slack, devin } = world();
    const ana = addColleague(world());
    const channelId = slack.addChannel({ name: 'after', members: [ana.userId] });
    await slack.command(ana.userId, channelId, 'fix the login test');
    await sessionOf(devin, ana.devinUserId);
  });
});

describe('the health pages', () => {
  const http = useWorld();
  const socket = useWorld({ transport: 'socket' });

  test.each([
    ['HTTP', http],
    ['Socket Mode', socket],
  ])('answer in %s', async (_mode, world) => {
    const { address, bot } = world();
    const get = async (path: string) => fetch(`${address}${path}`);
    expect((await get('/healthz')).status).toBe(200);
    const ready = await get('/readyz');
    expect([ready.status, await ready.json()]).toEqual([200, { database: true, queue: true, slack: true }]);
    expect(await bot.readiness()).toEqual({ database: true, queue: true, slack: true });
    expect(await (await get('/metrics')).text()).toContain('devin_slack_requests_total');
    expect((await get('/nowhere')).status).toBe(404);
  });

  test('hide the metrics from other networks', async () => {
    const { address } = http();
    const status = async (headers: Record<string, string>) =>
      (await fetch(`${address}/metrics`, { headers })).status;
    const statusFor = async (addresses: readonly string[]) =>
      Promise.all(addresses.map(async (one) => [one, await status({ 'x-forwarded-for': one })]));
    const ipv4 = ['127.0.0.1', '10.1.2.3', '172.31.0.1', '192.168.1.2', '169.254.1.2'];
    const near = [...ipv4, '::ffff:10.1.2.3', '::1', 'fd12::1', 'fe80::1'];
    expect(await statusFor(near)).toEqual(near.map((one) => [one, 200]));
    const far = [
      '203.0.113.7, 10.1.2.3',
      '10.1.2.3, 172.32.0.1',
      '2001:db8::1',
      '64:ff9b::cb00:7107',
      'nobody',
    ];
    expect(await statusFor(far)).toEqual(far.map((one) => [one, 403]));
    expect(await status({ forwarded: 'for=203.0.113.7' })).toBe(403);
  });

  test("say that the app isn't ready while Slack has closed the socket", async () => {
    const { slack, bot } = socket();
    const { promise: until, resolve: answer } = Promise.withResolvers<void>();
    slack.fail('apps.connections.open', { times: 2, status: 500, until });
    slack.dropSockets();
    await expect.poll(async () => (await bot.readiness()).slack).toBe(false);
    answer();
    await slack.waitForSocket();
    await expect.poll(async () => (await bot.readiness()).slack, { timeout: 20_000 }).toBe(true);
  });
});

describe('the health pages of an app with a token', () => {
  const token = 'a token of some length';
  const world = useWorld({ environment: { METRICS_TOKEN: token } });

  test('show the metrics to anyone with the token', async () => {
    const { address } = world();
    const status = async (authorization: string) =>
      (await fetch(`${address}/metrics`, { headers: { authorization } })).status;
    expect(await status(`Bearer ${token}`)).toBe(200);
    expect(await status(`bearer ${token}`)).toBe(200);
    expect(await status(token)).toBe(401);
    expect(await status(`Bearer ${token}x`)).toBe(401);
    expect((await fetch(`${address}/metrics`)).status).toBe(401);
  });
});
