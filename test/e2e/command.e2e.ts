import { describe, expect, test } from 'vitest';
import { useStage } from './support/use-stage.ts';

describe('the slash command', () => {
  const stage = useStage();

  test('posts a card that follows the session up to its pull request', async () => {
    const { channel, message, pickMore, send, page } = await stage().visit({ as: 'ana' });
    await send('/devin fix the flaky login test --mode fast --repo acme/web --acu 10');
    const card = message('fix the flaky login test', channel);
    await card.waitFor();
    await card.getByText('Finished').waitFor();
    await card.getByRole('link', { name: /acme\/web/ }).waitFor();
    expect(await card.textContent()).toContain('Ana Ruiz · ');

    const [session, ...others] = stage().devin.sessions;
    expect(others).toEqual([]);
    expect(session?.userId).toBe('user-ana');
    expect(session?.request).toMatchObject({ devin_mode: 'fast', repos: ['acme/web'], max_acu_limit: 10 });

    await pickMore(card, 'Details');
    const details = page.getByRole('dialog');
    await details.getByText('acme/web').first().waitFor();
    await page.keyboard.press('Escape');
    await details.waitFor({ state: 'detached' });
    expect([...stage().slack.problems, ...stage().devin.problems]).toEqual([]);
  });

  test('with what looks like an option asks first, and opens a form with the text', async () => {
    const { message, send, modal, press } = await stage().visit({ as: 'mei' });
    const before = stage().devin.createdCount();
    await send('/devin tidy the changelog --acuu 3');
    const notice = message('tidy the changelog --acuu 3');
    await notice.getByText('--acuu').first().waitFor();
    await press('Edit first', notice);
    await modal.waitFor();
    expect(await modal.getByLabel('Task').inputValue()).toContain('tidy the changelog');
    expect(stage().devin.createdCount()).toBe(before);
  });
});
