import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { withConditionsTable } from '../scripts/tables.ts';
import { mappingSchema } from '../src/session/identity.ts';
import { policySchema } from '../src/session/policy/schema.ts';
import type { AuditEntry } from '../src/store/audit.ts';
import { en } from '../src/text/en.ts';
import { parseYaml } from '../src/trust/file-source.ts';
import { POLICY_FILE } from '../src/trust/index.ts';

const DOCS = globSync('{*,docs/*}.md').toSorted();
const FOLDERS = ['.', 'src', 'test'];

/** A heading's anchor. */
function anchorsIn(file: string): string[] {
  return [...readFileSync(file, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, words = '']) =>
    words
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

function leadsNowhere(file: string, target: string): boolean {
  const [path = '', anchor] = target.split('#');
  const place = path === '' ? file : join(dirname(file), path);
  if (!existsSync(place)) return true;
  return anchor !== undefined && !anchorsIn(place).includes(anchor);
}

function examplesIn(file: string): string[] {
  return [...readFileSync(file, 'utf8').matchAll(/^```yaml\n(.+?)^```$/gms)].map(([, source = '']) => source);
}

test.each(DOCS)('the links in %s lead to existing files and headings', (file) => {
  const targets = [...readFileSync(file, 'utf8').matchAll(/\]\(([^)\s]+)\)/g)].map(
    ([, target = '']) => target,
  );
  const local = targets.filter((target) => !/^https?:/.test(target));
  expect(local.filter((target) => leadsNowhere(file, target))).toEqual([]);
});

test.each(DOCS)('%s names existing files', (file) => {
  const names = [...readFileSync(file, 'utf8').matchAll(/`([\w-]+\/[\w./-]+\.ts|test\/[\w/-]+)`/g)];
  const missing = names.filter(([, name = '']) => !FOLDERS.some((folder) => existsSync(join(folder, name))));
  expect(missing.map(([, name]) => name)).toEqual([]);
});

test('the map of the code names existing files and folders', () => {
  const [, map = ''] = /^```text\nsrc\/\n(.+?)^```$/ms.exec(readFileSync('CONTRIBUTING.md', 'utf8')) ?? [];
  const names = [...map.matchAll(/[\w-]+(?:\.ts\b|\/)/g)].map(([name]) => name.replace(/\/$/, ''));
  expect(names.length).toBeGreaterThan(25);
  const known = new Set(
    globSync('{src,sandbox,test,scripts,bench}/**', { withFileTypes: true }).map(({ name }) => name),
  );
  expect(names.filter((name) => !known.has(name) && !existsSync(name))).toEqual([]);
});

test.each(['README.md', 'docs/policy.md'])('the policy in %s is valid', (file) => {
  const policies = examplesIn(file).filter((source) => source.includes('limits:'));
  expect(policies).toHaveLength(1);
  for (const source of policies) {
    const result = parseYaml(source, { name: file, format: POLICY_FILE, text: en });
    expect(result.ok ? [] : result.problems).toEqual([]);
  }
});

test('docs/policy.md has the conditions of the code (npm run docs)', () => {
  const guide = readFileSync('docs/policy.md', 'utf8');
  expect(withConditionsTable(guide)).toBe(guide);
});

test('docs/policy.md explains each key of the policy file', () => {
  const guide = readFileSync('docs/policy.md', 'utf8');
  const keys: string[] = [];
  JSON.stringify(z.toJSONSchema(policySchema, { io: 'input' }), (key, value: unknown) => {
    if (key === 'properties' && value instanceof Object) keys.push(...Object.keys(value));
    return value;
  });
  expect(keys).toContain('bypass_approval');
  expect(keys.filter((key) => !new RegExp(`\\b${key}\\b`).test(guide))).toEqual([]);
});

const AUDIT_KINDS: Record<AuditEntry['kind'], true> = {
  start: true,
  refusal: true,
  outcome: true,
  cancel: true,
  approval: true,
  follow: true,
  restore: true,
  reply: true,
  stop: true,
  sleep: true,
  wake: true,
  archive: true,
  link: true,
  setting: true,
  forget: true,
  export: true,
  policy: true,
  mapping: true,
};

test('docs/audit.md explains each kind of entry', () => {
  const rows = readFileSync('docs/audit.md', 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('|'));
  expect(Object.keys(AUDIT_KINDS).filter((kind) => !rows.some((row) => row.includes(`\`${kind}\``)))).toEqual(
    [],
  );
});

test('docs/operations.md explains each metric', () => {
  const guide = readFileSync('docs/operations.md', 'utf8');
  const names = [...readFileSync('src/metrics.ts', 'utf8').matchAll(/'(devin_slack_\w+)'/g)];
  expect(names.length).toBeGreaterThan(5);
  expect(names.filter(([, name]) => !guide.includes(`| \`${name}\``)).map(([, name]) => name)).toEqual([]);
});

test('docs/operations.md quotes the log as it is written', () => {
  const [, guide = ''] = readFileSync('docs/operations.md', 'utf8').split('| `msg`');
  const rows = guide.split('\n').filter((line) => line.startsWith('| `'));
  const spans = rows.flatMap((row) => row.split('`').filter((_part, at) => at % 2 === 1));
  const quoted = spans.filter((span) => span.includes(' ') || span === 'ready');
  expect(quoted.length).toBeGreaterThan(15);
  const sources = globSync('src/**/*.ts').map((file) => readFileSync(file, 'utf8'));
  const isLogged = (said: string): boolean => {
    const parts = said.split('…').map((part) => part.trim());
    return sources.some((source) => parts.every((part) => source.includes(part)));
  };
  expect(quoted.filter((said) => !isLogged(said))).toEqual([]);
});

test('the identity file in its document is valid', () => {
  const source = examplesIn('docs/identity.md').find((example) => example.includes('devin:')) ?? '';
  expect(mappingSchema.parse(parse(source)).people).toHaveLength(2);
});
