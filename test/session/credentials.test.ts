import { describe, expect, test } from 'vitest';
import { credentialsInDraft, draftForOthers, withoutCredentials } from '../../src/session/credentials.ts';

const BODY = 'a1B2'.repeat(20);
const body = (length: number): string => BODY.slice(0, length);
const KEY = ['-----BEGIN OPENSSH PRIVATE KEY-----', body(64), body(64), '-----END OPENSSH PRIVATE KEY-----'];

/** Put together, so that nothing here looks like a real one. */
const CREDENTIALS: [string, string][] = [
  [`xoxb-${'1234567890-'.repeat(2)}${body(24)}`, 'xoxb-…'],
  [`xapp-1-A0123-${body(24)}`, 'xapp-…'],
  [`ghp_${body(36)}`, 'ghp_…'],
  [`gho_${body(36)}`, 'gho_…'],
  [`ghu_${body(36)}`, 'ghu_…'],
  [`ghs_${body(36)}`, 'ghs_…'],
  [`ghr_${body(36)}`, 'ghr_…'],
  [`github_pat_${body(22)}_${body(59)}`, 'github_pat_…'],
  [`glpat-${body(20)}`, 'glpat-…'],
  [`gldt-${body(20)}`, 'gldt-…'],
  [`glrt-${body(20)}`, 'glrt-…'],
  [`AKIA${'A2B7'.repeat(4)}`, 'AKIA…'],
  [`ASIA${'A2B7'.repeat(4)}`, 'ASIA…'],
  [`AWS_SECRET_ACCESS_KEY=${body(40)}`, 'AWS_SECRET_ACCESS_KEY=…'],
  [`secretAccessKey: "${body(40)}`, 'secretAccessKey: "…'],
  [`eyJ${body(33)}.eyJ${body(60)}.${body(43)}`, 'eyJ…'],
  [`AIza${body(35)}`, 'AIza…'],
  [`sk-ant-api03-${body(40)}`, 'sk-ant-…'],
  [`sk-proj-${body(40)}`, 'sk-proj-…'],
  [`sk-svcacct-${body(40)}`, 'sk-svcacct-…'],
  [`sk-admin-${body(40)}`, 'sk-admin-…'],
  [`sk-${body(48)}`, 'sk-…'],
  [`sk_live_${body(24)}`, 'sk_live_…'],
  [`rk_live_${body(24)}`, 'rk_live_…'],
  [`npm_${body(36)}`, 'npm_…'],
  [`cog_${body(32)}`, 'cog_…'],
  [`apk_user_${body(24)}+/${body(40)}==`, 'apk_user_…'],
  [`apk_${body(40)}`, 'apk_…'],
  [KEY.join('\n'), '-----BEGIN OPENSSH PRIVATE KEY-----…'],
  ...['', 'ENCRYPTED ', 'PGP '].map(keyOf),
];

function keyOf(kind: string): [string, string] {
  const name = `${kind}PRIVATE KEY${kind === 'PGP ' ? ' BLOCK' : ''}-----`;
  return [`-----BEGIN ${name}\n${body(64)}\n-----END ${name}`, `-----BEGIN ${name}…`];
}

