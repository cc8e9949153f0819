import { describe, expect, test } from 'vitest';
import { useNewStages } from './support/use-stage.ts';

/** The lease of a dead process expires after half a minute. */
const LATE = { timeout: 60_000 };

describe('the app after a kill', () => {
  const stage = useNewStages();

  test('continues a session and its card after the restart', async () => {
    const { channel, message, panel, press, send } = await stage().visit({
      as: 'ana',
      withPanel: true,
    });
    stage().pace.setSpeed(0);
    await send('/devin survive a power cut');
    const card = message('survive a power cut', channel);
    await card.getByRole('button', { name: 'Open in Devin' }).or(card.getByRole('link')).first().waitFor();
    await press('Kill', panel);
    await press('Start', panel);
    await panel.getByText(/start 2/).waitFor();
    stage().pace.setSpeed(20);
    await card.getByText('Finished').waitFor(LATE);
    expect(stage().devin.createdCount()).toBe(1);
    expect(await channel.getByRole('article').filter({ hasText: 'survive a power cut' }).count()).toBe(1);
  });

  test('finds the session whose answer was lost, and starts no second one', async () => {
    const { channel, message, panel, press, send } = await stage().visit({ as: 'mei', withPanel: true });
    stage().devin.fail({ method: 'POST', path: '/sessions' }, { hang: true, afterEffect: true });
    await send('/devin outlive the process');
    await stage().devin.waitForSession(({ userId }) => userId === 'user-mei');
    await press('Kill', panel);
    await press('Start', panel);
    await panel.getByText(/start 2/).waitFor();
    await message('outlive the process', channel)
      .getByText(/Working|Finished/)
      .first()
      .waitFor();
    expect(stage().devin.createdCount()).toBe(1);
  });

  test('fails like a real app in Slack while it is down, and claims no start', async () => {
    const { message, panel, press, send } = await stage().visit({ as: 'ana', withPanel: true });
    await press('Kill', panel);
    await panel.getByText('Not running').waitFor();
    await send('/devin is anybody there');
    await message(/dispatch_failed/).waitFor();
    const { promise: until, resolve: start } = Promise.withResolvers<void>();
    stage().slack.fail('auth.test', { until });
    await press('Start', panel);
    await panel.getByText('Starting', { exact: true }).waitFor();
    start();
    await panel.getByText(/start 2/).waitFor();
    expect(stage().devin.createdCount()).toBe(0);
  });
});
