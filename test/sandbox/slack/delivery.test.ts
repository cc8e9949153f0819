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
});

describe('Socket Mode', () => {
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
});