describe('a credential', () => {
  test.each(CREDENTIALS)('%# is found in a text, and only its start is shown: %s', (credential, shown) => {
    expect(credentialsInDraft({ prompt: `push with ${credential}, please` })).toEqual([shown]);
    expect(withoutCredentials(`push with ${credential} please`)).toBe(`push with ${shown} please`);
    expect(credentialsInDraft({ title: `TOKEN=${credential}` })).toEqual([shown]);
    expect(withoutCredentials(`(${credential})\n"${credential}"`)).toBe(`(${shown})\n"${shown}"`);
  });

  test('is found in the address of a repository', () => {
    expect(withoutCredentials(`clone https://x:ghp_${body(36)}@github.com/acme/web`)).toBe(
      'clone https://x:ghp_…@github.com/acme/web',
    );
  });

  test('is shown in the same way however often, and what comes after it stays', () => {
    const text = `use ${KEY.join('\n')} for ${'0123456789abcdef'.repeat(3)}`;
    const once =
      'use -----BEGIN OPENSSH PRIVATE KEY-----… for 0123456789abcdef0123456789abcdef0123456789abcdef';
    expect(withoutCredentials(text)).toBe(once);
    expect(withoutCredentials(once)).toBe(once);
  });

  test.each([
    `_ghp_${body(36)}_`,
    `token=ghp_${body(36)}`,
    `https://acme.example/?token=ghp_${body(36)}&a=1`,
    `https://acme.example/?next=a%3Ftoken%3Dghp_${body(36)}`,
    `{"token":"ghp_${body(36)}"}`,
    `"a\\nghp_${body(36)}"`,
    `"a\\r\\tghp_${body(36)}"`,
  ])('is found right after what is no word: %s', (text) => {
    expect(credentialsInDraft({ prompt: text })).toEqual(['ghp_…']);
    expect(withoutCredentials(text)).not.toContain(body(30));
  });

  test.each([
    ['clone https://ana:s3cretPass@git.acme.example/web', 'clone https://ana:…@git.acme.example/web'],
    ['use <postgres://app:pa55word@db:5432/app>', 'use <postgres://app:…@db:5432/app>'],
    ['use redis://:pa55word@cache:6379', 'use redis://:…@cache:6379'],
  ])('is the password in an address: %s', (text, shown) => {
    expect(withoutCredentials(text)).toBe(shown);
    expect(withoutCredentials(shown)).toBe(shown);
    expect(credentialsInDraft({ prompt: text })).toEqual([expect.stringMatching(/:\/\/\w*:…$/)]);
  });

  test('is found in words without spaces', () => {
    expect(withoutCredentials(`トークンghp_${body(36)}を使って`)).toBe('トークンghp_…を使って');
  });

  test.each([
    'rotate the ghp_ tokens of acme/web',
    'replace ghp_xxxx by a secret',
    'set SLACK_BOT_TOKEN=xoxb-your-token-goes-here',
    `ghp_${'x'.repeat(36)}`,
    `glpat-${'x'.repeat(20)}`,
    `sk-${'X'.repeat(48)}`,
    'rename cog_command_error_handler_for_the_bot',
    'fix apk_signing_configuration_for_release_builds',
    'rename github_pat_rotation_workflow_for_all_repositories.yml',
    'rebase sk-admin-page-v2-redesign-for-mobile',
    'refuse uploads that start with "-----BEGIN RSA PRIVATE KEY-----", and test it with a new key of each kind',
    'use the key AKIAIOSFODNN7EXAMPLE of the docs',
    'connect to postgres://postgres:postgres@localhost:5432/app',
    'clone https://x-access-token:${GH_TOKEN_1}@github.com/acme/web',
    'clone https://x-access-token:$GH_TOKEN_1@github.com/acme/web',
    'open http://localhost:3000/users/a1b2c3d4@acme.example',
    'clone ssh://git@git.acme.example:2222/acme/web1.git',
    'rename load_cog_handlers_version_2_for_the_bot',
    `https://b.s3.amazonaws.com/a?X-Amz-Credential=AKIA${'A2B7'.repeat(4)}%2F20260101`,
    `https://acme.example/?next=a%3FX-Amz-Credential%3DASIA${'A2B7'.repeat(4)}%252F20260101`,
    'work on the branch sk-add-a-very-long-name-for-the-new-importer',
    `the commit ${'0123456789abcdef'.repeat(2)}`,
    `sk_test_${body(24)}`,
    'fix the parser of "-----BEGIN CERTIFICATE-----"',
    `risk-${body(48)}`,
  ])('is not %s', (text) => {
    expect(credentialsInDraft({ prompt: text })).toEqual([]);
    expect(withoutCredentials(text)).toBe(text);
  });
});

describe('a draft with credentials', () => {
  const secret = `ghp_${body(36)}`;
  const link = `https://acme.example/?token=npm_${body(36)}`;
  const values = { prompt: `use ${secret}`, title: `with ${secret}`, attachment_urls: [link], tags: ['ci'] };

  test('is without them for others', () => {
    expect(draftForOthers({ values: { ...values, prompt: `${secret} and ${secret}` } }).values).toEqual({
      prompt: 'ghp_… and ghp_…',
      title: 'with ghp_…',
      attachment_urls: ['https://acme.example/?token=npm_…'],
      tags: ['ci'],
    });
  });

  test('is asked about for all of them, links included', () => {
    expect(credentialsInDraft({ prompt: 'fix it', attachment_urls: [link] })).toEqual(['npm_…']);
    expect(credentialsInDraft(values)).toEqual(['ghp_…', 'npm_…']);
  });
});
