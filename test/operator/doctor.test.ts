import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { createLocalDevin } from '../../sandbox/devin/index.ts';
import { PERMISSIONS } from '../../sandbox/devin/members.ts';
import { sandboxEnvironment } from '../../sandbox/environment.ts';
import { listen, shut } from '../../sandbox/loopback.ts';
import { createLocalSlack } from '../../sandbox/slack/index.ts';
import { parseConfig } from '../../src/config.ts';
import { diagnose } from '../../src/operator/findings.ts';
import { openDatabase } from '../../src/store/database.ts';
import { prepareSchema } from '../../src/store/schema.ts';
import { createSetAside, MOST_FAILURES } from '../../src/store/set-aside.ts';
import { en } from '../../src/text/en.ts';
import { runCommand } from '../support/processes.ts';

const DOCTOR = 'src/operator/doctor.ts';

type Sides = {
  slack?: Parameters<typeof createLocalSlack>[0];
  devin?: Parameters<typeof createLocalDevin>[0];
  environment?: Record<string, string>;
  /** Where Devin answers 404. */
  absent?: string;
  /** Where Devin answers 403. */
  forbidden?: string;
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

/** The other sides as the test wants them, and the settings for them. */
async function prepare({
  slack: slackOptions,
  devin: devinOptions = {},
  environment,
  absent,
  forbidden,
  self,
  busy,
  groups = {},
}: Sides) {
  const slack = await createLocalSlack(slackOptions);
  const devin = await createLocalDevin(devinOptions);
  for (const [id, members] of Object.entries(groups)) slack.setGroup(id, members);
  if (absent !== undefined) devin.fail({ method: 'GET', path: absent }, { status: 404, times: Infinity });
  if (forbidden !== undefined)
    devin.fail({ method: 'GET', path: forbidden }, { status: 403, times: Infinity });
  if (self !== undefined)
    devin.fail({ method: 'GET', path: '/v3/self' }, { status: 200, problem: self, times: Infinity });
  if (busy !== undefined) slack.fail(busy, { error: 'ratelimited', retryAfter: 3600, times: Infinity });
  closing.push(
    async () => slack.close(),
    async () => devin.stop(),
  );
  const settings = {
    ...sandboxEnvironment({ slack, devin, transport: 'socket' }),
    DATA_DIR: join(tmpdir(), 'no-such-folder'),
    ...environment,
  };
  return { devin, settings };
}

/** What the doctor prints, line by line. */
async function askDoctor(sides: Sides = {}) {
  const { devin, settings } = await prepare(sides);
  const { lines, isHealthy } = await diagnose(parseConfig(settings), en);
  return { lines, printed: lines.join('\n'), isHealthy, devin };
}

/** `npm run doctor`, in a process of its own. */
async function runDoctor(sides: Sides) {
  const { settings } = await prepare(sides);
  const { code, stdout: printed, stderr: complaints } = await runCommand(DOCTOR, settings, []);
  return { code, printed, complaints };
}

describe('the doctor', () => {
  test("shows which checks passed, and which couldn't run", async () => {
    const { isHealthy, printed, lines } = await askDoctor();
    expect(printed).not.toContain('✗');
    expect(isHealthy).toBe(true);
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
      ...Array.from({ length: 6 }, () => '✓ ok'),
    ]);
    for (const permission of PERMISSIONS) expect(printed).toContain(`Devin permission ${permission}`);
  });

  test('warns of a misspelled setting', async () => {
    const { isHealthy, lines } = await askDoctor({ environment: { RETENTION_DAY: '30' } });
    expect(isHealthy).toBe(true);
    expect(lines).toContain(
      "! warning        RETENTION_DAY isn't a setting of this app, and is ignored: did you mean RETENTION_DAYS?",
    );
  });

  test("names each scope of the manifest that isn't granted", async () => {
    const { isHealthy, lines } = await askDoctor({
      slack: { withoutScopes: ['users:read.email', 'reactions:write'] },
    });
    expect(isHealthy).toBe(false);
    const missing = lines.filter((line) => line.startsWith('✗ missing'));
    expect(missing).toEqual([
      expect.stringContaining('Slack scope users:read.email: add it under'),
      expect.stringContaining('Slack scope reactions:write: add it under'),
    ]);
  });

  test("names no scope as missing if Slack doesn't say which are granted", async () => {
    const { isHealthy, lines } = await askDoctor({ slack: { tellsScopes: false } });
    expect(isHealthy).toBe(true);
    expect(lines.filter((line) => line.includes('scope'))).toEqual([
      expect.stringContaining("– not checked    Slack doesn't say which scopes the token has"),
    ]);
  });

  test('fails for a needed permission, and warns about an optional one', async () => {
    const { isHealthy, lines } = await askDoctor({
      devin: { permissions: ['ReadAccountMeta', 'ManageOrgSessions'] },
    });
    expect(isHealthy).toBe(false);
    expect(lines.filter((line) => line.startsWith('✗ missing'))).toEqual([
      expect.stringContaining('ViewOrgSessions'),
      expect.stringContaining('ViewOrgMembership'),
    ]);
    expect(lines.filter((line) => line.startsWith('! warning'))).toHaveLength(4);
  });

  test.each([
    ['/sessions', false, "✗ missing        Devin can't find the organization"],
    [
      '/playbooks',
      true,
      '– not checked    Devin permission ManageAccountPlaybooks: Devin gave no clear answer',
    ],
  ])(
    'takes the organization for a wrong one only if it has no sessions: 404 for %s',
    async (absent, isHealthy, line) => {
      const ended = await askDoctor({ absent });
      expect(ended.printed).toContain(line);
      expect(ended.isHealthy).toBe(isHealthy);
    },
  );

  test('looks up no member if sessions run as the service user', async () => {
    const { printed, devin } = await askDoctor({ environment: { IMPERSONATION: 'off' } });
    expect(printed).not.toContain('ViewOrgMembership');
    expect(printed).not.toContain('ImpersonateOrgSessions');
    expect(devin.requests.filter(({ path }) => path.includes('members'))).toEqual([]);
  });

  test('names a token that Slack refuses, and a key that Devin refuses', async () => {
    const { isHealthy, lines } = await askDoctor({
      environment: { SLACK_APP_TOKEN: 'xapp-wrong', DEVIN_API_KEY: 'cog_wrong' },
    });
    expect(isHealthy).toBe(false);
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
    ['of the wrong kind', { forbidden: '/v3/self' }, 'DEVIN_API_KEY'],
  ])('refuses a key %s', async (_whose, sides, words) => {
    const { isHealthy, lines } = await askDoctor(sides);
    expect(isHealthy).toBe(false);
    expect(lines.filter((line) => line.startsWith('✗ missing'))).toEqual([expect.stringContaining(words)]);
  });

  test('takes an organization id with either sign', async () => {
    const { isHealthy } = await askDoctor({
      devin: { orgId: org.replace('-', '_') },
      self: { principal_type: 'service_user', org_id: org },
    });
    expect(isHealthy).toBe(true);
  });

  test('warns about a clock that is wrong, and says how to check the signing secret', async () => {
    const now = (): number => Date.now() + 100_000;
    const { isHealthy, printed } = await askDoctor({
      slack: { now },
      devin: { now },
      environment: { SLACK_APP_TOKEN: '', SLACK_SIGNING_SECRET: 's', SLACK_COMMAND: '/dev' },
    });
    expect(isHealthy).toBe(true);
    expect(printed).toMatch(/! warning {8}This machine's clock is (99|100|101) s behind Slack's/);
    expect(printed).toMatch(/! warning {8}This machine's clock is (99|100|101) s behind Devin's/);
    expect(printed).not.toContain('agree');
    expect(printed).toContain(
      '– not checked    SLACK_SIGNING_SECRET can only be checked with a message from Slack: type /dev help',
    );
  });

  test('names an answer that Slack never gives, such as a proxy may', async () => {
    const nothing = createServer((_request, response) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end('null'),
    );
    const { origin } = await listen(nothing);
    closing.push(async () => shut(nothing));
    const { lines } = await askDoctor({ environment: { SLACK_API_URL: `${origin}/api/` } });
    expect(lines.filter((line) => line.startsWith('✗ missing'))).toEqual([
      expect.stringContaining("Slack can't be reached ("),
    ]);
  });

  test("says once that Slack and Devin can't be reached, and why", async () => {
    const { code, printed, complaints } = await runDoctor({
      environment: { SLACK_API_URL: 'http://127.0.0.1:2/api/', DEVIN_API_URL: 'http://127.0.0.1:2' },
    });
    expect(code).toBe(1);
    expect(printed.split('\n').filter((line) => line.startsWith('✗ missing'))).toEqual([
      expect.stringContaining("Slack can't be reached (connect ECONNREFUSED 127.0.0.1:2): check"),
      expect.stringContaining("Devin can't be reached (connect ECONNREFUSED 127.0.0.1:2): check"),
    ]);
    expect(complaints).toBe('');
  });

  test.each(['auth.test', 'apps.connections.open'] as const)(
    "doesn't wait for a Slack that is too busy for %s",
    async (busy) => {
      const { isHealthy, printed } = await askDoctor({ busy });
      expect(isHealthy).toBe(true);
      expect(printed).toContain(
        "– not checked    Slack's rate limit is reached: it takes calls again in 3600 s.",
      );
    },
  );

  test('shows what is set aside, or says that the app uses the database', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'doctor-'));
    const environment = { DATA_DIR: dataDir };
    expect((await askDoctor({ environment })).printed).not.toContain('set aside');
    expect(existsSync(join(dataDir, 'database'))).toBe(false);

    await (await openDatabase({ dataDir })).close();
    // Without tables, as after a first start that was interrupted.
    expect(await runDoctor({ environment })).toMatchObject({ code: 0, complaints: '' });
    const database = await openDatabase({ dataDir });
    await prepareSchema(database.db);
    const inUse = await runDoctor({ environment });
    expect(inUse.printed).toContain(
      "– not checked    The database can't be checked while the app is running",
    );
    expect(inUse.printed).toContain('devin_slack_set_aside in /metrics');
    const failure = { error: new Error('no'), by: MOST_FAILURES };
    await createSetAside(database.db).note('message', 's1:e1', failure);
    await database.close();

    const { printed, isHealthy } = await askDoctor({ environment });
    expect(printed).toContain(
      '! warning        Set aside after repeated failures: messages from Devin that could not be posted (1).',
    );
    expect(isHealthy).toBe(true);
  });

  test("names each user group of the policy that Slack doesn't have, or that has no members", async () => {
    const POLICY_FILE = join(await mkdtemp(join(tmpdir(), 'doctor-')), 'policy.yml');
    const policy = (groups: string) => `version: 1\nowners: [${groups}]\n`;
    await writeFile(POLICY_FILE, policy('S0TEAM, S0EMPTY, S0GONE'));
    const groups = { S0TEAM: ['U0001'], S0EMPTY: [] };
    const { isHealthy, lines } = await askDoctor({ environment: { POLICY_FILE }, groups });
    expect(isHealthy).toBe(false);
    expect(lines.filter((line) => line.includes('User group'))).toEqual([
      expect.stringMatching(/^! warning .*S0EMPTY: .* has no members/),
      expect.stringMatching(/^✗ missing .*S0GONE: .* Slack doesn't have it/),
    ]);
    await writeFile(POLICY_FILE, policy('S0TEAM'));
    const fine = await askDoctor({ environment: { POLICY_FILE }, groups });
    expect(fine.printed).toContain('✓ ok             Slack has the user group that the policy names');
    const slack = { withoutScopes: ['usergroups:read'] };
    const unsure = await askDoctor({ environment: { POLICY_FILE }, groups, slack });
    expect(unsure.printed).toContain("– not checked    User group S0TEAM: Slack didn't say who is in it.");
  });

  test('names each error of the policy file and the identity file, and a folder that no one can make', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'doctor-'));
    const [POLICY_FILE, IDENTITY_FILE] = [join(folder, 'policy.yml'), join(folder, 'people.yml')];
    await writeFile(POLICY_FILE, 'limits: { acu_per_session: 0 }');
    const wrong = { POLICY_FILE, IDENTITY_FILE, DATA_DIR: join(POLICY_FILE, 'data') };
    const { isHealthy, lines } = await askDoctor({ environment: wrong });
    expect(isHealthy).toBe(false);
    expect(lines.filter((line) => line.startsWith('✗ missing'))).toEqual([
      expect.stringContaining(`POLICY_FILE ${POLICY_FILE}:1:28: acu_per_session must be at least 1`),
      expect.stringContaining(`IDENTITY_FILE ${IDENTITY_FILE}:1:1: can't be read (ENOENT)`),
      expect.stringContaining(`DATA_DIR ${POLICY_FILE}/data can't be used`),
    ]);

    await writeFile(POLICY_FILE, 'limits: { acu_per_session: 1 }');
    await writeFile(IDENTITY_FILE, 'people: []');
    const fine = await askDoctor({ environment: { POLICY_FILE, IDENTITY_FILE } });
    expect(fine.isHealthy).toBe(true);
    expect(fine.printed).toContain('✓ ok             The file that POLICY_FILE names is valid.');
    expect(fine.printed).toContain('✓ ok             The file that IDENTITY_FILE names is valid.');
  });

  test("names a folder where even root can't write, and half a backup, and leaves nothing behind", async () => {
    const unusable = await askDoctor({ environment: { DATA_DIR: '/proc/devin-slack' } });
    expect(unusable.isHealthy).toBe(false);
    expect(unusable.printed).toContain("✗ missing        DATA_DIR /proc/devin-slack can't be used");

    const dataDir = await mkdtemp(join(tmpdir(), 'doctor-'));
    const environment = { DATA_DIR: dataDir };
    expect((await askDoctor({ environment })).isHealthy).toBe(true);
    expect(await readdir(dataDir)).toEqual([]);
    await mkdir(join(dataDir, 'database', 'base'), { recursive: true });
    const incomplete = await askDoctor({ environment });
    expect(incomplete.isHealthy).toBe(false);
    expect(incomplete.printed).toContain('no complete database (PG_VERSION is missing)');
  });

  test('reports a missing setting before it checks anything else', async () => {
    const { code, printed } = await runDoctor({ environment: { DEVIN_API_KEY: '' } });
    expect(code).toBe(1);
    expect(printed).toMatch(/^✗ missing {8}DEVIN_API_KEY must be/);
  });
});
