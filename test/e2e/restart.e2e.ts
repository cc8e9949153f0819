import { describe, expect, test } from 'vitest';
import { useNewStages } from './support/use-stage.ts';

describe('the app after a kill', () => {
  const stage = useNewStages();

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
