import { describe, expect, test } from 'vitest';
import { useStage } from './support/use-stage.ts';

describe('an approval', () => {
  const stage = useStage();

  test("in the approver's direct messages starts another person's session", async () => {
    const { slack, devin, world } = stage();
    const { ana, ben } = world.people;
    const { channelId } = world.thread;
    await slack.command(ana, channelId, 'plan the database migration --mode ultra');
    const inDirect = slack.directMessages(ben);
    await slack.waitForMessage(inDirect, (one) => slack.renderText(one).includes('[Start session]'));
    const { openApp, page, tab } = await stage().visit({ as: 'ben' });
    await openApp();
    await tab('Messages');
    await page.getByText(/Start .*plan the database migration/).waitFor();
    expect(devin.createdCount()).toBe(0);
    await page.getByRole('button', { name: 'Start session' }).click();
    await page.getByText(/Approved by Ben Okafor/).waitFor();
    const session = await devin.waitForSession(({ userId }) => userId === 'user-ana');
    expect(session.request.devin_mode).toBe('ultra');
    expect(slack.problems).toEqual([]);
  });
});
