import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createWaiting } from '../src/health.ts';
import { createLanguages } from '../src/text/languages.ts';
import { OperatorError } from '../src/text/operator-error.ts';
import { captureLog } from './support/log-lines.ts';

const { shared: text } = createLanguages('en');
const unreachable = () =>
  new OperatorError('slack-unreachable', ({ start }) =>
    start.unreachable('Slack', 'no route', 'SLACK_API_URL'),
  );
const busyFor = (seconds: number) =>
  new OperatorError('slack-busy', ({ start }) => start.slackBusy(seconds), { retryAfterMs: seconds * 1000 });

function meet(failures: readonly Error[]) {
  const log = captureLog();
  const stopping = new AbortController();
  const waiting = createWaiting({ text, log: log.log, pauseMs: 0 });
  const left = [...failures];
  const waits: string[] = [];
  const met = waiting.until(
    'Slack',
    async () => {
      waits.push(waiting.warnings().join());
      const failure = left.shift();
      return failure === undefined ? Promise.resolve('the bot') : Promise.reject(failure);
    },
    stopping.signal,
  );
  return { met, stopping, waiting, waits, warned: () => log.text().split('"level":40').length - 1 };
}

test('a busy Slack is asked again only after as long as it said', async () => {
  const busy = busyFor(30);
  const { met, stopping } = meet([busy]);
  await setImmediate();
  stopping.abort();
  await expect(met).rejects.toBe(busy);
});

test('a start that waits for two systems names both, until each answers', async () => {
  const log = captureLog();
  const waiting = createWaiting({ text, log: log.log, pauseMs: 0 });
  const { signal } = new AbortController();
  const slack = Promise.withResolvers<string>();
  const failures = [unreachable()];
  const met = waiting.until(
    'Slack',
    async () => {
      const failure = failures.shift();
      if (failure !== undefined) throw failure;
      return slack.promise;
    },
    signal,
  );
  const server = 'db.internal:5432/bot';
  const away = (['unreachable', 'readonly'] as const).map(
    (why) => new OperatorError(`database-${why}`, ({ store }) => store.postgres(server, why)),
  );
  await waiting.until(
    'Postgres',
    async () => {
      const failure = away.shift();
      if (failure !== undefined) throw failure;
      expect(waiting.warnings()).toEqual([
        expect.stringContaining('The app retries until Slack answers'),
        expect.stringContaining('(db.internal:5432/bot)'),
      ]);
    },
    signal,
  );
  expect(waiting.warnings()).toHaveLength(1);
  slack.resolve('the bot');
  await met;
  expect(waiting.warnings()).toEqual([]);
});
