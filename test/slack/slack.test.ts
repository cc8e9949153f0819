import { createServer } from 'node:http';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { createLog } from '../../src/log.ts';
import { slackFailure } from '../../src/slack/errors.ts';
import { createSlack } from '../../src/slack/slack.ts';
import { createLanguages } from '../../src/text/languages.ts';
import { listenInTest } from '../support/listen.ts';

test("an answer of any size isn't unpacked", async () => {
  const bomb = gzipSync(JSON.stringify({ ok: true, team: 'a'.repeat(17 * 1024 * 1024) }));
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(bomb);
  });
  const { answers } = createSlack({
    botToken: 'xoxb-1',
    apiUrl: `${await listenInTest(server)}/api/`,
    transport: { kind: 'http', signingSecret: 's' },
    knownPeople: { since: async () => Promise.resolve(null), remember: async () => Promise.resolve() },
    languages: createLanguages('en'),
    languageOf: async () => Promise.resolve(null),
    onRefused: () => undefined,
    fetch,
    now: Date.now,
    log: createLog('silent'),
  });
  expect(await answers.auth.test().then(() => 'read', slackFailure)).toEqual({ kind: 'unclear' });
});
