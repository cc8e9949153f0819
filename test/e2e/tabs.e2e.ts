import { describe, expect, test } from 'vitest';
import type { Page } from './support/stage.ts';
import { useStage } from './support/use-stage.ts';

/** More than the connections that a browser opens to one host. */
const TABS = 8;

async function heard(page: Page, words: string): Promise<void> {
  await page.getByRole('article').filter({ hasText: words }).waitFor();
}

describe('several browser tabs', () => {
  const stage = useStage();

  test('all stay up to date, even after the first is closed', async () => {
    const { page: first } = await stage().visit({ as: 'ana', channel: 'general' });
    const others = [];
    for (let tab = 1; tab < TABS; tab += 1) {
      const page = await first.context().newPage();
      await page.goto(first.url());
      await page.getByRole('main', { name: 'general', exact: true }).waitFor();
      others.push(page);
    }
    expect(await first.title()).toBe('general · Ana Ruiz · Devin Sessions: live demo');
    const { world, slack } = stage();
    slack.say(world.people.mei, world.channels.general, 'Heard everywhere');
    for (const page of [first, ...others]) await heard(page, 'Heard everywhere');
    await first.close();
    slack.say(world.people.mei, world.channels.general, 'Heard by those that are left');
    for (const page of others) await heard(page, 'Heard by those that are left');
    expect(others).toHaveLength(TABS - 1);
  });
});
