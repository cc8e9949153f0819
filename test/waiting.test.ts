import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { untilAnswered } from '../src/health.ts';
import { createLanguages } from '../src/text/languages.ts';
import { OperatorError } from '../src/text/operator-error.ts';
import { captureLog } from './support/log-lines.ts';

const { shared: logged } = createLanguages('en');

test('the start waits for what is down, and says so, until it is stopped', async () => {
  const { log, text } = captureLog();
  const stopping = new AbortController();
  const failure = new OperatorError('slack-unreachable', ({ start }) =>
    start.unreachable('Slack', 'no route', 'SLACK_API_URL'),
  );
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
