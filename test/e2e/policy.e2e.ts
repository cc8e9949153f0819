import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { useStage } from './support/use-stage.ts';

const policyFile = fileURLToPath(new URL('policy.yml', import.meta.url));

describe('under a policy', () => {
  const stage = useStage({ policyFile });

  test('the form offers nothing that would be refused, and shows what is set and what needs approval', async () => {
    const { send, modal, field, submit } = await stage().visit({ as: 'ana' });
    await send('/devin');
    await modal.getByText(/Runs as/).waitFor();
    await modal.getByText('Up to 8 by policy.').waitFor();
    await modal
      .getByText(/Some choices need an approval: mode .*fast.* \(rule: fast needs an admin\)/)
      .waitFor();
    await modal.getByText('acme/web').first().waitFor();
    const mode = modal.getByRole('combobox', { name: 'Mode' });
    await mode.click();
    await modal.getByRole('option', { name: 'lite' }).waitFor();
    expect(await modal.getByRole('option', { name: 'ultra' }).count()).toBe(0);
    await mode.press('Escape');
    await field('Task').fill('Tidy up the payment errors');
    await field('ACU cap').fill('9');
    await submit();
    await modal
      .getByText(/8 or less|at most 8|1 to 8|up to 8/i)
      .nth(1)
      .waitFor();
    await field('ACU cap').fill('8');
    await submit();
    await modal.waitFor({ state: 'detached' });
    const session = await stage().devin.waitForSession(({ userId }) => userId === 'user-ana');
    expect(session.request).toMatchObject({ repos: ['acme/web'], max_acu_limit: 8 });
  });

  test('usage shows what is left of the budget, and a command over it is refused with the reason', async () => {
    const { send, channel } = await stage().visit({ as: 'mei' });
    await send('/devin usage');
    await channel.getByText('You: 20 of 20 ACU left today').waitFor();
    await send('/devin look into the slow import --acu 8');
    await stage().devin.waitForSession(({ userId }) => userId === 'user-mei');
    await send('/devin usage');
    await channel.getByText('You: 12 of 20 ACU left today').waitFor();
    await send('/devin rewrite it --mode ultra');
    await channel.getByText(/Ultra is off here/).waitFor();
    expect(stage().slack.problems).toEqual([]);
  });
});
