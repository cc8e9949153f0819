import { execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { request as open, type ClientRequest, type IncomingMessage } from 'node:http';
import type { BlockAction } from '@slack/bolt';
import * as fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { createBolt } from '../../../src/slack/edge/bolt.ts';
import {
  createHttpReceiver,
  type RefusedDelivery,
  createHttpServer,
  type HttpServer,
} from '../../../src/slack/edge/http-receiver.ts';
import { captureLog } from '../../support/log-lines.ts';

const SECRET = 'a signing secret';
const FORM = 'application/x-www-form-urlencoded';
const JSON_TYPE = 'application/json';
const MEGABYTE = 1024 * 1024;
const BOT = { botToken: 'xoxb-1', botId: 'B1', botUserId: 'U1', teamId: 'T1', workspaceUrl: null };

type Headers = Record<string, string>;
type Sent = { body: string | Buffer; headers: Headers };

const log = captureLog();
let refusals: RefusedDelivery[] = [];
const teams: (string | undefined)[] = [];
const attempts: (number | undefined)[] = [];
const heard: string[] = [];
const slow = Promise.withResolvers<void>();
let server: HttpServer;
let port = 0;
const opened: ClientRequest[] = [];

beforeAll(async () => {
  const bolt = createBolt({
    transport: { kind: 'http', signingSecret: SECRET },
    proxy: null,
    apiUrl: null,
    bot: () => BOT,
    isOfBoth: async () => Promise.resolve(false),
    onRefused: (why) => refusals.push(why),
    log: log.log,
  });
  bolt.app.command('/devin', async ({ command, ack }) => {
    heard.push(command.text);
    await ack(`heard ${command.text}`);
  });
  bolt.app.command('/slow', async ({ ack }) => {
    await slow.promise;
    await ack({ text: 'at last' });
  });
  bolt.app.event('message', async ({ context }) => void attempts.push(context.retryNum));
  bolt.app.shortcut('start_session', async () => Promise.reject(new Error('the database is down')));
  bolt.app.action('refused', async () => Promise.reject(new Error('the database is down')));
  bolt.app.action('taken', async ({ ack }) => {
    await ack();
    throw new Error('only the rest failed');
  });
  bolt.app.action<BlockAction>(/^a$/, async ({ body, ack }) => {
    teams.push(body.team?.id);
    await ack();
  });
  const page = async () => Promise.resolve({ status: 200, contentType: 'text/plain', body: 'ok' });
  const { slackEvents } = bolt;
  server = createHttpServer({ host: '127.0.0.1', port: 0, pages: { '/healthz': page }, slackEvents });
  ({ port } = await server.start());
  await bolt.start();
});
afterAll(async () => server.stop());
beforeEach(() => {
  refusals = [];
});
afterEach(() => {
  for (const one of opened.splice(0)) one.destroy();
});

function signatureOf(body: string | Buffer, offsetS = 0): Headers {
  const timestamp = String(Math.floor(Date.now() / 1000) + offsetS);
  const digest = createHmac('sha256', SECRET).update(`v0:${timestamp}:`).update(body).digest('hex');
  return { 'x-slack-request-timestamp': timestamp, 'x-slack-signature': `v0=${digest}` };
}

async function post({ body, headers }: Sent): Promise<{ status: number; text: string }> {
  const response = await fetch(`http://127.0.0.1:${port}/slack/events`, { method: 'POST', body, headers });
  return { status: response.status, text: await response.text() };
}

async function postSigned(body: string | Buffer, contentType: string) {
  return post({ body, headers: { 'content-type': contentType, ...signatureOf(body) } });
}

/** What people do in messages and views comes like this. */
function payloadForm(payload: object): string {
  return new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
}

/** A request whose body never ends, and the status of its answer. */
function stall(
  headers: Headers,
  sent: string,
): { status: Promise<number | undefined>; connection: Promise<string | undefined>; ended: Promise<unknown> } {
  const sending = open({ port, host: '127.0.0.1', method: 'POST', path: '/slack/events', headers });
  opened.push(sending);
  sending.on('error', () => undefined);
  const answer = new Promise<IncomingMessage>((resolve) => sending.on('response', resolve));
  if (sent === '') sending.flushHeaders();
  else sending.write(sent);
  return {
    status: answer.then(({ statusCode }) => statusCode),
    connection: answer.then(({ headers: { connection } }) => connection),
    ended: new Promise((resolve) => sending.on('close', resolve)),
  };
}

async function expectHealthy(): Promise<void> {
  expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
}

const WHERE =
  'user_id=U2&team_id=T1&channel_id=C1&trigger_id=1.2&response_url=https%3A%2F%2Fhooks.slack.com%2F1';
const COMMAND = `command=%2Fdevin&text=fix+it&${WHERE}`;
const plausible = (): Headers => ({ ...signatureOf('another body'), 'content-type': JSON_TYPE });
const now = (): number => Math.floor(Date.now() / 1000);
const SEND_AND_HANG_UP = `
  const [, port, sent] = process.argv;
  require('node:net').connect(Number(port), '127.0.0.1').end(sent, () => process.exit());`;
const SOME_DIGEST = `v0=${'a'.repeat(64)}`;

describe('a delivery', () => {
  const ofMember = { id: 'U2', team_id: 'T1' };
  const pressOfA = {
    type: 'block_actions',
    actions: [{ type: 'button', action_id: 'a' }],
    trigger_id: '1.2',
  };

  test.each([
    ['the app, if it names none', { team: null, user: ofMember }, 'T1'],
    ['the app, if it leaves that out', { user: ofMember }, 'T1'],
    ["the app, if a member acts in another one's view", { team: { id: 'T3' }, user: ofMember }, 'T1'],
    ['others, if it is none of theirs', { team: { id: 'T3' }, user: { id: 'U2', team_id: 'T2' } }, 'T3'],
  ])('is for the workspace of %s', async (_what, who, expected) => {
    expect(await postSigned(payloadForm({ ...pressOfA, ...who }), FORM)).toMatchObject({ status: 200 });
    expect(teams.splice(0)).toEqual([expected]);
  });

  test("that names neither its workspace nor the person's is refused", async () => {
    const press = { ...pressOfA, team: null, user: { id: 'U2' } };
    expect(await postSigned(payloadForm(press), FORM)).toMatchObject({ status: 400 });
    expect(teams).toEqual([]);
  });

  const done = { team: { id: 'T1' }, user: ofMember, trigger_id: '1.2' };
  const pressed = (actionId: string) => ({
    ...done,
    type: 'block_actions',
    actions: [{ type: 'button', action_id: actionId, action_ts: '1700000000.000100', text: { text: 'Go' } }],
  });
  const picked = {
    ...done,
    type: 'message_action',
    callback_id: 'start_session',
    response_url: 'https://hooks.slack.com/actions/1',
    channel: { id: 'C1' },
    message: { ts: '1700000000.000100' },
  };

  test.each([
    ['a shortcut', picked],
    ['a button', pressed('refused')],
  ])('whose listener fails is refused as failed: %s', async (_what, payload) => {
    expect((await postSigned(payloadForm(payload), FORM)).status).toBe(503);
    expect(refusals).toEqual(['failed']);
  });

  test('whose listener fails after it acknowledged is not refused', async () => {
    expect((await postSigned(payloadForm(pressed('taken')), FORM)).status).toBe(200);
    await expect.poll(log.text).toContain('only the rest failed');
    await expectHealthy();
    expect(refusals).toEqual([]);
  });

  test('is accepted up to five minutes late or early', async () => {
    for (const offsetS of [-295, 295]) {
      const headers = { 'content-type': FORM, ...signatureOf(COMMAND, offsetS) };
      expect((await post({ body: COMMAND, headers })).status).toBe(200);
    }
  });

  test('is verified by its bytes, not by its decoded text', async () => {
    const body = Buffer.concat([Buffer.from(`${COMMAND}&more=`), Buffer.from([0xff, 0xfe])]);
    expect((await postSigned(body, FORM)).status).toBe(200);
    const changed = Buffer.concat([Buffer.from(`${COMMAND}&more=`), Buffer.from([0xfd, 0xfc])]);
    expect(
      (await post({ body: changed, headers: { 'content-type': FORM, ...signatureOf(body) } })).status,
    ).toBe(401);
  });

  test('answers the challenge for a new request URL, and a certificate check', async () => {
    const challenge = JSON.stringify({ type: 'url_verification', challenge: 'abc' });
    expect(await postSigned(challenge, JSON_TYPE)).toEqual({ status: 200, text: '{"challenge":"abc"}' });
    const check = `ssl_check=1&${COMMAND}`;
    expect(await postSigned(check, FORM)).toEqual({ status: 200, text: '' });
  });

  test('that takes too long is logged, and not refused', async () => {
    const before = log.text().length;
    const answer = postSigned(`command=%2Fslow&${WHERE}`, FORM);
    await expect.poll(log.text, { timeout: 10_000 }).toContain('Slack got no answer within 3 s');
    slow.resolve();
    expect(await answer).toEqual({ status: 200, text: '{"text":"at last"}' });
    expect(refusals).toEqual([]);
    expect(log.text().slice(before)).not.toContain('could not be read');
  });

  test('that Slack has given up before it is read does nothing', async () => {
    const body = COMMAND.replace('fix+it', 'too+late');
    const headers = Object.entries({
      ...signatureOf(body),
      'content-type': FORM,
      'content-length': body.length,
    });
    const lines = [
      'POST /slack/events HTTP/1.1',
      'host: app',
      ...headers.map((one) => one.join(': ')),
      '',
      body,
    ];
    // Here, this process stands still, as if it was suspended, until the other one has hung up.
    execFileSync(process.execPath, ['-e', SEND_AND_HANG_UP, String(port), lines.join('\r\n')]);
    await expect.poll(() => refusals).toEqual(['failed']);
    expect(heard).not.toContain('too late');
  });

  test('that checks the certificate needs no signature, and does nothing else', async () => {
    const headers = { 'content-type': FORM };
    for (const body of ['token=x&ssl_check=1', `ssl_check=1&${COMMAND}`])
      expect(await post({ body, headers })).toEqual({ status: 200, text: '' });
    expect(refusals).toEqual([]);
    for (const body of [
      'ssl_check=2',
      'ssl_check=1&ssl_check=1',
      COMMAND,
      `ssl_check=1&x=${'x'.repeat(1000)}`,
    ])
      expect((await post({ body, headers })).status).toBe(401);
  });

  test.each<[string, () => Headers]>([
    ['no signature', () => ({ 'x-slack-request-timestamp': String(now()) })],
    ['no time', () => ({ 'x-slack-signature': SOME_DIGEST })],
    ['a time over five minutes ago', () => signatureOf('', -302)],
    ['a time over five minutes ahead', () => signatureOf('', 302)],
    ["a time that isn't a number", () => ({ ...signatureOf(''), 'x-slack-request-timestamp': 'NaN' })],
    [
      'a time in hexadecimal',
      () => ({ ...signatureOf(''), 'x-slack-request-timestamp': `0x${now().toString(16)}` }),
    ],
    [
      'a signature of another version',
      () => ({ ...signatureOf(''), 'x-slack-signature': `v1=${'a'.repeat(64)}` }),
    ],
    ['a signature that is too short', () => ({ ...signatureOf(''), 'x-slack-signature': 'v0=abc' })],
  ])('with %s is refused before its body arrives', async (_what, headers) => {
    const { status } = stall({ ...headers(), 'content-length': String(MEGABYTE / 2) }, '');
    expect(await status).toBe(401);
    expect(refusals).toEqual(['unsigned']);
  });

  test.each([
    ['a form of half a million fields', 'a&'.repeat(MEGABYTE / 2 - 1), FORM],
    ['broken JSON', '{"type":', JSON_TYPE],
  ])("with another app's signature is refused before it is parsed: %s", async (_what, body, contentType) => {
    const headers = { ...plausible(), 'content-type': contentType };
    expect((await post({ body, headers })).status).toBe(401);
    expect(refusals).toEqual(['signature']);
  });

  test.each([
    ['a form of many fields', 'a&'.repeat(MEGABYTE / 2 - 1), FORM],
    ['a field that comes twice', `${COMMAND}&text=and+more`, FORM],
    ['a payload that is null', 'payload=null', FORM],
    ['JSON null', 'null', JSON_TYPE],
    ['a list', '[]', JSON_TYPE],
    ['nothing', '', JSON_TYPE],
    ['half a million brackets', '['.repeat(MEGABYTE / 2), JSON_TYPE],
    ['an event that is null', '{"type":"event_callback","event":null}', JSON_TYPE],
    ['a command as JSON of another kind', '{"command":7,"channel":null,"actions":null}', 'text/plain'],
    ['an action that is a number', '{"actions":[7],"user":""}', JSON_TYPE],
    ['an object of no known type', '{}', JSON_TYPE],
  ])('that is signed but invalid gets a 4xx at once: %s', async (_what, body, contentType) => {
    const { status } = await postSigned(body, contentType);
    expect(Math.floor(status / 100)).toBe(4);
    await expectHealthy();
  });

  test('that never ends is refused once it is too large', async () => {
    const { status, ended, connection } = stall(plausible(), 'x'.repeat(2 * MEGABYTE));
    expect([await status, await connection]).toEqual([413, 'close']);
    await ended;
  });

  test('that announces too large a size is refused before its body arrives', async () => {
    const { status } = stall({ ...plausible(), 'content-length': String(MEGABYTE + 1) }, '');
    expect(await status).toBe(413);
  });
});

describe('many stalled bodies', () => {
  test('end after a few thousand pieces of one byte', async () => {
    const { status } = stall({ ...plausible(), 'transfer-encoding': 'chunked' }, 'a');
    const sending = opened.at(-1);
    for (let count = 0; count < 200_000; count += 1) sending?.write('a');
    expect(await status).toBe(413);
  });

  test("keep nothing that isn't signed", async () => {
    const headers = { 'content-type': FORM, 'content-length': String(MEGABYTE) };
    const stalled = Array.from({ length: 150 }, () => stall(headers, 'a&'.repeat(1000)));
    const statuses = await Promise.all(stalled.map(async ({ status }) => status));
    expect(new Set(statuses)).toEqual(new Set([401]));
    await expectHealthy();
  });
});

describe('any request', () => {
  const header = fc.constantFrom(
    'x-slack-signature',
    'x-slack-request-timestamp',
    'x-slack-retry-num',
    'content-type',
    'content-encoding',
    'expect',
    'x-forwarded-for',
  );
  const headerValue = fc.oneof(
    fc.constantFrom(FORM, JSON_TYPE, SOME_DIGEST, '100-continue', '1e9', '-1', String(now())),
    fc.stringMatching(/^[ -~]{0,40}$/),
  );
  const leaf = fc.oneof(fc.constant(null), fc.string(), fc.integer(), fc.boolean());
  const kinds = fc.constantFrom(
    'event_callback',
    'view_submission',
    'block_actions',
    'message_action',
    'shortcut',
  );
  const shape = fc.record(
    {
      type: fc.oneof(kinds, leaf),
      event: fc.oneof(leaf, fc.record({ type: leaf, channel: leaf, item: leaf }, { requiredKeys: [] })),
      command: leaf,
      actions: fc.oneof(leaf, fc.array(leaf)),
      view: leaf,
      team: leaf,
      user: leaf,
      channel: leaf,
      authorizations: leaf,
    },
    { requiredKeys: [] },
  );
  const body = fc.oneof(
    shape.map((value) => JSON.stringify(value)),
    shape.map((value) => `payload=${encodeURIComponent(JSON.stringify(value))}`),
    fc.json(),
    fc.string({ unit: 'binary' }),
    fc.webQueryParameters(),
  );

  test('is answered without a 5xx, and health checks continue', async () => {
    await fc.assert(
      fc.asyncProperty(
        body,
        fc.dictionary(header, headerValue, { maxKeys: 3 }),
        fc.boolean(),
        async (sentBody, odd, isSigned) => {
          const { expect: _refusedByFetch, ...rest } = odd;
          const headers = { 'content-type': JSON_TYPE, ...rest, ...(isSigned && signatureOf(sentBody)) };
          const { status } = await post({ body: sentBody, headers });
          expect(status).toBeLessThan(500);
          expect(isSigned || status === 401).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
    await expectHealthy();
  });

  test('with a wrong secret or clock causes one warning a minute', async () => {
    const before = log.text().split('check SLACK_SIGNING_SECRET').length;
    for (let count = 0; count < 5; count += 1) await post({ body: '{}', headers: plausible() });
    expect(log.text().split('check SLACK_SIGNING_SECRET').length - before).toBeLessThanOrEqual(1);
    expect(log.text()).toContain('check SLACK_SIGNING_SECRET');
  });

  test("before the start is refused so that Slack sends it again, and Slack's checks are answered", async () => {
    const why: RefusedDelivery[] = [];
    const receiver = createHttpReceiver({
      signingSecret: SECRET,
      deliver: async () => Promise.resolve(null),
      onRefused: (one) => why.push(one),
      log: captureLog().log,
    });
    const alone = createHttpServer({ host: '127.0.0.1', port: 0, pages: {}, ...receiver });
    const { port: ownPort } = await alone.start();
    onTestFinished(alone.stop);
    const send = async (body: string): Promise<number> => {
      const headers = { 'content-type': JSON_TYPE, ...signatureOf(body) };
      const url = `http://127.0.0.1:${ownPort}/slack/events`;
      return (await fetch(url, { method: 'POST', body, headers })).status;
    };
    expect(receiver.connected()).toBe(false);
    expect(await send('{"type":"event_callback"}')).toBe(503);
    expect(await send('{"type":"url_verification","challenge":"1"}')).toBe(200);
    expect(why).toEqual(['failed']);
    await receiver.start();
    expect(receiver.connected()).toBe(true);
  });
});
