import { describe, expect, test } from 'vitest';
import { useStage } from './support/use-stage.ts';

describe('a person who may not start a session', () => {
  const stage = useStage();

  test('is told privately that they have no Devin account, what to do, and what they typed', async () => {
    const eve = await stage().visit({ as: 'eve' });
    await eve.send('/devin clean up the old feature flags');
    const notice = eve.message('clean up the old feature flags');
    await notice.getByText('Nothing was started.').waitFor();
    await eve.page.getByText('Only visible to you').first().waitFor();
    expect(await notice.textContent()).toContain('e…@acme.example');
    expect(stage().devin.createdCount()).toBe(0);

    const ana = await stage().visit({ as: 'ana' });
    await ana.message('The login test on').waitFor();
    expect(await ana.page.getByText('clean up the old feature flags').count()).toBe(0);
  });

  test("can't use the command as a member of another organization", async () => {
    const { send, message } = await stage().visit({ as: 'olga', channel: 'acme-globex' });
    const commands = () => stage().slack.deliveries.filter(({ kind }) => kind === 'command').length;
    const before = commands();
    await send('/devin connect the order feed');
    await message('not of this workspace').waitFor();
    expect(commands()).toBe(before);
  });

  test('can be switched for another person', async () => {
    const { become, message, send } = await stage().visit({ as: 'eve' });
    await become('Ana Ruiz');
    await send('/devin write the missing tests');
    await message('write the missing tests')
      .getByText(/Ana Ruiz/)
      .first()
      .waitFor();
  });
});
