import { describe, expect, test } from 'vitest';
import { useStage } from './support/use-stage.ts';

const stage = useStage();

describe('a person', () => {
  test('edits a reply with the keyboard, and Devin gets the correction', async () => {
    const slackPage = await stage().visit({ as: 'ana', withPanel: true, width: 1600 });
    const { channel, choose, menuOf, message, page, send, thread } = slackPage;
    await choose('Waits a minute before each step');
    await send('/devin look into the login test');
    const card = message('look into the login test', channel);
    const session = await stage().devin.waitForSession(({ userId }) => userId === 'user-ana');
    await menuOf(card, 'Reply in thread');
    await send('use main', thread);
    const reply = message('use main', thread);
    await reply.getByText(/white check mark/).waitFor();
    await menuOf(reply, 'More actions');
    await page.getByRole('menuitem', { name: 'Edit message' }).press('Enter');
    const box = thread.getByRole('textbox', { name: 'Edit message' });
    await box.fill('use release');
    await box.press('Enter');
    await message('use release (edited)', thread).waitFor();
    await stage().devin.waitForSession(
      ({ id, messages }) =>
        id === session.id && messages.some(({ message: words }) => words.includes('use release')),
    );
    await choose('Works, opens a pull request, finishes');
    expect(stage().slack.problems).toEqual([]);
  });

  test('deletes a message only after they confirm', async () => {
    const { channel, message, page, pickFrom, send } = await stage().visit({ as: 'mei', channel: 'general' });
    await send('said too soon');
    const said = message('said too soon', channel);
    await pickFrom(said, 'More actions', 'Delete message');
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    await said.waitFor();
    await pickFrom(said, 'More actions', 'Delete message');
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await said.waitFor({ state: 'detached' });
  });
});
