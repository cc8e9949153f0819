import { mkdir, mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { createLocalDevin } from '../../sandbox/devin/index.ts';
import { PERMISSIONS } from '../../sandbox/devin/members.ts';
import { sandboxEnvironment } from '../../sandbox/environment.ts';
import { createLocalSlack } from '../../sandbox/slack/index.ts';
import { parseConfig } from '../../src/config.ts';
import { diagnose } from '../../src/operator/doctor.ts';
import { en } from '../../src/text/en.ts';
import { runCommand } from '../support/processes.ts';

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
}: Sides) {
  const slack = await createLocalSlack(slackOptions);
  const devin = await createLocalDevin(devinOptions);
  if (absent !== undefined) devin.fail({ method: 'GET', path: absent }, { status: 404, times: Infinity });
  if (forbidden !== undefined)
    devin.fail({ method: 'GET', path: forbidden }, { status: 403, times: Infinity });
  if (self !== undefined)
    devin.fail({ method: 'GET', path: '/v3/self' }, { status: 200, problem: self, times: Infinity });
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
  const {
    code,
    stdout: printed,
    stderr: complaints,
  } = await runCommand('src/operator/run.ts', settings, ['doctor']);
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
    expect(
      lines.filter((line) => line.includes('Devin permission')).map((line) => line.slice(0, 15).trim()),
    ).toEqual([
      '✓ ok',
      ...Array.from({ length: 3 }, () => '– not checked'),
      ...Array.from({ length: 6 }, () => '✓ ok'),
    ]);
    for (const permission of PERMISSIONS) expect(printed).toContain(`Devin permission ${permission}`);
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

  test('names each error of the policy file and the identity file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'doctor-'));
    const [POLICY_FILE, IDENTITY_FILE] = [join(folder, 'policy.yml'), join(folder, 'people.yml')];
    await writeFile(POLICY_FILE, 'limits: { acu_per_session: 0 }');
    const wrong = { POLICY_FILE, IDENTITY_FILE };
    const { isHealthy, lines } = await askDoctor({ environment: wrong });
    expect(isHealthy).toBe(false);
    expect(lines.filter((line) => line.startsWith('✗ missing'))).toEqual([
      expect.stringContaining(`POLICY_FILE ${POLICY_FILE}:1:28: acu_per_session must be at least 1`),
      expect.stringContaining(`IDENTITY_FILE ${IDENTITY_FILE}:1:1: can't be read (ENOENT)`),
    ]);

    await writeFile(POLICY_FILE, 'limits: { acu_per_session: 1 }');
    await writeFile(IDENTITY_FILE, 'people: []');
    const fine = await askDoctor({ environment: { POLICY_FILE, IDENTITY_FILE } });
    expect(fine.isHealthy).toBe(true);
    expect(fine.printed).toContain('✓ ok             POLICY_FILE: The file is valid.');
    expect(fine.printed).toContain('✓ ok             IDENTITY_FILE: The file is valid.');
  });

  test('names half a backup, and leaves nothing behind', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'doctor-'));
    const environment = { DATA_DIR: dataDir };
    expect((await askDoctor({ environment })).isHealthy).toBe(true);
    expect(await readdir(dataDir)).toEqual([]);
    await mkdir(join(dataDir, 'database', 'base'), { recursive: true });
    const incomplete = await askDoctor({ environment });
    expect(incomplete.isHealthy).toBe(false);
    expect(incomplete.printed).toContain('no database that can be opened');
  });

  test('reports a missing setting before it checks anything else', async () => {
    const { code, printed } = await runDoctor({ environment: { DEVIN_API_KEY: '' } });
    expect(code).toBe(1);
    expect(printed).toMatch(/^✗ missing {8}DEVIN_API_KEY must be/);
  });
});
