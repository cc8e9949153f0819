import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Page } from './support/stage.ts';
import { useStage } from './support/use-stage.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const resultSchema = z.object({
  violations: z.array(
    z.object({
      id: z.string(),
      impact: z.string().nullable(),
      nodes: z.array(z.object({ html: z.string(), failureSummary: z.string().optional() })),
    }),
  ),
});

/** What axe finds serious or critical on the page as it is. https://github.com/dequelabs/axe-core */
async function seriousProblems(page: Page): Promise<string[]> {
  // Through the debugger, which ignores the page's content security policy.
  await page.evaluate(AXE);
  const { violations } = resultSchema.parse(await page.evaluate('axe.run()'));
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html}\n${failureSummary ?? ''}`),
    );
}

describe.each([
  { colors: 'light', dark: false },
  { colors: 'dark', dark: true },
])('in $colors colors, axe finds nothing serious', ({ dark }) => {
  const stage = useStage();

  test('on a channel with a thread, cards, a private notice and the list of requests', async () => {
    const { channel, message, openThread, page, panel, send } = await stage().visit({
      as: 'ana',
      dark,
      withPanel: true,
      width: 1600,
    });
    await send('/devin fix the flaky login test --repo acme/web --acu 10');
    await message('fix the flaky login test', channel).getByText('Finished').waitFor();
    await send('/devin tidy up --nonsense');
    await message('--nonsense', channel).waitFor();
    await openThread(message('Checkout fails', channel));
    await panel.getByText('POST /sessions', { exact: true }).first().waitFor();
    expect(await seriousProblems(page)).toEqual([]);
  });

  test('on the whole form with errors at fields', async () => {
    const { addOptions, field, modal, page, send, submit } = await stage().visit({ as: 'ben', dark });
    await send('/devin');
    await modal.getByText(/Runs as/).waitFor();
    await addOptions('Access', 'Files and links', 'Result');
    await field('Task').fill('Something');
    await field(/JSON Schema/).fill('{');
    await submit();
    await modal.getByRole('alert').first().waitFor();
    expect(await seriousProblems(page)).toEqual([]);
  });

  test('on the Home of the app, with a session and its button', async () => {
    const { channel, home, message, openApp, page, send } = await stage().visit({ as: 'mei', dark });
    await send('/devin tidy up the release notes');
    await message('tidy up the release notes', channel).getByText('Finished').waitFor();
    await openApp();
    await home.getByText('tidy up the release notes').waitFor();
    expect(await seriousProblems(page)).toEqual([]);
  });

  test('on an open menu', async () => {
    const { page } = await stage().visit({ as: 'ana', dark });
    await page.getByRole('button', { name: /Switch person/ }).click();
    await page.getByRole('menu').waitFor();
    expect(await seriousProblems(page)).toEqual([]);
  });
});
