import { describe, expect, test } from 'vitest';
import { useStage } from './support/use-stage.ts';

describe('a reload of the page', () => {
  const stage = useStage();

  test('keeps the person, the thread and both drafts', async () => {
    const { become, channel, message, openThread, page, thread } = await stage().visit({
      as: 'ana',
      width: 1600,
    });
    await become('Mei Tanaka');
    await openThread(message('Checkout fails', channel));
    await channel.getByRole('textbox').fill('/devin half a command');
    await thread.getByRole('textbox').fill('Half a reply');
    await page.reload();
    await page.getByRole('button', { name: /You are Mei Tanaka/ }).waitFor();
    await thread.waitFor();
    expect(await thread.getByRole('textbox').inputValue()).toBe('Half a reply');
    expect(await channel.getByRole('textbox').inputValue()).toBe('/devin half a command');
  });

  test('keeps direct messages open, and follows the address in a new tab', async () => {
    const { page } = await stage().visit({ as: 'mei' });
    await page
      .getByRole('navigation', { name: 'Conversations' })
      .getByRole('button', { name: 'Ana Ruiz' })
      .click();
    await page.getByRole('main', { name: 'Ana Ruiz' }).waitFor();
    await page.reload();
    await page.getByRole('main', { name: 'Ana Ruiz' }).waitFor();
    await page.goto(new URL('/', page.url()).href);
    await page.getByRole('main', { name: 'Ana Ruiz' }).waitFor();
    await page.getByRole('button', { name: /You are Mei Tanaka/ }).waitFor();
    expect(page.url()).toContain('as=mei');
  });

  test("keeps the app's Home open", async () => {
    const { home, openApp, page } = await stage().visit({ as: 'ben' });
    await openApp();
    await home.waitFor();
    await page.reload();
    await home.waitFor();
    expect(await home.isVisible()).toBe(true);
  });
});
