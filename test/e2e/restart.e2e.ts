import { describe, expect, test } from 'vitest';
import { useNewStages } from './support/use-stage.ts';

describe('the app after a kill', () => {
  const stage = useNewStages();

  test('fails like a real app in Slack while it is down, and claims no start', async () => {
    const { message, send } = await stage().visit({ as: 'ana' });
    await stage().bot.kill();
    await send('/devin is anybody there');
    await message(/dispatch_failed/).waitFor();
    await stage().bot.start();
    expect(stage().devin.createdCount()).toBe(0);
  });
});
