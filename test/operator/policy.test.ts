import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCommand } from '../support/processes.ts';

const POLICY = `version: 1
owners: [U0001]
instructions: Follow CONTRIBUTING.md.
limits: { acu_per_session: 20 }
rules:
  - name: no contractors
    people: ["*@contractor.example", S0001]
    when: { repos: ["acme/infra-*"] }
    then: refuse
    say: Ask Ben.
  - name: a look first
    when: { repos: ["acme/infra-*"] }
    then: approve
channels:
  - match: ["#proj-*"]
    set: { modes: [normal], acu: 5, tags: [proj] }
    instructions: Ask before adding a dependency.
`;

let folder = '';
let file = '';

const policy = async (...args: string[]) => runCommand('src/operator/run.ts', {}, ['policy', ...args]);

async function explained(...args: string[]): Promise<string[]> {
  const { code, stdout } = await policy('explain', file, '--user', 'U1', '--channel', 'C1', ...args);
  expect(code).toBe(0);
  return stdout.trimEnd().split('\n');
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'devin-slack-policy-'));
  file = join(folder, 'policy.yml');
  await writeFile(file, POLICY);
});
afterAll(async () => rm(folder, { recursive: true, force: true }));

describe('npm run policy -- check', () => {
  test('checks several files', async () => {
    const missing = join(folder, 'missing.yml');
    const { code, stdout } = await policy('check', file, missing);
    expect(code).toBe(1);
    expect(stdout.trimEnd().split('\n')).toEqual([
      `${file}: The file is valid.`,
      expect.stringContaining(`${missing}:1:1: can't be read`),
    ]);
  });

  test('prints each problem with its place, and exits with 1', async () => {
    const broken = join(folder, 'broken.yml');
    await writeFile(broken, 'version: 1\nrules:\n  - name: a\n    than: refuse\n');
    const { code, stdout } = await policy('check', broken);
    expect(code).toBe(1);
    expect(stdout.trimEnd().split('\n')).toEqual([
      expect.stringContaining(`${broken}:3:5: then is missing`),
      expect.stringContaining(`${broken}:4:5: than isn't a key`),
    ]);
  });
});

describe('npm run policy -- explain', () => {
  test('begins with the decision, by what the channel sets', async () => {
    const [first] = await explained('--channel-name', 'proj-x', '--text', 'fix it --mode ultra --acu 9');
    expect(first).toBe('refused: channels.set');
    expect(await explained('--channel-name', 'proj-x', '--text', 'fix it')).toEqual(['allowed']);
  });

  test.each([
    [['--email', 'ana@contractor.example'], 'refused: no contractors', 'Ask Ben. (Rule: no contractors)'],
    [['--group', 'S0001'], 'refused: no contractors', 'Ask Ben. (Rule: no contractors)'],
    [
      ['--email', 'ana@acme.example'],
      'approval: a look first',
      'This needs an approval here. (Rule: a look first)',
    ],
  ])('names the rule that decides: %j', async (person, first, other) => {
    const lines = await explained(...person, '--text', 'fix it --repo acme/infra-dns');
    expect(lines[0]).toBe(first);
    expect(lines).toContain(other);
  });

  test.each([
    [['--user', 'ana'], 'USER must be a Slack user id, such as U0123'],
    [['--kind', 'secret'], '--kind must be public or private or direct or shared.'],
  ])('refuses %j, and says what it takes', async (wrong, sentence) => {
    const { code, stdout, stderr } = await policy('explain', file, ...wrong, '--text', 'fix it');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(sentence);
  });

  test('decides nothing by a file with errors', async () => {
    const broken = join(folder, 'undecided.yml');
    await writeFile(broken, 'limits: { acu_per_session: 0 }');
    const { code, stdout, stderr } = await policy('explain', broken, '--text', 'fix it');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(`${broken}:1:28: acu_per_session`);
  });
});
