import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLocalDevin } from '../src/sandbox/devin/index.ts';
import { createLocalSlack } from '../src/sandbox/slack/index.ts';
import { atPace, quantile, rush, sendCommand } from './load.ts';
import type { Target } from './load.ts';
import { runProgram } from './process.ts';
import type { Running } from './process.ts';

/** `npm run bench`: the app beside a bare Bolt app, in one run on one machine. Numbers, not tests. */
const PACE = { perSecond: 50, seconds: 10 };
const RUSH = { total: 2000, atOnce: 50 };

const slack = await createLocalSlack();
const devin = await createLocalDevin({});
const dataDir = await mkdtemp(join(tmpdir(), 'devin-slack-bench-'));
const { signingSecret, teamId, botToken } = slack.workspace;
const userId = slack.addUser({ name: 'bench', email: 'bench@acme.example' });
devin.addMember({ userId: 'user-bench', email: 'bench@acme.example', name: 'Bench' });
const channelId = slack.addChannel({ name: 'bench', members: [userId] });
const environment = {
  SLACK_BOT_TOKEN: botToken,
  SLACK_SIGNING_SECRET: signingSecret,
  SLACK_API_URL: slack.apiUrl,
  HOST: '127.0.0.1',
  PORT: '0',
  DEVIN_API_KEY: devin.apiKey,
  DEVIN_ORG_ID: devin.orgId,
  DEVIN_API_URL: devin.url,
  DATA_DIR: dataDir,
  LOG_LEVEL: 'info',
};

const bare = await runProgram('bench/bare.ts', environment);
const first = await runProgram('src/main.ts', environment);
await first.stop();
const app = await runProgram('src/main.ts', environment);

const ask = async (running: Running, text: string) => {
  const target: Target = { port: running.port, signingSecret };
  return sendCommand(target, { teamId, userId, channelId }, text);
};

const row = (name: string, ofBare: string, ofApp: string, aim: string): void =>
  console.log(`${name.padEnd(44)}${ofBare.padStart(12)}${ofApp.padStart(14)}   ${aim}`);
const ms = (value: number): string => `${value.toFixed(1)} ms`;

await Promise.all([ask(bare, 'warm up'), ask(app, 'warm up')]);
await devin.waitForSession(() => true);

const [bareAcks, appAcks] = await Promise.all([
  atPace(PACE, async () => ask(bare, 'fix it')),
  atPace(PACE, async () => ask(app, 'fix it --repo acme/web')),
]);
const took = (answers: { tookMs: number }[], share: number): string =>
  ms(
    quantile(
      answers.map(({ tookMs }) => tookMs),
      share,
    ),
  );
const settledRss = app.rssMb();

const added: number[] = [];
for (let turn = 0; turn < 50; turn += 1) {
  const prompt = `measure ${turn}`;
  const { sentAtMs } = await ask(app, prompt);
  const session = await devin.waitForSession(({ request }) => request.prompt === prompt);
  added.push(session.createdAtMs - sentAtMs);
}
const bareRate = await rush(RUSH, async () => ask(bare, 'rush'));
const appRate = await rush(RUSH, async () => ask(app, 'rush'));

console.log(
  `${cpus().length} cores, Node ${process.version}; embedded database, fsync on; sandbox on the same machine\n`,
);
row('', 'bare Bolt', 'devin-slack', 'aim');
row(`ack p50 at ${PACE.perSecond}/s`, took(bareAcks, 0.5), took(appAcks, 0.5), '');
row(`ack p99 at ${PACE.perSecond}/s, request durable`, took(bareAcks, 0.99), took(appAcks, 0.99), '<= 25 ms');
row('accepted per second', bareRate.toFixed(0), appRate.toFixed(0), '>= 500');
row('signed request -> POST at Devin, p50', '', ms(quantile(added, 0.5)), '<= 30 ms');
row(
  'memory (RSS) after the paced load',
  `${bare.rssMb().toFixed(0)} MB`,
  `${settledRss.toFixed(0)} MB`,
  '<= 250 MB',
);
row('memory (RSS) after the rush', '', `${app.rssMb().toFixed(0)} MB`, '');
row('first start to ready', '', ms(first.readyMs), '');
row('second start to ready', ms(bare.readyMs), ms(app.readyMs), '<= 1500 ms');

await Promise.all([app.stop(), bare.stop()]);
await Promise.all([slack.close(), devin.stop()]);
await rm(dataDir, { recursive: true, force: true });
