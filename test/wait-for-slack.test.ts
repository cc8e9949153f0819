import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { StartError } from '../src/operator/sentences.ts';
import { createLanguages } from '../src/text/languages.ts';
import { createWaitForSlack } from '../src/wait-for-slack.ts';
import { captureLog } from './support/log-lines.ts';

const { shared: text } = createLanguages('en');
const unreachable = () => new StartError({ kind: 'slackUnreachable', reason: 'no route' });

function meet(failures: readonly Error[]) {
  const log = captureLog();
  const stopping = new AbortController();
  const waitForSlack = createWaitForSlack({ text, log: log.log, pausesMs: [0] });
  const left = [...failures];
  const waits: string[] = [];
  const met = waitForSlack.until(async () => {
    waits.push(waitForSlack.warnings().join());
    const failure = left.shift();
    return failure === undefined ? Promise.resolve('the bot') : Promise.reject(failure);
  }, stopping.signal);
  return { met, stopping, waitForSlack, waits, warned: () => log.text().split('"level":40').length - 1 };
}

test('while Slack is down or busy, the start waits, says why, and logs it less and less', async () => {
  const busy = new StartError({ kind: 'slackBusy', seconds: 0 });
  const { met, waitForSlack, waits, warned } = meet([...Array.from({ length: 9 }, unreachable), busy]);
  expect(await met).toBe('the bot');
  expect(waits[0]).toBe('');
  expect(waits[1]).toContain("Slack can't be reached (no route)");
  expect(waits[10]).toContain('takes calls again in 0 s. The app retries until Slack answers');
  expect(waitForSlack.warnings()).toEqual([]);
  // The attempts 1, 2, 4 and 8.
  expect(warned()).toBe(4);
});

test('a token that Slack refuses ends the start, also after a wait', async () => {
  const refused = new StartError({ kind: 'slackToken', code: 'account_inactive' });
  await expect(meet([unreachable(), refused]).met).rejects.toBe(refused);
});

test('a stop ends the wait', async () => {
  const failure = unreachable();
  const { met, stopping } = meet([failure, failure, failure]);
  stopping.abort();
  await expect(met).rejects.toBe(failure);
});

test('a busy Slack is asked again only after as long as it said', async () => {
  const busy = new StartError({ kind: 'slackBusy', seconds: 30 });
  const { met, stopping } = meet([busy]);
  await setImmediate();
  stopping.abort();
  await expect(met).rejects.toBe(busy);
});
