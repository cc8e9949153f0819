import { expect, test } from 'vitest';
import { captureLog } from './support/log-lines.ts';

test('tokens, prompts and bodies are never logged', () => {
  const { log, text } = captureLog();
  const secret = 'do-not-log';
  log.info(
    { prompt: secret, request: { prompt: secret, session_secrets: [{ key: 'A', value: secret }] } },
    'x',
  );
  log.info({ config: { slack: { botToken: secret }, devin: { apiKey: secret } } }, 'x');
  log.info({ headers: { authorization: `Bearer ${secret}` }, responseUrl: secret, body: secret }, 'x');
  expect(text()).not.toContain(secret);
  expect(text()).toContain('[redacted]');
});

test('anything like a token is removed, wherever a library puts it', () => {
  const { log, text } = captureLog();
  log.error(
    { err: new Error('bad token xoxb-12-abc at postgres://u:p@h/db with cog_abcdef') },
    'xapp-1-A-2-b',
  );
  expect(text()).not.toMatch(/xoxb-12|u:p@|cog_abc|xapp-1/);
});

test("an error's causes are logged, without the values of its statement or request", () => {
  const { log, text } = captureLog();
  const query = { params: ['do-not-log'], detail: 'Key (id)=(do-not-log)', data: { ok: 'do-not-log' } };
  const error = Object.assign(new Error('no such table', { cause: new Error('the reason') }), query);
  log.error({ err: Object.assign(error, { code: '42P01' }) }, 'x');
  expect(text()).not.toContain('do-not-log');
  for (const words of ['no such table', 'the reason', '42P01']) expect(text()).toContain(words);
});

test('the same warning is logged once a minute, with how many were left out, and another one at once', () => {
  let now = 0;
  const { log, text } = captureLog(() => now);
  const failure = (code: string) => ({ err: Object.assign(new Error(`no: ${code}`), { code }) });
  for (now = 0; now <= 60_000; now += 1000) log.warn(failure('ECONNREFUSED'), 'a job failed');
  log.warn(failure('53100'), 'a job failed');
  log.warn('another');
  const lines = text().split('\n').slice(0, -1);
  expect(lines).toHaveLength(4);
  expect(lines[0]).not.toContain('leftOut');
  expect(lines[1]).toContain('"leftOut":59');
  expect(lines[2]).not.toContain('leftOut');
});
