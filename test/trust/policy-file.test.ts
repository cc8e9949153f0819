import { describe, expect, test } from 'vitest';
import { en } from '../../src/text/en.ts';
import { parseYaml } from '../../src/trust/file-source.ts';
import { POLICY_FILE, readYamlFile } from '../../src/trust/index.ts';

function parsePolicy(source: string, name = 'policy.yml') {
  return parseYaml(source, { name, format: POLICY_FILE, text: en });
}

function problemsOf(source: string): string[] {
  const result = parsePolicy(source);
  return result.ok ? [] : result.problems;
}

const CONTRACT = `version: 1
owners: [U0123, S0456]              # people and Slack user groups
instructions: |
  Follow CONTRIBUTING.md. Never touch production data.
limits:
  acu_per_session: 20
  acu_per_person_per_day: 60
  acu_per_channel_per_day: 200
  acu_per_month: 2000
  open_sessions_per_person: 5
  starts_per_person_per_hour: 20
  over: approve
rules:
  - name: infrastructure needs the platform team
    people: [U0123, S0456, "*@contractor.example"]
    channels: [C0123, "#proj-*", private, direct, shared]
    when: { repos: ["acme/infra-*"], modes: [ultra, fast], acu_over: 10, platforms: ["*"], playbooks: [], secrets: [], session_secrets: true, attachments: true, bypass_approval: true }
    then: approve
    say: Changes to infrastructure need a look by the platform team.
    approvers: [S0789]
    need: 1
    expires: 4h
channels:
  - match: ["#proj-*"]
    set: { modes: [normal], acu: 5, repos: [acme/web], tags: [proj] }
    defaults: { acu: 3 }
    instructions: Ask before adding a dependency.
    mentions: ask
    listen: mentions
    steer: requester
`;

describe('a policy file', () => {
  test('can have every key of the format', () => {
    const result = parsePolicy(CONTRACT);
    expect(result).toMatchObject({
      ok: true,
      value: {
        owners: [
          { kind: 'user', id: 'U0123' },
          { kind: 'group', id: 'S0456' },
        ],
        rules: [{ verdict: 'approve', need: 1, expires: 4 * 3_600_000 }],
        channels: [{ mentions: 'ask', listen: 'mentions', steer: 'requester' }],
      },
    });
  });

  test.each([
    ['an unknown key', 'rule: []', /^policy.yml:1:1: rule isn't a key/],
    [
      'an unknown key deep inside',
      'channels:\n  - match: [C1]\n    set:\n      mode: lite',
      /^policy.yml:4:7: mode isn't a key/,
    ],
    ['a rule without a verdict', 'rules:\n  - name: a', /^policy.yml:2:5: then is missing/],
    [
      'a name of two rules',
      'rules:\n  - {name: a, then: allow}\n  - {name: a, then: refuse}',
      /^policy.yml:3:12: name is already the name of an earlier rule/,
    ],
    [
      'a rule that is named like a limit',
      'limits: {acu_per_session: 2, acu_per_month: 9}\nrules:\n  - {name: limits.acu_per_month, then: refuse}',
      /^policy.yml:3:12: name looks like a limit/,
    ],
    ['an invalid person', 'owners:\n  - U1\n  - ana', /^policy.yml:3:5: owners must be a Slack user id/],
    [
      'an empty list of people',
      'rules:\n  - {name: a, people: [], then: refuse}',
      /^policy.yml:2:23: people is empty/,
    ],
    [
      'a budget without a cap of a session',
      'limits:\n  acu_per_month: 9',
      /^policy.yml:2:18: acu_per_month needs limits.acu_per_session/,
    ],
    [
      'a cap of nothing',
      'limits: {acu_per_session: 0}',
      /^policy.yml:1:27: acu_per_session must be at least 1/,
    ],
    [
      'a repository that is a pattern',
      'channels:\n  - match: [C1]\n    set: {repos: ["acme/*"]}',
      /^policy.yml:3:19: repos must be a repository/,
    ],
    [
      'nobody to approve',
      'rules:\n  - {name: a, then: approve}',
      /^policy.yml:2:21: then needs people to approve/,
    ],
    ['another version', 'version: 2', /^policy.yml:1:10: version must be 1/],
    ['broken YAML', 'rules:\n\t- a', /^policy.yml:2:1: isn't valid YAML/],
    ['text cut off', 'rules:\n- name: a\n  then: refuse\n  say: In #x', /^policy.yml:4:8: uses YAML that/],
    ['a key of every object', '__proto__: {a: 1}', /^policy.yml:1:1: __proto__ isn't a key/],
  ])('is reported with its place if it has %s', (_what, source, expected) => {
    expect(problemsOf(source)).toEqual([expect.stringMatching(expected)]);
  });

  test('is reported with all problems at once, in order', () => {
    const lines = problemsOf('foo: 1\nlimits: {bar: 2, over: maybe}\nrules:\n  - {then: allow}\n');
    expect(lines.map((line) => line.split(':').slice(1, 3).join(':'))).toEqual([
      '1:1',
      '2:10',
      '2:24',
      '4:5',
    ]);
  });
});

describe('a hostile policy file', () => {
  test.each([
    ['an alias of itself', 'rules: &r [*r]', /uses YAML that/],
    ['more lists than the stack holds, by dashes', '- '.repeat(100_000), /isn't valid YAML/],
    ['more keys in keys than the stack holds', '? '.repeat(100_000), /isn't valid YAML/],
    ['far too many entries', `rules: [${'"",'.repeat(60_000)}]`, /rules is too long: at most 500/],
    ['more than a file may hold', `# ${'x'.repeat(256 * 1024)}`, /^policy.yml:1:1: is larger than 256 KB/],
  ])('is refused for %s', (_what, source, expected) => {
    expect(problemsOf(source)[0]).toMatch(expected);
  });
});

test('a missing file is a problem of the file', async () => {
  const result = await readYamlFile('/nowhere/policy.yml', POLICY_FILE, en);
  expect(result).toEqual({
    ok: false,
    problems: [expect.stringMatching(/^\/nowhere\/policy.yml:1:1: can't be read \(ENOENT\)/)],
  });
});
