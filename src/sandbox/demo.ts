import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBot } from '../app.ts';
import { parseConfig } from '../config.ts';
import { playDemo } from './demo-play.ts';
import { createLocalDevin } from './devin/index.ts';
import { createLocalSlack } from './slack/index.ts';

/** `npm run demo`: the real app between a local Slack and a local Devin; no account, no token, no network. */
const slack = await createLocalSlack();
const devin = await createLocalDevin({});
const dataDir = await mkdtemp(join(tmpdir(), 'devin-slack-demo-'));
const parsed = parseConfig({
  SLACK_BOT_TOKEN: slack.workspace.botToken,
  SLACK_SIGNING_SECRET: slack.workspace.signingSecret,
  SLACK_API_URL: slack.apiUrl,
  HOST: '127.0.0.1',
  PORT: '0',
  DEVIN_API_KEY: devin.apiKey,
  DEVIN_ORG_ID: devin.orgId,
  DEVIN_API_URL: devin.url,
  DATA_DIR: dataDir,
  LOG_LEVEL: 'warn',
});
if (!parsed.ok) throw new Error(parsed.problems.join('\n'));

const bot = await createBot(parsed.config);
const { port } = await bot.start();
slack.connectHttp(`http://127.0.0.1:${port}/slack/events`);
try {
  const problems = await playDemo({ slack, devin, print: (text) => process.stdout.write(`${text}\n`) });
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  process.exitCode = problems.length === 0 ? 0 : 1;
} finally {
  await bot.stop();
  await Promise.all([slack.close(), devin.stop()]);
  await rm(dataDir, { recursive: true, force: true });
}
