import { describe, expect, test } from 'vitest';
import type { SlackPage } from './support/slack-page.ts';
import { useNewStages } from './support/use-stage.ts';

function listOn({ page }: SlackPage) {
  const list = page.getByRole('region', { name: 'Things to try' });
  return {
    list,
    step: async (name: string): Promise<void> => list.getByRole('button', { name }).click(),
    done: async (count: number): Promise<void> => list.getByText(`${count} of 6 done`).waitFor(),
  };
}

describe('the demo', () => {
  const stage = useNewStages({ isDemo: true });

  test('opens with one session in progress, one that asks, one that is finished and those of two weeks', async () => {
    const slackPage = await stage().visit({ as: 'ana' });
    const { channel, message, page } = slackPage;
    await page.getByText('Real app, simulated Slack and Devin').waitFor();
    await message('Speed up the nightly import', channel).getByText('Finished').waitFor();
    await message('Upgrade the date library', channel).getByText('Working').waitFor();
    await message('Rebase the payments branch', channel).getByText('Needs you').waitFor();
    expect(await listOn(slackPage).list.getByText('of 6 done').count()).toBe(0);

    await slackPage.openApp();
    const { home } = slackPage;
    await home.getByText('Find out why refunds arrive twice').waitFor();
    await home.getByRole('link', { name: 'Thread' }).last().click();
    await message('Show the order number on the receipt', slackPage.thread).getByText('merged').waitFor();
    expect(stage().slack.problems).toEqual([]);
  });

  test('checks off each step that was done, and keeps the checks after a reload', async () => {
    const slackPage = await stage().visit({ as: 'gus' });
    const { channel, message, modal, page, send, submit, thread } = slackPage;
    const before = stage().devin.createdCount();
    const { done, step } = listOn(slackPage);

    await step('Fix a flaky test');
    await page.keyboard.press('Enter');
    await done(1);

    await step('Turn a bug thread into a session');
    await page.keyboard.press('Enter');
    await page.getByRole('menuitem', { name: 'Start a Devin session' }).click();
    await modal.getByText(/Runs as/).waitFor();
    await submit();
    await done(2);
    await message(/Checkout fails/, thread)
      .getByRole('button', { name: 'More', exact: true })
      .waitFor();

    await step("Answer Devin's question");
    await message(/Should I start from/, thread).waitFor();
    await send('From main, please.', thread);
    await done(3);
    await message('Rebase the payments branch', channel).getByText('Finished').waitFor();

    await slackPage.openApp();
    await step('Kill the app');
    await expect.poll(async () => channel.locator('textarea').inputValue()).toContain('outdated');
    await page.keyboard.press('Enter');
    await page.getByText('App is down.').first().waitFor();
    await page.getByText('App is back.').first().waitFor();
    await message('Update the outdated dependencies', channel).waitFor();
    await done(4);

    await step('See it as someone without access');
    await page.keyboard.press('Enter');
    await done(5);
    await page.getByRole('button', { name: /You are Eve Lind/ }).waitFor();
    await page.getByRole('button', { name: 'Back to Ana' }).click();
    await page.getByRole('button', { name: /You are Ana Ruiz/ }).waitFor();

    await page.reload();
    await done(5);
    await page.setViewportSize({ width: 390, height: 860 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    expect(stage().devin.createdCount() - before).toBe(3);
    expect(stage().slack.problems).toEqual([]);
  });
});

describe('the demo in Japanese', () => {
  const stage = useNewStages({ isDemo: true, language: 'ja' });

  test('has a page in Japanese, and tasks that check off their steps', async () => {
    const { page, panel } = await stage().visit({ as: 'gus', withPanel: true });
    const list = page.getByRole('region', { name: '試してみること' });
    expect(await page.locator('html').getAttribute('lang')).toBe('ja');
    await page.getByRole('complementary', { name: 'リクエスト' }).waitFor();
    await page.getByRole('main').getByText('メンバー 6 人').waitFor();
    expect(await panel.count()).toBe(0);

    await list.getByRole('button', { name: '不安定なテストを直す' }).click();
    await page.keyboard.press('Enter');
    await list.getByText('6 件中 1 件完了').waitFor();
    await page.getByRole('button', { name: /ユーザーを切り替える.*Ana Ruiz/ }).waitFor();

    const link = list.getByRole('link', { name: 'ワークスペースにインストール' });
    const address = new URL((await link.getAttribute('href')) ?? '', page.url());
    expect(await (await page.request.get(address.href)).text()).toContain('## ワークスペースにインストール');

    await list.getByRole('button', { name: '不具合のスレッド' }).click();
    await page.keyboard.press('Enter');
    await page.getByRole('menuitem', { name: 'Start a Devin session' }).waitFor();

    await list.getByRole('button', { name: 'Devin の質問に答える' }).click();
    const thread = page.getByRole('region', { name: 'スレッド', exact: true });
    await thread.getByText('のどちらから始めますか？').first().waitFor();
    await page.keyboard.type('main からお願いします');
    await page.keyboard.press('Enter');
    await list.getByText('6 件中 2 件完了').waitFor();
    await thread.getByText('の作業に戻ります。').first().waitFor();
    expect(stage().slack.problems).toEqual([]);
  });
});
