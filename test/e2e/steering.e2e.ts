import { describe, expect, test } from 'vitest';
import { useStage } from './support/use-stage.ts';

/** Every kind of Markdown that Slack shows differently. */
const REPORT = `## Where the time goes

| Step           | Before | After |
| -------------- | -----: | ----: |
| Read orders    | 31 min | 2 min |

1. Orders are read once
   - with one query a day

\`\`\`sql
where day = $1 and total <> 0
\`\`\``;

describe('a session in progress', () => {
  const stage = useStage();

  test('shows a table, nested lists, code and a file in the thread', async () => {
    const { channel, message, openThread, send, thread } = await stage().visit({ as: 'ana', width: 1600 });
    const file = { name: 'import-runs.csv', content: 'run,minutes\n1,41\n', contentType: 'text/csv' };
    stage().devin.script([
      { status: 'running', message: REPORT, attachments: [file] },
      { status: 'running', statusDetail: 'finished', message: 'Done.' },
    ]);
    await send('/devin find out why the nightly import is slow');
    const card = message('why the nightly import is slow', channel);
    await card.getByText('Finished').waitFor();
    await openThread(card);
    const report = message('Where the time goes', thread);
    await report.getByText('Where the time goes', { exact: true }).waitFor();
    const cells = await report.locator('th, td').allInnerTexts();
    const rows = [cells.slice(0, 3), cells.slice(3, 6)].map((row) => row.map((words) => words.trim()));
    expect(rows).toEqual([
      ['Step', 'Before', 'After'],
      ['Read orders', '31 min', '2 min'],
    ]);
    const [code] = await report.locator('pre').allTextContents();
    expect(code).toContain('where day = $1 and total <> 0');
    expect(await report.locator('ol li').first().innerText()).toContain('Orders are read once');
    expect(await report.locator('ul li').first().innerText()).toContain('with one query a day');
    await message('import-runs.csv', thread).waitFor();
    expect(stage().slack.problems).toEqual([]);
  });

  test('keeps the focus on a button of its card when the card is edited', async () => {
    const { channel, message, page, send } = await stage().visit({ as: 'ben', width: 1600 });
    stage().devin.script('normal');
    await send('/devin tidy up the imports');
    const card = message('tidy up the imports', channel);
    await card.getByRole('button', { name: /^Reply/ }).focus();
    await card.getByText('Finished').waitFor();
    expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe(
      'Reply: tidy up the imports',
    );
  });

  test('stops after its button is confirmed, and the card says who did it', async () => {
    const { channel, message, page, pickMore, send } = await stage().visit({ as: 'mei', width: 1600 });
    stage().devin.script([]);
    await send('/devin look into everything');
    const card = message('look into everything', channel);
    await pickMore(card, 'Stop…');
    await page.getByRole('dialog').getByRole('button', { name: /Stop/ }).click();
    await card.getByText('Ended').waitFor();
    const session = await stage().devin.waitForSession(({ userId }) => userId === 'user-mei');
    expect(session.status).toBe('exit');
  });
});
