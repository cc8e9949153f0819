import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { untilAnswered } from '../src/health.ts';
import { createLanguages } from '../src/text/languages.ts';
import { OperatorError } from '../src/text/operator-error.ts';
import { captureLog } from './support/log-lines.ts';

const { shared: logged } = createLanguages('en');

test.each([
  ['is down', new OperatorError('slack-unreachable', ({ start }) => start.slackBusy(1))],
  [
    'is busy, for as long as it said',
    new OperatorError('slack-busy', ({ start }) => start.slackBusy(30), { retryAfterMs: 30_000 }),
  ],
  ['is read-only', new OperatorError('database-readonly', ({ start }) => start.slackBusy(1))],
])('the start waits for what %s, and says so, until it is stopped', async (_what, failure) => {
  const { log, text } = captureLog();
  const stopping = new AbortController();
  let asked = 0;
  const ask = async () => {
    asked += 1;
    return Promise.reject(failure);
  };
  const met = untilAnswered('Slack', ask, { logged, log, signal: stopping.signal });
  await setImmediate();
  expect(text()).toContain('The app retries until Slack answers');
  stopping.abort();
  await expect(met).rejects.toBe(failure);
  expect(asked).toBe(1);
});
