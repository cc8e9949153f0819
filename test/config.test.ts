import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseConfig } from '../src/config.ts';
import { en } from '../src/text/en.ts';
import { ja } from '../src/text/ja.ts';

const complete = {
  SLACK_BOT_TOKEN: 'xoxb-1',
  SLACK_APP_TOKEN: 'xapp-1',
  DEVIN_API_KEY: 'cog_1',
  DEVIN_ORG_ID: 'org-1',
};

const problemsOf = (parsed: ReturnType<typeof parseConfig>): string[] => (parsed.ok ? [] : parsed.problems);

describe('the settings', () => {
  test('need four values; the rest have defaults', () => {
    expect(parseConfig(complete)).toEqual({
      ok: true,
      config: {
        slack: {
          botToken: 'xoxb-1',
          transport: { kind: 'socket', appToken: 'xapp-1' },
          apiUrl: null,
          command: '/devin',
        },
        http: { host: '0.0.0.0', port: 3000, metricsToken: null },
        devin: { apiKey: 'cog_1', orgId: 'org-1', apiUrl: 'https://api.devin.ai' },
        proxy: null,
        impersonation: 'required',
        requestTag: true,
        policyFile: null,
        identityFile: null,
        limits: { openSessions: 20, startsPerHour: 30 },
        watchSeconds: 10,
        retentionDays: 90,
        mentions: 'start',
        store: { databaseUrl: null, dataDir: './data', secretsKey: null },
        language: 'en',
        logLevel: 'info',
      },
      misspelled: [],
    });
  });

  test.each([
    ['SLACK_BOT_TOKN', 'SLACK_BOT_TOKEN'],
    ['slack_bot_token', 'SLACK_BOT_TOKEN'],
    ['LIMIT_OPEN_SESSION', 'LIMIT_OPEN_SESSIONS'],
  ])('name what %s is probably meant for', (name, meant) => {
    const sentence = en.config.misspelled(name, meant);
    expect(problemsOf(parseConfig({ [name]: 'x' }))).toContain(sentence);
    expect(problemsOf(parseConfig({ [name]: 'x', [meant]: 'y' }))).not.toContain(sentence);
    expect(problemsOf(parseConfig({ [name]: '' }))).not.toContain(sentence);
  });

  test('are complete beside a misspelled name', () => {
    const misspelled = [{ name: 'POLICY_FIL', meant: 'POLICY_FILE' }];
    expect(parseConfig({ ...complete, POLICY_FIL: 'x' })).toMatchObject({ ok: true, misspelled });
  });

  test.each([
    ['ja_JP:ja', 'ja'],
    ['ja_JP:en', 'ja'],
    ['de_DE:de', 'en'],
  ])('take the language of a Linux desktop, LANGUAGE=%s', (locales, language) => {
    expect(parseConfig({ ...complete, LANGUAGE: locales })).toMatchObject({ config: { language } });
    expect(parseConfig({ LANGUAGE: locales })).toMatchObject({ language });
  });

  test('have the defaults that .env.example and docs/settings.md name', () => {
    const example = [...readFileSync('.env.example', 'utf8').matchAll(/^#([A-Z_]+)=(\S+)$/gm)];
    const table = readFileSync('docs/settings.md', 'utf8');
    const rows = [...table.matchAll(/^\| (`[A-Z_`, ]+`) +\|.*\| (`.+`) +\|$/gm)];
    const wordsIn = (cell = ''): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word);
    const named = rows.flatMap(([, names, defaults]) =>
      wordsIn(names).map((name, index) => [name, wordsIn(defaults)[index]]),
    );
    expect(named).toEqual(example.map(([, name, value]) => [name, value]));
    for (const [, name = '', value] of example)
      expect(parseConfig({ ...complete, [name]: value })).toEqual(parseConfig(complete));
  });

  test('select HTTP if there is a signing secret and no app token', () => {
    const { SLACK_APP_TOKEN: _none, ...rest } = complete;
    const parsed = parseConfig({ ...rest, SLACK_SIGNING_SECRET: 's' });
    expect(parsed).toMatchObject({ config: { slack: { transport: { kind: 'http', signingSecret: 's' } } } });
  });

  test('get one line each if missing or invalid, with what they must be and where to get them', () => {
    const parsed = parseConfig({ SLACK_BOT_TOKEN: 'xoxp-1', PORT: 'http', DEVIN_API_KEY: '' });
    const lines = problemsOf(parsed);
    expect(lines.map((line) => line.split(' ')[0])).toEqual([
      'SLACK_BOT_TOKEN',
      'PORT',
      'DEVIN_API_KEY',
      'DEVIN_ORG_ID',
      'SLACK_APP_TOKEN',
    ]);
    for (const line of lines) expect(line).toMatch(/^[A-Z_]+ .*(must|such as)/);
  });

  test.each([
    ['SLACK_BOT_TOKEN', 'xoxb-'],
    ['SLACK_BOT_TOKEN', 'xoxb-…'],
    ['DEVIN_API_KEY', 'cog_…'],
  ])('refuse what no header can hold: %s=%s', (name, value) => {
    expect(parseConfig({ ...complete, [name]: value })).toMatchObject({
      problems: [expect.stringMatching(`^${name} must be `)],
    });
  });

  test.each([
    ['SLACK_BOT_TOKEN', '“xoxb-1”'],
    ['SLACK_APP_TOKEN', 'xapp-1\u200B'],
    ['DEVIN_API_KEY', 'key: cog_1'],
    ['SLACK_SIGNING_SECRET', '"0123456789abcdef"'],
  ])('refuse what came with a copied token: %s=%s', (name, value) => {
    expect(problemsOf(parseConfig({ ...complete, [name]: value }))).toEqual([
      expect.stringMatching(`^${name} must be `),
    ]);
  });

  test.each([
    ['WATCH_SECONDS', '3601'],
    ['RETENTION_DAYS', '36501'],
  ])('refuse a time that no timer or date can hold: %s=%s', (name, value) => {
    expect(problemsOf(parseConfig({ ...complete, [name]: value }))).toEqual([
      expect.stringMatching(`^${name} must be at most \\d+\\.$`),
    ]);
  });

  const KEY = Buffer.alloc(32, 1).toString('base64');

  test.each<[name: string, taken: string[], refused: string[]]>([
    [
      'SLACK_COMMAND',
      ['/d', `/${'d'.repeat(31)}`],
      ['devin', 'x/devin', '/', '/a b', '/a/b', `/${'d'.repeat(32)}`],
    ],
    ['PORT', ['0', '65535'], ['-1', '65536', '80.5']],
    ['DEVIN_ORG_ID', ['org-1', 'org_1'], ['1', 'my-org-1', 'org-', 'org-1 2', 'organization']],
    ['HTTPS_PROXY', ['http://p:3128', 'https://a:b@p'], ['p:3128', 'socks5://p']],
    ['IMPERSONATION', ['required', 'preferred', 'off'], ['on', 'Required']],
    ['REQUEST_TAG', ['on', 'off'], ['true', '0']],
    [
      'DATABASE_URL',
      ['postgres://a/b', 'postgresql://a/b'],
      ['mysql://a/b', 'xpostgres://a/b', 'postgresqlx://a/b', 'a'],
    ],
    ['WATCH_SECONDS', ['1', '1.5', '3600'], ['0', '0.5', 'often']],
    ['RETENTION_DAYS', ['1', '36500'], ['0', '1.5', '-1']],
    ['MENTIONS', ['start', 'ask'], ['off']],
    ['LIMIT_OPEN_SESSIONS', ['0', '1'], ['-1', '1.5', 'none']],
    ['LIMIT_STARTS_PER_HOUR', ['0', '1'], ['-1', '1.5', 'none']],
    ['LOG_LEVEL', ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], ['verbose', 'INFO']],
  ])('take %s only within its limits', (name, taken, refused) => {
    const parsed = (value: string) => parseConfig({ ...complete, SECRETS_KEY: KEY, [name]: value });
    for (const value of taken) expect([value, parsed(value).ok]).toEqual([value, true]);
    for (const value of refused)
      expect([value, parsed(value)]).toMatchObject([
        value,
        { problems: [expect.stringMatching(`^${name} must be `)] },
      ]);
  });

  test.each([
    ['HOST', 'localhost', { http: { host: 'localhost' } }],
    ['PORT', '0', { http: { port: 0 } }],
    ['METRICS_TOKEN', 'a'.repeat(16), { http: { metricsToken: 'a'.repeat(16) } }],
    ['SLACK_API_URL', 'https://a.io/api/', { slack: { apiUrl: 'https://a.io/api/' } }],
    ['SLACK_COMMAND', '/ai', { slack: { command: '/ai' } }],
    ['DEVIN_API_URL', 'https://a.io', { devin: { apiUrl: 'https://a.io' } }],
    ['HTTPS_PROXY', 'http://p:1', { proxy: { https: 'http://p:1', http: '', except: '' } }],
    ['https_proxy', 'http://p:1', { proxy: { https: 'http://p:1', http: '', except: '' } }],
    ['http_proxy', 'http://p:1', { proxy: { https: '', http: 'http://p:1', except: '' } }],
    ['NO_PROXY', 'a.io', { proxy: null }],
    ['IMPERSONATION', 'off', { impersonation: 'off' }],
    ['REQUEST_TAG', 'off', { requestTag: false }],
    ['DATA_DIR', '/d', { store: { dataDir: '/d' } }],
    ['SECRETS_KEY', KEY, { store: { secretsKey: KEY } }],
    ['WATCH_SECONDS', '7', { watchSeconds: 7 }],
    ['RETENTION_DAYS', '7', { retentionDays: 7 }],
    ['MENTIONS', 'ask', { mentions: 'ask' }],
    ['IDENTITY_FILE', 'i.yml', { identityFile: 'i.yml' }],
    ['LIMIT_OPEN_SESSIONS', '7', { limits: { openSessions: 7, startsPerHour: 30 } }],
    ['LIMIT_STARTS_PER_HOUR', '7', { limits: { openSessions: 20, startsPerHour: 7 } }],
    ['LOG_LEVEL', 'warn', { logLevel: 'warn' }],
  ])('have %s where it is read', (name, value, expected) => {
    expect(parseConfig({ ...complete, [name]: value })).toMatchObject({ config: expected });
  });

  test('of a proxy count in small letters first', () => {
    const [small, large] = ['http://small:1', 'http://large:1'];
    const names = { HTTPS_PROXY: large, HTTP_PROXY: large, NO_PROXY: 'large.io', https_proxy: '' };
    expect(parseConfig({ http_proxy: small, no_proxy: 'small.io', ...complete, ...names })).toMatchObject({
      config: { proxy: { https: large, http: small, except: 'small.io' } },
    });
  });

  test.each(['p@ss#w/rd', 'p#w', 'p/w', 'p?w'])('say how to write the database password %s', (password) => {
    const SECRETS_KEY = Buffer.alloc(32, 1).toString('base64');
    const withPassword = (word: string): ReturnType<typeof parseConfig> =>
      parseConfig({ ...complete, SECRETS_KEY, DATABASE_URL: `postgres://u:${word}@localhost/x` });
    expect(problemsOf(withPassword(password)).join('\n')).toContain('# as %23');
    expect(withPassword(encodeURIComponent(password))).toMatchObject({ ok: true });
  });

  test('need a 32-byte key if replicas share the database', () => {
    const url = { DATABASE_URL: 'postgres://u:p@localhost/x' };
    expect(parseConfig({ ...complete, ...url })).toMatchObject({ ok: false });
    expect(parseConfig({ ...complete, ...url, SECRETS_KEY: 'short' })).toMatchObject({ ok: false });
    const key = Buffer.alloc(32, 1).toString('base64');
    expect(parseConfig({ ...complete, ...url, SECRETS_KEY: key })).toMatchObject({ ok: true });
  });

  test.each([
    'http://slack.example/api/',
    'http://10.0.0.1',
    'http://localhost.example',
    'http://evillocalhost',
    'ftp://localhost',
    'httpx://localhost',
    'nothing',
  ])("refuse a plain address that isn't on this machine: %s", (address) => {
    for (const name of ['SLACK_API_URL', 'DEVIN_API_URL']) {
      const parsed = parseConfig({ ...complete, [name]: address });
      expect(problemsOf(parsed)).toEqual([expect.stringContaining(`${name} must be an https address`)]);
    }
  });

  test.each([
    'https://proxy.example/devin',
    'http://localhost:3001',
    'http://127.0.0.1:3001',
    'http://[::1]:3001',
  ])('accept an encrypted address, or one on this machine: %s', (address) => {
    expect(parseConfig({ ...complete, SLACK_API_URL: address, DEVIN_API_URL: address })).toMatchObject({
      ok: true,
    });
  });

  test.each(['https://api.devin.ai/v3', 'https://api.devin.ai/v3beta1/'])(
    "refuse an address of Devin's API with a version: %s",
    (address) => {
      expect(problemsOf(parseConfig({ ...complete, DEVIN_API_URL: address }))).toEqual([
        expect.stringContaining('without a version such as /v3'),
      ]);
    },
  );

  test('accept several keys of 32 bytes each', () => {
    const [one, two] = [Buffer.alloc(32, 1).toString('base64'), Buffer.alloc(32, 2).toString('base64')];
    expect(parseConfig({ ...complete, SECRETS_KEY: `${one},${two}` })).toMatchObject({ ok: true });
    expect(parseConfig({ ...complete, SECRETS_KEY: `${one},` })).toMatchObject({ ok: false });
    expect(parseConfig({ ...complete, SECRETS_KEY: `${one},short` })).toMatchObject({ ok: false });
  });

  test('refuse a metrics token that is easy to guess', () => {
    expect(parseConfig({ ...complete, METRICS_TOKEN: 'short' })).toMatchObject({ ok: false });
    expect(parseConfig({ ...complete, METRICS_TOKEN: 'a'.repeat(16) })).toMatchObject({ ok: true });
  });

  test('report problems in the chosen language, or in English', () => {
    const japanese = parseConfig({ LANGUAGE: 'ja' });
    expect(japanese).toMatchObject({ ok: false, language: 'ja' });
    expect(problemsOf(japanese)).toContain(`DEVIN_API_KEY ${ja.config.variables.DEVIN_API_KEY}`);
    expect(parseConfig({ ...complete, LANGUAGE: 'ja' })).toMatchObject({ config: { language: 'ja' } });
    expect(parseConfig({ ...complete, LANGUAGE: 'xx' })).toMatchObject({
      problems: ['LANGUAGE must be en or ja.'],
      language: 'en',
    });
  });

  test('are all in .env.example, in the same order', () => {
    const example = readFileSync('.env.example', 'utf8');
    const listed = [...example.matchAll(/^#?([A-Z_]+)=/gm)].map(([, name]) => name);
    const parsed = parseConfig({});
    const known = [...readFileSync('src/config.ts', 'utf8').matchAll(/^ {2}([A-Z_]+): /gm)].map(
      ([, name]) => name,
    );
    expect(parsed.ok).toBe(false);
    expect(listed).toEqual(known);
  });
});
