import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { en } from '../../src/text/en.ts';
import { parseYaml } from '../../src/trust/file-source.ts';
import { explain, POLICY_FILE } from '../../src/trust/index.ts';

const files = globSync('docs/policies/*.yml').toSorted();

function policyIn(name: string) {
  const result = parseYaml(readFileSync(name, 'utf8'), { name, format: POLICY_FILE, text: en });
  if (!result.ok) throw new Error(result.problems.join('\n'));
  return result.value;
}

describe('the examples', () => {
  test.each(files)('%s is valid as it is', (name) => {
    expect(policyIn(name).limits.acu_per_session).toBeGreaterThan(0);
    expect(readFileSync(name, 'utf8')).toContain(`npm run policy -- check ${name}`);
  });

  test.each([
    ['small-team', 'general', '', 'fix it', 'allowed'],
    ['small-team', 'general', '', 'fix it --mode ultra', 'refused: modes that cost more'],
    ['small-team', 'general', '', 'fix it --acu 21', 'refused: limits.acu_per_session'],
    [
      'company-with-contractors',
      'general',
      '',
      'fix it --repo acme/infra-dns',
      'refused: infrastructure is for the platform team',
    ],
    [
      'company-with-contractors',
      'general',
      'S0PLATFORM',
      'fix it --repo acme/infra-dns',
      'allowed: the platform team works on infrastructure',
    ],
    [
      'company-with-contractors',
      'general',
      '',
      'fix it --bypass-approval',
      'refused: nobody skips an approval in Devin',
    ],
    [
      'company-with-contractors',
      'general',
      '',
      'fix it --repo acme/deploy-eu',
      'approval: deployments need an approval',
    ],
    ['company-with-contractors', 'general', '', 'fix it --acu 31', 'approval: limits.acu_per_session'],
    ['channels-per-project', 'general', '', 'fix it', 'refused: tasks belong in project channels'],
    ['channels-per-project', 'proj-shop', '', 'fix it', 'allowed'],
  ])('%s, in #%s, in the group "%s": %s', (name, channelName, group, text, expected) => {
    const policy = policyIn(`docs/policies/${name}.yml`);
    const asked = {
      user: 'U1',
      email: '',
      groups: [group],
      channel: 'C1',
      channelName,
      kinds: [],
      text,
      command: '/devin',
    };
    const found = explain(policy, asked, en);
    expect('lines' in found && found.lines[0]).toBe(expected);
  });
});
