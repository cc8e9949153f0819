import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, test } from 'vitest';
import { createLocalDevin } from '../../sandbox/devin/index.ts';
import { PERMISSIONS } from '../../sandbox/devin/permissions.ts';
import { sandboxEnvironment } from '../../sandbox/environment.ts';
import { createLocalSlack } from '../../sandbox/slack/index.ts';
import { openDatabase } from '../../src/store/database.ts';
import { migrate } from '../../src/store/migrations/index.ts';
import { createSetAside, MOST_FAILURES } from '../../src/store/set-aside.ts';
import { bareEnvironment } from '../support/processes.ts';

type Sides = {
  slack?: Parameters<typeof createLocalSlack>[0];
  devin?: Parameters<typeof createLocalDevin>[0];
  environment?: Record<string, string>;
  /** Where Devin answers 404. */
  absent?: string;
  /** What Devin says of the key. */
  self?: Record<string, unknown>;
  /** Slack is too busy for this method. */
  groups?: Record<string, string[]>;
  busy?: 'auth.test' | 'apps.connections.open';
};

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map(async (close) => close()));
});

/** What `npm run doctor` prints, line by line. */
async function runDoctor({
  slack: slackOptions,
  devin: devinOptions = {},
  environment,
  absent,
  self,
  busy,
  groups = {},
}: Sides = {}) {
  const slack = await createLocalSlack(slackOptions);
  const devin = await createLocalDevin(devinOptions);
  for (const [id, members] of Object.entries(groups)) slack.setGroup(id, members);
  if (absent !== undefined) devin.fail({ method: 'GET', path: absent }, { status: 404, times: Infinity });
  if (self !== undefined)
    devin.fail({ method: 'GET', path: '/v3/self' }, { status: 200, problem: self, times: Infinity });
  if (busy !== undefined) slack.fail(busy, { error: 'ratelimited', retryAfter: 3600, times: Infinity });
  closing.push(
    async () => slack.close(),
    async () => devin.stop(),
  );
  const child = spawn(join('node_modules', '.bin', 'node'), ['src/operator/doctor.ts'], {
    env: {
      ...sandboxEnvironment({ slack, devin, transport: 'socket' }),
      ...bareEnvironment(),
      DATA_DIR: join(tmpdir(), 'no-such-folder'),
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [printed, complaints] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ]);
  return { printed, complaints, code: child.exitCode, lines: printed.split('\n'), devin };
}

describe('the doctor', () => {
  test("shows which checks passed, and which couldn't run", async () => {
    const { code, printed, lines } = await runDoctor();
    expect(printed).not.toContain('✗');
    expect(code).toBe(0);
    expect(lines).toContain(
      '✓ ok             Slack accepts SLACK_BOT_TOKEN; the app is installed in https://acme.slack.com/.',
    );
    expect(printed).toContain('✓ ok             All 16 Slack scopes');
    expect(printed).toContain('✓ ok             The clocks of this machine, Slack and Devin agree.');
    expect(
      lines.filter((line) => line.includes('Devin permission')).map((line) => line.slice(0, 15).trim()),
    ).toEqual([
      '✓ ok',
      ...Array.from({ length: 3 }, () => '– not checked'),
      ...Array.from({ length: 8 }, () => '✓ ok'),
    ]);
    for (const permission of PERMISSIONS) expect(printed).toContain(`Devin permission ${permission}`);
  });

  test('warns of a misspelled setting', async () => {
    const { code, lines } = await runDoctor({ environment: { RETENTION_DAY: '30' } });
    expect(code).toBe(0);
    expect(lines).toContain(
      "! warning        RETENTION_DAY isn't a setting of this app, and is ignored: did you mean RETENTION_DAYS?",
    );
  });

  test("names each scope of the manifest that isn't granted", async () => {
    const { code, lines } = await runDoctor({
      slack: { withoutScopes: ['users:read.email', 'reactions:write'] },
    });
    expect(code).toBe(1);
    const missing = lines.filter((line) => line.startsWith('✗ missing'));
    expect(missing).toEqual([
      expect.stringContaining('Slack scope users:read.email: add it under'),
      expect.stringContaining('Slack scope reactions:write: add it under'),
    ]);
  });

  test("names no scope as missing if Slack doesn't say which are granted", async () => {
    const { code, lines } = await runDoctor({ slack: { tellsScopes: false } });
    expect(code).toBe(0);
    expect(lines.filter((line) => line.includes('scope'))).toEqual([
      expect.stringContaining("– not checked    Slack doesn't say which scopes the token has"),
    ]);
  });

  test('fails for a needed permission, and warns about an optional one', async () => {
    const { code, lines } = await runDoctor({
      devin: { permissions: ['ReadAccountMeta', 'ManageOrgSessions'] },
    });
    expect(code).toBe(1);
    expect(lines.filter((line) => line.startsWith('✗ missing'))).toEqual([
      expect.stringContaining('ViewOrgSessions'),
      expect.stringContaining('ViewOrgMembership'),
    ]);
    expect(lines.filter((line) => line.startsWith('! warning'))).toHaveLength(6);
  });

  test.each([
    ['/sessions', 1, "✗ missing        Devin can't find the organization"],
    [
      '/consumption/daily',
      0,
      '– not checked    Devin permission ViewOrgConsumption: Devin gave no clear answer',
    ],
  ])(
    'takes the organization for a wrong one only if it has no sessions: 404 for %s',
    async (absent, code, line) => {
      const ended = await runDoctor({ absent });
      expect(ended.printed).toContain(line);
      expect(ended.code).toBe(code);
    },
  );

  test('looks up no member if sessions run as the service user', async () => {
    const { printed, devin } = await runDoctor({ environment: { IMPERSONATION: 'off' } });
    expect(printed).not.toContain('ViewOrgMembership');
    expect(printed).not.toContain('ImpersonateOrgSessions');
    expect(devin.requests.filter(({ path }) => path.includes('members'))).toEqual([]);
  });

  test('names a token that Slack refuses, and a key that Devin refuses', async () => {
    const { code, lines } = await runDoctor({
      environment: { SLACK_APP_TOKEN: 'xapp-wrong', DEVIN_API_KEY: 'cog_wrong' },
    });
    expect(code).toBe(1);
    expect(lines.filter((line) => line.startsWith('✗ missing'))).toEqual([
      expect.stringContaining('SLACK_APP_TOKEN'),
      expect.stringContaining('DEVIN_API_KEY'),
    ]);
  });

  const org = 'org-4c1d8e7b2f';
  test.each<[string, Sides, string]>([
    [
      'of a person',
      { self: { principal_type: 'user', org_id: org } },
      "DEVIN_API_KEY is not a service user's key",
    ],
    [
      'of another organization',
      { self: { principal_type: 'service_user', org_id: 'org-other' } },
      'DEVIN_API_KEY belongs to the organization org-other',
    ],
  ])('refuses a key %s', async (_whose, sides, words) => {
    const { code, lines } = await runDoctor(sides);
    expect(code).toBe(1);
    expect(lines.filter((line) => line.startsWith('✗ missing'))).toEqual([expect.stringContaining(words)]);
  });

  test('takes an organization id with either sign', async () => {
    const { code } = await runDoctor({
      devin: { orgId: org.replace('-', '_') },
      self: { principal_type: 'service_user', org_id: org },
    });
    expect(code).toBe(0);
  });

  test('warns about a clock that is wrong, and says how to check the signing secret', async () => {
    const now = (): number => Date.now() + 100_000;
    const { code, printed } = await runDoctor({
      slack: { now },
      devin: { now },
      environment: { SLACK_APP_TOKEN: '', SLACK_SIGNING_SECRET: 's', SLACK_COMMAND: '/dev' },
    });
    expect(code).toBe(0);
    expect(printed).toMatch(/! warning {8}This machine's clock is (99|100|101) s behind Slack's/);
    expect(printed).toMatch(/! warning {8}This machine's clock is (99|100|101) s behind Devin's/);
    expect(printed).not.toContain('agree');
    expect(printed).toContain(
      '– not checked    SLACK_SIGNING_SECRET can only be checked with a message from Slack: type /dev help',
    );
  });

  test("says once that Slack can't be reached", async () => {
    const { code, lines, complaints } = await runDoctor({
      environment: { SLACK_API_URL: 'http://127.0.0.1:1/api/' },
    });
    expect(code).toBe(1);
    expect(lines.filter((line) => line.startsWith('✗ missing'))).toEqual([
      expect.stringContaining("Slack can't be reached"),
    ]);
    expect(complaints).toBe('');
  });

  test.each(['auth.test', 'apps.connections.open'] as const)(
    "doesn't wait for a Slack that is too busy for %s",
    async (busy) => {
      const { code, printed } = await runDoctor({ busy });
      expect(code).toBe(1);
      expect(printed).toContain("✗ missing        Slack can't be reached");
    },
  );

  test('shows what is set aside, or says that the app uses the database', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'doctor-'));
    const environment = { DATA_DIR: dataDir };
    expect((await runDoctor({ environment })).printed).not.toContain('set aside');
    expect(existsSync(join(dataDir, 'database'))).toBe(false);

    await (await openDatabase({ dataDir })).close();
    // Without tables, as after a first start that was interrupted.
    expect(await runDoctor({ environment })).toMatchObject({ code: 0, complaints: '' });
    const database = await openDatabase({ dataDir });
    await migrate(database.db);
    const inUse = await runDoctor({ environment });
    expect(inUse.printed).toContain(
      "– not checked    The database can't be checked while the app is running",
    );
    expect(inUse.printed).toContain('devin_slack_set_aside in /metrics');
    const failure = { error: new Error('no'), by: MOST_FAILURES };
    await createSetAside(database.db).note('message', 's1:e1', failure);
    await database.close();

    const { printed, code } = await runDoctor({ environment });
    expect(printed).toContain(
      '! warning        Set aside after repeated failures: messages from Devin that could not be posted (1).',
    );
    expect(code).toBe(0);
  });

  test("names each user group of the policy that Slack doesn't have, or that has no members", async () => {
    const POLICY_FILE = join(await mkdtemp(join(tmpdir(), 'doctor-')), 'policy.yml');
    const policy = (groups: string) => `version: 1\nowners: [${groups}]\n`;
    await writeFile(POLICY_FILE, policy('S0TEAM, S0EMPTY, S0GONE'));
    const groups = { S0TEAM: ['U0001'], S0EMPTY: [] };
    const { code, lines } = await runDoctor({ environment: { POLICY_FILE }, groups });
    expect(code).toBe(1);
    expect(lines.filter((line) => line.includes('User group'))).toEqual([
      expect.stringMatching(/^! warning .*S0EMPTY: .* has no members/),
      expect.stringMatching(/^✗ missing .*S0GONE: .* Slack doesn't have it/),
    ]);
    await writeFile(POLICY_FILE, policy('S0TEAM'));
    const fine = await runDoctor({ environment: { POLICY_FILE }, groups });
    expect(fine.printed).toContain('✓ ok             Slack has the user group that the policy names');
    const slack = { withoutScopes: ['usergroups:read'] };
    const unsure = await runDoctor({ environment: { POLICY_FILE }, groups, slack });
    expect(unsure.printed).toContain("– not checked    User group S0TEAM: Slack didn't say who is in it.");
  });

  test('names each error of the policy file and the identity file, and a folder that no one can make', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'doctor-'));
    const [POLICY_FILE, IDENTITY_FILE] = [join(folder, 'policy.yml'), join(folder, 'people.yml')];
    await writeFile(POLICY_FILE, 'limits: { acu_per_session: 0 }');
    const wrong = { POLICY_FILE, IDENTITY_FILE, DATA_DIR: join(POLICY_FILE, 'data') };
    const { code, lines } = await runDoctor({ environment: wrong });
    expect(code).toBe(1);
    expect(lines.filter((line) => line.startsWith('✗ missing'))).toEqual([
      expect.stringContaining(`POLICY_FILE ${POLICY_FILE}:1:28: acu_per_session must be at least 1`),
      expect.stringContaining(`IDENTITY_FILE ${IDENTITY_FILE}:1:1: can't be read (ENOENT)`),
      expect.stringContaining(`DATA_DIR ${POLICY_FILE}/data can't be used`),
    ]);

    await writeFile(POLICY_FILE, 'limits: { acu_per_session: 1 }');
    await writeFile(IDENTITY_FILE, 'people: []');
    const fine = await runDoctor({ environment: { POLICY_FILE, IDENTITY_FILE } });
    expect(fine.code).toBe(0);
    expect(fine.printed).toContain('✓ ok             The file that POLICY_FILE names is valid.');
    expect(fine.printed).toContain('✓ ok             The file that IDENTITY_FILE names is valid.');
  });

  test("names a folder where even root can't write, and half a backup, and leaves nothing behind", async () => {
    const unusable = await runDoctor({ environment: { DATA_DIR: '/proc/devin-slack' } });
    expect(unusable.code).toBe(1);
    expect(unusable.printed).toContain("✗ missing        DATA_DIR /proc/devin-slack can't be used");

    const dataDir = await mkdtemp(join(tmpdir(), 'doctor-'));
    const environment = { DATA_DIR: dataDir };
    expect((await runDoctor({ environment })).code).toBe(0);
    expect(await readdir(dataDir)).toEqual([]);
    await mkdir(join(dataDir, 'database', 'base'), { recursive: true });
    const incomplete = await runDoctor({ environment });
    expect(incomplete.code).toBe(1);
    expect(incomplete.printed).toContain('no complete database (PG_VERSION is missing)');
  });

  test('reports a missing setting before it checks anything else', async () => {
    const { code, lines } = await runDoctor({ environment: { DEVIN_API_KEY: '' } });
    expect(code).toBe(1);
    expect(lines[0]).toMatch(/^✗ missing {8}DEVIN_API_KEY must be/);
  });
});
