import { describe, expect, test } from 'vitest';
import { clientOf, input, modal, outcomeOf, startHttpApp, startSlack } from './harness.ts';

describe('commands', () => {
  test('are not available to people of other workspaces', async () => {
    const slack = await startSlack();
    slack.addUser({ id: 'UEXT', name: 'guest', teamId: 'TOTHER' });
    await expect(slack.command('UEXT', 'C1', 'x')).rejects.toThrow('not of this workspace');
  });

  test('can be answered five times with the response URL', async () => {
    const slack = await startSlack();
    await startHttpApp(slack, (app) => {
      app.command('/devin', async ({ ack }) => ack());
    });
    const { delivery } = await slack.command('U1', 'C1', 'x');
    const url = String(delivery.payload['response_url']);
    const respond = async () =>
      (await fetch(url, { method: 'POST', body: JSON.stringify({ text: 'hi' }) })).status;
    const statuses = [];
    for (let i = 0; i < 6; i += 1) statuses.push(await respond());
    expect(statuses).toEqual([200, 200, 200, 200, 200, 404]);
    const readers = slack.messages('C1').map(({ ephemeralFor }) => ephemeralFor);
    expect(readers).toEqual(Array.from({ length: 5 }, () => 'U1'));
  });

  test('can be answered for half an hour', async () => {
    let now = Date.now();
    const slack = await startSlack({ now: () => now });
    const { delivery } = await slack.command('U1', 'C1', 'x');
    now += 31 * 60 * 1000;
    const url = String(delivery.payload['response_url']);
    expect((await fetch(url, { method: 'POST', body: '{"text":"hi"}' })).status).toBe(404);
  });
});

describe('trigger ids', () => {
  test('open one view within three seconds', async () => {
    let now = Date.now();
    const slack = await startSlack({ now: () => now });
    const client = clientOf(slack);
    const view = modal([input('task')]);
    const triggerOf = async () =>
      String((await slack.command('U1', 'C1', '')).delivery.payload['trigger_id']);
    const trigger_id = await triggerOf();
    expect(await outcomeOf(client.apiCall('views.open', { trigger_id, view }))).toBe('ok');
    expect(await outcomeOf(client.apiCall('views.open', { trigger_id, view }))).toBe('exchanged_trigger_id');
    const late = await triggerOf();
    now += 3001;
    expect(await outcomeOf(client.apiCall('views.open', { trigger_id: late, view }))).toBe(
      'expired_trigger_id',
    );
    const made = client.apiCall('views.open', { trigger_id: 'made.up', view });
    expect(await outcomeOf(made)).toBe('invalid_trigger_id');
  });
});
