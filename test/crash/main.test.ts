import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { watch } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createLocalDevin, type LocalDevin } from '../../sandbox/devin/index.ts';
import { listen, shut } from '../../sandbox/loopback.ts';
import { createLocalSlack, PATIENT_MS, type LocalSlack } from '../../sandbox/slack/index.ts';
import { openDatabase } from '../../src/store/database.ts';
import { typeTask } from '../support/asking.ts';
import { environmentOf, type Environment } from '../support/bot.ts';
import { freePort } from '../support/free-port.ts';
import { cardOf, sessionOf } from '../support/look.ts';
import { addColleague } from '../support/people.ts';
import { bareEnvironment } from '../support/processes.ts';
import { createTunnels } from '../support/tunnels.ts';

const readySchema = z.looseObject({ msg: z.literal('ready'), port: z.number() });

describe('the program', () => {
  let slack: LocalSlack;
  let devin: LocalDevin;
  let dataDir: string;

  // One folder for all: the first creates the database, and the others reuse it.
  beforeAll(async () => {
    slack = await createLocalSlack({ answerTimeoutMs: PATIENT_MS });
    devin = await createLocalDevin({});
    dataDir = await mkdtemp(join(tmpdir(), 'devin-slack-main-'));
  });
  afterAll(async () => {
    await Promise.all([slack.close(), devin.stop()]);
    await rm(dataDir, { recursive: true, force: true });
  });

  const NODE = [join('node_modules', '.bin', 'node'), '--liftoff-only', 'src/main.ts'] as const;
  const NPM_START = ['npm', 'start', '--silent'] as const;

  function run(environment: Environment, [command, ...args]: readonly [string, ...string[]] = NODE) {
    const env = { ...bareEnvironment(), ...environment, LOG_LEVEL: 'info' };
    // As in a terminal, each command has a process group of its own.
    return spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  }

  const complete = (): Environment => ({
    ...environmentOf({ slack, devin, transport: 'http' }),
    DATA_DIR: dataDir,
  });

  /** What it logs until it's ready; then it ends. */
  async function linesUntilReady(child: ReturnType<typeof run>): Promise<string[]> {
    const lines: string[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      lines.push(line);
      if (line.includes('"ready"')) break;
    }
    child.stdout.resume();
    child.kill('SIGKILL');
    await once(child, 'exit');
    return lines;
  }

  async function started(environment: Environment, command: readonly [string, ...string[]] = NODE) {
    const child = run(environment, command);
    for await (const line of createInterface({ input: child.stdout })) {
      const ready = readySchema.safeParse(JSON.parse(line));
      if (!ready.success) continue;
      slack.connectHttp(`http://127.0.0.1:${ready.data.port}/slack/events`);
      break;
    }
    child.stdout.resume();
    return child;
  }

  test("says in one sentence why it can't start, and logs the cause without the password", async () => {
    const databaseUrl =
      'postgres://ana:hunter2hunter2@127.0.0.1:1/bot?sslmode=verify-full&sslrootcert=/nowhere.pem';
    const child = run({ ...complete(), DATABASE_URL: databaseUrl });
    const [logged, said, ended] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'exit'),
    ]);
    expect(ended).toEqual([1, null]);
    expect(said).toContain("The Postgres server in DATABASE_URL can't be used (127.0.0.1:1/bot): ENOENT");
    expect(logged).toContain('ENOENT');
    expect(logged + said).not.toContain('hunter2hunter2');
  });

  test('refuses a folder that another version has filled, and says what to do', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'devin-slack-main-'));
    const database = await openDatabase({ dataDir });
    await sql`create table session_requests (id text)`.execute(database.db);
    await database.close();
    const child = run({ ...complete(), DATA_DIR: dataDir });
    const [said, ended] = await Promise.all([text(child.stderr), once(child, 'exit')]);
    expect(ended).toEqual([1, null]);
    expect(said).toMatch(/^The database belongs to another version of this app: .*\n$/);
    await rm(dataDir, { recursive: true, force: true });
  });

  test('names a misspelled setting beside what is missing', async () => {
    const child = run({ SLACK_BOT_TOKN: 'xoxb-1' });
    const [said] = await Promise.all([text(child.stderr), once(child, 'exit')]);
    expect(said).toContain('SLACK_BOT_TOKEN must be');
    expect(said).toContain("SLACK_BOT_TOKN isn't a setting of this app");
  });

  test('says which port another program uses', async () => {
    const other = createServer();
    const { port } = await listen(other);
    const child = run({ ...complete(), HOST: '127.0.0.1', PORT: String(port) });
    child.stdout.resume();
    const [said, ended] = await Promise.all([text(child.stderr), once(child, 'exit')]);
    await shut(other);
    expect(ended).toEqual([1, null]);
    expect(said).toBe(
      `PORT ${port} is used by another program on 127.0.0.1: stop that one, or set another PORT.\n`,
    );
  });

  test('names DATABASE_URL while it waits for a server that refuses', async () => {
    const child = run({ ...complete(), DATABASE_URL: 'postgres://ana:hunter2hunter2@127.0.0.1:1/bot' });
    const over = once(child, 'exit');
    const logged: string[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      logged.push(line);
      child.kill('SIGTERM');
    }
    expect(await over).toEqual([0, null]);
    expect(logged).toHaveLength(1);
    expect(logged[0]).toContain(
      "The Postgres server in DATABASE_URL can't be used (127.0.0.1:1/bot): connect ECONNREFUSED",
    );
    expect(logged[0]).toContain('The app retries until Postgres answers, and takes no requests until then.');
    expect(logged[0]).not.toContain('hunter2hunter2');
  });

  test.each(['http', 'socket'] as const)(
    'waits for Slack at the start, and says so (%s)',
    async (transport) => {
      const away = await createLocalSlack({ answerTimeoutMs: PATIENT_MS });
      away.fail('auth.test', { status: 503, times: Infinity });
      const port = await freePort();
      const settings = {
        ...complete(),
        ...environmentOf({ slack: away, devin, transport }),
        HOST: '127.0.0.1',
        PORT: String(port),
      };
      const page = async (path: string) => {
        const response = await fetch(`http://127.0.0.1:${port}${path}`);
        return `${response.status} ${await response.text()}`;
      };
      const first = run(settings);
      const said = text(first.stderr);
      for await (const line of createInterface({ input: first.stdout }))
        if (/Slack can't be reached.*The app retries until Slack answers/.test(line)) break;
      first.stdout.resume();
      expect(await page('/healthz')).toBe('200 {"status":"ok"}');
      expect(await page('/readyz')).toBe('503 {"database":true,"queue":false,"slack":false}');
      expect(await page('/metrics')).toContain('devin_slack_ready{part="slack"} 0');
      const over = once(first, 'exit');
      first.kill('SIGTERM');
      expect(await over).toEqual([0, null]);
      expect(await said).toBe('');

      const second = run(settings);
      for await (const line of createInterface({ input: second.stdout })) {
        if (line.includes('The app retries until Slack answers')) away.clearFaults();
        if (line.includes('"msg":"ready"')) break;
      }
      second.stdout.resume();
      expect(await page('/readyz')).toBe('200 {"database":true,"queue":true,"slack":true}');
      second.kill('SIGKILL');
      await once(second, 'exit');
      await away.close();
    },
  );

  test("doesn't wait for a Devin that hangs", async () => {
    const hanging = await createLocalDevin({});
    hanging.fail({ method: 'GET', path: /.*/ }, { hang: true, times: Infinity });
    const sides = environmentOf({ slack, devin: hanging, transport: 'http' });
    const child = run({ ...complete(), ...sides });
    const lines = await linesUntilReady(child);
    await hanging.stop();
    expect(lines.filter((line) => line.includes("Devin can't be reached"))).toHaveLength(1);
  });

  test('exits with 0 on SIGTERM while it creates a session, which the next start adopts', async () => {
    devin.fail({ method: 'POST', path: '/sessions' }, { hang: true, afterEffect: true, times: 1 });
    const environment = complete();
    const first = await started(environment);
    const ana = addColleague({ slack, devin });
    const channelId = slack.addChannel({ name: 'drain', members: [ana.userId] });
    await typeTask({ slack }, { userId: ana.userId, channelId }, 'outlive the process');
    await sessionOf(devin, ana.devinUserId);
    const ended = once(first, 'exit');
    first.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);

    // The person who started it with npm ends npm.
    const second = await started(environment, NPM_START);
    const [session] = devin.sessions;
    await cardOf(slack, channelId, (shown) => shown.includes(session?.url ?? 'no session'));
    expect(devin.createdCount()).toBe(1);
    const over = once(second, 'exit');
    second.kill('SIGTERM');
    expect(await over).toEqual([0, null]);
  });

  test('exits with 0 on SIGTERM while it opens its database, and says nothing', async () => {
    const fresh = await mkdtemp(join(tmpdir(), 'devin-slack-main-'));
    const folder = watch(fresh);
    const opening = once(folder, 'change');
    const child = run({ ...complete(), DATA_DIR: fresh });
    const said = Promise.all([text(child.stdout), text(child.stderr)]);
    const ended = once(child, 'exit');
    await opening;
    folder.close();
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
    expect(await said).toEqual(['', '']);
    await rm(fresh, { recursive: true, force: true });
  });

  test('reaches Slack, its socket and Devin only through a proxy, whose password it keeps', async () => {
    const proxy = await createTunnels();
    // Nothing listens there: the proxy leads to the machine's usual address.
    const behind = (url: string | undefined): string => (url ?? '').replace('127.0.0.1', '127.0.0.2');
    const sides = environmentOf({ slack, devin, transport: 'socket' });
    const child = run({
      ...complete(),
      ...sides,
      SLACK_API_URL: behind(sides['SLACK_API_URL']),
      DEVIN_API_URL: behind(sides['DEVIN_API_URL']),
      HTTP_PROXY: `http://ana:hunter2hunter2@${proxy.address}`,
    });
    const logged = text(child.stdout);
    await slack.waitForSocket();
    const ana = addColleague({ slack, devin });
    const channelId = slack.addChannel({ name: 'proxy', members: [ana.userId] });
    await typeTask({ slack }, { userId: ana.userId, channelId }, 'work behind a proxy');
    const session = await sessionOf(devin, ana.devinUserId);
    await cardOf(slack, channelId, (shown) => shown.includes(session.url));
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
    await proxy.close();
    expect(proxy.isSocketSeen()).toBe(true);
    expect(proxy.passwords).toEqual(new Set([`Basic ${btoa('ana:hunter2hunter2')}`]));
    expect(await logged).not.toContain('hunter2hunter2');
  });

  test('ends what is running when Ctrl-C reaches both npm, which passes it on, and the app', async () => {
    devin.fail({ method: 'POST', path: '/sessions' }, { hang: true, afterEffect: true, times: 1 });
    const child = await started(complete(), NPM_START);
    const ana = addColleague({ slack, devin });
    const channelId = slack.addChannel({ name: 'terminal', members: [ana.userId] });
    await typeTask({ slack }, { userId: ana.userId, channelId }, 'outlive the terminal');
    await sessionOf(devin, ana.devinUserId);
    const ended = once(child, 'exit');
    process.kill(-(child.pid ?? 0), 'SIGINT');
    expect(await ended).toEqual([0, null]);
  });

  test.each([
    ['a setting is missing', { DEVIN_API_KEY: '' }, 'DEVIN_API_KEY must be'],
    ['Slack rejects the token', { SLACK_BOT_TOKEN: 'xoxb-wrong' }, 'SLACK_BOT_TOKEN'],
    ['Devin rejects the key', { DEVIN_API_KEY: 'cog_wrong' }, 'DEVIN_API_KEY'],
    ['the key belongs to another organization', { DEVIN_ORG_ID: 'org-other' }, 'DEVIN_ORG_ID'],
    [
      'the policy file is missing',
      { POLICY_FILE: '/nowhere.yml' },
      "POLICY_FILE /nowhere.yml:1:1: can't be read",
    ],
    ["a folder can't be made", { DATA_DIR: '/proc/nowhere' }, 'DATA_DIR /proc/nowhere'],
  ])('exits with 1 and one sentence when %s', async (_what, changes, words) => {
    const child = run({ ...complete(), ...changes });
    const [said, ended] = await Promise.all([text(child.stderr), once(child, 'exit')]);
    expect(said).toContain(words);
    expect(said).not.toContain('p4ss');
    expect(said).not.toContain('    at ');
    expect(ended).toEqual([1, null]);
  });
});
