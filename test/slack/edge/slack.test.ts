import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { createLog } from '../../../src/log.ts';
import { Later } from '../../../src/queue/index.ts';
import { effectivePreferences } from '../../../src/session/preferences.ts';
import { slackFailure } from '../../../src/slack/edge/errors.ts';
import { createSlack, identifyBot } from '../../../src/slack/edge/slack.ts';
import { createLanguages } from '../../../src/text/languages.ts';
import { listenInTest } from '../../support/listen.ts';
import { captureLog } from '../../support/log-lines.ts';

/** Everything that calls a Slack which gives this answer to each call, and the calls and other addresses it was asked for. */
async function open(answer: object | Buffer, { log = createLog('silent'), status = 200 } = {}) {
  const calls: URLSearchParams[] = [];
  const elsewhere: string[] = [];
  const tokenRefusals: string[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      calls.push(new URLSearchParams(body));
      const packed = Buffer.isBuffer(answer) ? { 'content-encoding': 'gzip' } : {};
      response.writeHead(status, { 'content-type': 'application/json', ...packed });
      response.end(Buffer.isBuffer(answer) ? answer : JSON.stringify({ ok: true, ...answer }));
    });
  });
  const slack = createSlack({
    botToken: 'xoxb-1',
    proxy: null,
    apiUrl: `${await listenInTest(server)}/api/`,
    transport: { kind: 'http', signingSecret: 's' },
    knownPeople: { since: async () => Promise.resolve(null), remember: async () => Promise.resolve() },
    languages: createLanguages('en'),
    preferencesFor: async () => Promise.resolve(effectivePreferences([])),
    onRefused: () => undefined,
    onTokenRefused: (code) => void tokenRefusals.push(code),
    fetch: async (input) => {
      elsewhere.push(input instanceof Request ? input.url : String(input));
      return Promise.resolve(new Response('ok'));
    },
    now: Date.now,
    log,
  });
  return { ...slack, calls, elsewhere, tokenRefusals };
}

test("an answer of any size isn't unpacked", async () => {
  const bomb = gzipSync(JSON.stringify({ ok: true, team: 'a'.repeat(17 * 1024 * 1024) }));
  const { answers } = await open(bomb);
  expect(await answers.auth.test().then(() => 'read', slackFailure)).toEqual({ kind: 'unclear' });
});

test("a rate limit that doesn't say how long is one, too", async () => {
  const { answers } = await open({}, { status: 429 });
  const failure = await answers.auth.test().then(() => 'read', slackFailure);
  expect(failure).toEqual({ kind: 'rate-limited', retryAfterMs: 30_000 });
});

test("an answer that neither confirms nor says why not isn't a refusal", async () => {
  const { answers } = await open({ ok: false });
  expect(await answers.auth.test().then(() => 'read', slackFailure)).toEqual({ kind: 'unclear' });
});

test('the app is its user in a workspace, whatever else Slack says of it', async () => {
  const { answers } = await open({ user_id: 'UAPP', team_id: 'T1' });
  expect(await identifyBot(answers)).toMatchObject({ botUserId: 'UAPP', teamId: 'T1' });
});

test('a token that Slack refuses is counted, and logged once a minute, with what to do', async () => {
  const { log, text: logged } = captureLog();
  const { answers, tokenRefusals } = await open({ ok: false, error: 'token_revoked' }, { log });
  const refusals = [answers.auth.test(), answers.conversations.open({ users: 'U1' })].map(async (asking) =>
    asking.then(() => 'read', slackFailure),
  );
  const refused = { kind: 'refused', code: 'token_revoked' };
  expect(await Promise.all(refusals)).toEqual([refused, refused]);
  expect(tokenRefusals).toEqual(['token_revoked', 'token_revoked']);
  const lines = logged()
    .split('\n')
    .filter((line) => line.includes('"msg":"Slack refuses SLACK_BOT_TOKEN'));
  expect(lines).toEqual([expect.stringMatching(/"code":"token_revoked",.*npm run doctor/)]);
  const { answers: others } = await open({ ok: false, error: 'channel_not_found' }, { log });
  await others.conversations.info({ channel: 'C1' }).catch(() => undefined);
  expect(logged().split('SLACK_BOT_TOKEN')).toHaveLength(2);
});

test("nothing is sent to an address that isn't Slack's: neither a notice nor a file", async () => {
  const { outbound, elsewhere } = await open({ upload_url: 'https://evil.example/upload', file_id: 'F1' });
  const place = { userId: 'U1', channelId: null, threadTs: null };
  await outbound.settleNotice({ ...place, responseUrl: 'https://evil.example/response' }, null);
  const file = { name: 'a.txt', content: new Uint8Array([1]) };
  await expect(outbound.upload(file)).rejects.toBeInstanceOf(Later);
  expect(elsewhere).toEqual([]);
  await outbound.settleNotice({ ...place, responseUrl: 'https://hooks.slack.com/response' }, null);
  expect(elsewhere).toEqual(['https://hooks.slack.com/response']);
});
