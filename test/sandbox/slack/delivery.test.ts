import { describe, expect, test } from 'vitest';
import { startHttpApp, startSlack, startSocketApp } from './harness.ts';

describe('events', () => {
  test('report a mention twice, and only if the bot is a member', async () => {
    const slack = await startSlack();
    const seen: string[] = [];
    await startHttpApp(slack, (app) => {
      app.event('app_mention', async ({ event }) => void seen.push(`mention ${event.text}`));
      app.message(async ({ message }) => void seen.push(message.type));
    });
    const text = `<@${slack.workspace.botUserId}> hi`;
    await slack.speak('U1', 'C1', text);
    slack.setBotMember('C1', false);
    await slack.speak('U1', 'C1', text);
    expect(seen.toSorted()).toEqual([`mention ${text}`, 'message']);
  });

  test('are redelivered with the same event id and a retry number', async () => {
    const slack = await startSlack();
    const seen: unknown[] = [];
    await startHttpApp(slack, (app) => {
      app.message(
        async ({ body, context }) => void seen.push([body.event_id, context.retryNum, context.retryReason]),
      );
    });
    const { deliveries } = await slack.speak('U1', 'C1', 'hi');
    const [delivery] = deliveries;
    if (delivery === undefined) throw new Error('nothing was delivered');
    await slack.redeliver(delivery, { num: 2, reason: 'http_error' });
    const id = delivery.payload['event_id'];
    expect(seen).toEqual([
      [id, undefined, undefined],
      [id, 2, 'http_error'],
    ]);
  });
});

describe('Socket Mode', () => {
  test('delivers a command and its answer', async () => {
    const slack = await startSlack();
    await startSocketApp(slack, (app) => {
      app.command('/devin', async ({ ack, command }) => ack({ text: `got ${command.text}` }));
    });
    const { message } = await slack.command('U1', 'C1', 'it');
    expect(message).toMatchObject({ text: 'got it', ephemeralFor: 'U1' });
    expect(slack.problems).toEqual([]);
  });

  test('reconnects the app after Slack asked it to', async () => {
    const slack = await startSlack();
    await startSocketApp(slack, (app) => {
      app.command('/devin', async ({ ack }) => ack('back'));
    });
    slack.disconnectSockets('refresh_requested');
    await slack.waitFor(() => slack.socketConnections() === 0);
    await slack.waitForSocket();
    expect((await slack.command('U1', 'C1', 'x')).message?.text).toBe('back');
  });

  test('redelivers an unacknowledged event on the next connection', async () => {
    const slack = await startSlack();
    const attempts: unknown[] = [];
    let isFirst = true;
    await startSocketApp(slack, (app) => {
      app.message(async ({ context }) => void attempts.push(context.retryNum));
    });
    slack.subscribe((change) => {
      if (change.kind === 'message' && isFirst) {
        isFirst = false;
        queueMicrotask(() => slack.dropSockets());
      }
    });
    const { deliveries } = await slack.speak('U1', 'C1', 'hi');
    await slack.waitFor(() => deliveries[0]?.outcomes.at(-1)?.kind === 'answered');
    expect(attempts).toContain(1);
  });
});
