import { createServer, type IncomingHttpHeaders } from 'node:http';
import { describe, expect, test } from 'vitest';
import { PATIENT_MS, type LocalSlack } from '../../../sandbox/slack/index.ts';
import { listenInTest } from '../../support/listen.ts';
import { startSlack, startSocketApp } from './harness.ts';

const AT_ONCE = [0, 0, 0];

type Answer = number | 'silence';

/** An app that gives these answers in turn, then the last one forever, and records the headers it gets. */
async function startApp(slack: LocalSlack, answers: readonly Answer[]): Promise<IncomingHttpHeaders[]> {
  const seen: IncomingHttpHeaders[] = [];
  const server = createServer((request, response) => {
    const answer = answers[Math.min(seen.length, answers.length - 1)] ?? 'silence';
    seen.push(request.headers);
    if (answer !== 'silence') response.writeHead(answer).end();
  });
  slack.connectHttp(`${await listenInTest(server)}/slack/events`);
  return seen;
}

const retries = (seen: readonly IncomingHttpHeaders[]) =>
  seen.map((headers) => [headers['x-slack-retry-num'], headers['x-slack-retry-reason']]);

describe("an event that the app didn't acknowledge over HTTP", () => {
  test('is redelivered with a number and a reason until it is acknowledged', async () => {
    const slack = await startSlack({ redeliverAfterMs: AT_ONCE, answerTimeoutMs: PATIENT_MS });
    const seen = await startApp(slack, [500, 500, 200]);
    const { deliveries } = await slack.speak('U1', 'C1', 'hi');
    await slack.waitFor(() => deliveries[0]?.outcomes.at(-1)?.kind === 'answered');
    expect(retries(seen)).toEqual([
      [undefined, undefined],
      ['1', 'http_error'],
      ['2', 'http_error'],
    ]);
  });

  test('is redelivered if there is no answer in time', async () => {
    const slack = await startSlack({
      redeliverAfterMs: Array.from({ length: 20 }, () => 0),
      answerTimeoutMs: 500,
    });
    const seen = await startApp(slack, ['silence', 200]);
    const { deliveries } = await slack.speak('U1', 'C1', 'hi');
    await slack.waitFor(() => deliveries[0]?.outcomes.at(-1)?.kind === 'answered');
    expect(retries(seen)[1]).toEqual(['1', 'http_timeout']);
  });

  test('is redelivered three times at most', async () => {
    const slack = await startSlack({ redeliverAfterMs: AT_ONCE });
    const seen = await startApp(slack, [500]);
    const first = await slack.speak('U1', 'C1', 'lost');
    await slack.waitFor(() => first.deliveries[0]?.outcomes.length === 4);
    const second = await slack.speak('U1', 'C1', 'lost too');
    await slack.waitFor(() => second.deliveries[0]?.outcomes.length === 4);
    expect(first.deliveries[0]?.outcomes).toHaveLength(4);
    expect(seen).toHaveLength(8);
  });

  test("is redelivered after a lost connection, at the app's current address", async () => {
    const slack = await startSlack({ redeliverAfterMs: [500] });
    slack.connectHttp('http://127.0.0.1:1/slack/events');
    const { deliveries } = await slack.speak('U1', 'C1', 'hi');
    const seen = await startApp(slack, [200]);
    await slack.waitFor(() => deliveries[0]?.outcomes.at(-1)?.kind === 'answered');
    expect(retries(seen)[0]?.[1]).toBe('connection_failed');
  });
});

test("commands aren't redelivered", async () => {
  const slack = await startSlack({ redeliverAfterMs: AT_ONCE });
  const seen = await startApp(slack, [500]);
  await slack.command('U1', 'C1', 'x');
  const { deliveries } = await slack.speak('U1', 'C1', 'hi');
  await slack.waitFor(() => deliveries[0]?.outcomes.length === 4);
  expect(seen).toHaveLength(5);
});

test('an unacknowledged event is redelivered over Socket Mode with its attempt number', async () => {
  const slack = await startSlack({ redeliverAfterMs: AT_ONCE, answerTimeoutMs: 2000 });
  const attempts: unknown[] = [];
  await startSocketApp(slack, (app) => {
    const process = app.processEvent.bind(app);
    // Bolt acknowledges before a listener runs: an event that should stay unacknowledged must not reach it.
    app.processEvent = async (event) => {
      attempts.push([event.retryNum, event.retryReason]);
      if (attempts.length > 1) await process(event);
    };
  });
  const { deliveries } = await slack.speak('U1', 'C1', 'hi');
  await slack.waitFor(() => deliveries[0]?.outcomes.at(-1)?.kind === 'answered');
  // On a machine that stands still, there may be more.
  expect(attempts.slice(0, 2)).toEqual([
    [0, ''],
    [1, 'timeout'],
  ]);
});
