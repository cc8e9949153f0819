import { describe, expect, test } from 'vitest';
import type { Page } from './support/stage.ts';
import { useStage } from './support/use-stage.ts';

/** How far the page can be scrolled sideways. */
const sideways = async (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

/** How much of the title can't be seen. */
const cut = async (page: Page): Promise<number> =>
  page.locator('h1.team').evaluate((title) => title.scrollWidth - title.clientWidth);

describe('the page', () => {
  const stage = useStage({ speed: 0, isDemo: true });

  test.each([false, true])('fits a screen 390 px wide, dark: %s', async (dark) => {
    const { channel, message, modal, page, send } = await stage().visit({ as: 'ana', dark, width: 390 });
    await channel.waitFor();
    expect(await cut(page)).toBe(0);
    expect(await sideways(page)).toBe(0);
    await send('/devin');
    await modal.getByText(/Runs as/).waitFor();
    expect(await sideways(page)).toBe(0);
    await page.keyboard.press('Escape');
    await modal.waitFor({ state: 'detached' });
    const composer = channel.getByRole('textbox', { name: /^Message/ });
    await composer.fill('/devin plan the migration of the orders database --mode ultra');
    expect(await composer.evaluate((field) => field.scrollHeight - field.clientHeight)).toBe(0);
    await send('/devin tidy the changelog --acuu 3');
    await message('tidy the changelog --acuu 3').first().waitFor();
    expect(await sideways(page)).toBe(0);
  });

  test('shows which conversation is open on a screen 390 px wide', async () => {
    const { channel, openApp, page } = await stage().visit({ as: 'ana', width: 390 });
    const entry = page
      .getByRole('navigation', { name: 'Conversations' })
      .getByRole('button', { name: 'payments' });
    const left = async (): Promise<number> => entry.evaluate((button) => button.getBoundingClientRect().left);
    await openApp();
    await expect.poll(left).toBeLessThan(0);
    await page.getByRole('button', { name: 'Fix a flaky test' }).click();
    await channel.getByRole('textbox', { name: 'Message #payments' }).waitFor();
    await expect.poll(left).toBeGreaterThanOrEqual(0);
  });

  test('brings the chosen step of the list into view on a screen 390 px wide', async () => {
    const { page } = await stage().visit({ as: 'ana', width: 390 });
    const step = page.getByRole('button', { name: 'Approve a request as an admin' });
    await step.evaluate((button) =>
      button.closest('ol')?.scrollTo(button.getBoundingClientRect().right - 30, 0),
    );
    await step.dispatchEvent('click');
    await expect
      .poll(async () => step.evaluate((one) => one.getBoundingClientRect().left))
      .toBeGreaterThan(0);
  });

  test('opens the list of requests over a screen 1000 px wide with the focus in it, and Escape closes it', async () => {
    const { page, panel } = await stage().visit({ as: 'ana', width: 1000 });
    const toggle = page.getByRole('button', { name: 'Requests', exact: true });
    const hasFocus = async (): Promise<boolean> => panel.evaluate((one) => one === document.activeElement);
    await toggle.click();
    await expect.poll(hasFocus).toBe(true);
    await panel.getByRole('button', { name: 'Close the list of requests' }).waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Escape');
    await panel.waitFor({ state: 'hidden' });
    expect(await toggle.evaluate((button) => button === document.activeElement)).toBe(true);
  });

  test('shows what comes of a command to someone who was further up', async () => {
    const { channel, message, send } = await stage().visit({ as: 'ana' });
    const messages = channel.getByRole('log', { name: 'Messages', exact: true });
    await messages.evaluate((one) => one.scrollTo(0, 0));
    await send('/devin whoami');
    await message('Runs as').waitFor();
    await expect
      .poll(async () => messages.evaluate((one) => one.scrollHeight - one.scrollTop - one.clientHeight))
      .toBeLessThan(60);
  });

  test('breaks no word and no number of a table on a screen 390 px wide', async () => {
    const { message, openThread, send, thread } = await stage().visit({
      as: 'mei',
      channel: 'general',
      width: 390,
    });
    const known = stage().devin.createdCount();
    await send('/devin count the flaky tests --acu 5');
    const session = await stage().devin.waitForSession(({ number }) => number === known + 1);
    const table =
      '| Repository | Runs | Failed |\n| --- | --- | --- |\n| acme/web | 12,345 | 678 |\n| acme/api | 9 | 0 |';
    stage().devin.advance(session.id, { status: 'running', message: table });
    await openThread(message('count the flaky tests'));
    const cells = message('12,345', thread).locator('th, td');
    await cells.first().waitFor();
    const broken = await cells.evaluateAll((found) =>
      found.flatMap((cell) => {
        const range = document.createRange();
        range.selectNodeContents(cell);
        // A line is less than two letters high.
        const letter = Number.parseFloat(getComputedStyle(cell).fontSize);
        return range.getBoundingClientRect().height > 2 * letter ? [cell.textContent] : [];
      }),
    );
    expect(await cells.count()).toBeGreaterThan(4);
    expect(broken).toEqual([]);
  });

  test('keeps the menu of a card open while the card changes', async () => {
    const { channel, message, page, send } = await stage().visit({ as: 'mei', channel: 'general' });
    const known = stage().devin.createdCount();
    await send('/devin update the icons --acu 5');
    const session = await stage().devin.waitForSession(({ number }) => number === known + 1);
    stage().devin.advance(session.id, { status: 'running' });
    const card = message('update the icons', channel);
    await card.getByText('Working').waitFor();
    await card.getByRole('button', { name: 'More', exact: true }).click();
    const details = page.getByRole('menuitem', { name: 'Details' });
    await details.waitFor();
    stage().devin.advance(session.id, { status: 'running', message: 'Halfway there.', acus: 1.5 });
    await card.getByText('1.5 of 5 ACU').waitFor();
    expect(await details.isVisible()).toBe(true);
    await details.click();
    await page.getByRole('dialog').getByText('What was asked').waitFor();
  });
});
