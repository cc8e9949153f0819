import { describe, expect, test } from 'vitest';
import { useStage } from './support/use-stage.ts';

describe('the Home of the app', () => {
  const stage = useStage({ speed: 0 });

  test('explains how to start, starts a session, shows its status, and links its card', async () => {
    const { channel, field, home, message, modal, openApp, press, submit, tab, thread } = await stage().visit(
      {
        as: 'ana',
      },
    );
    await openApp();
    await home.getByText('No sessions yet').waitFor();
    await home.getByText('Runs as Ana Ruiz').waitFor();
    await press('Start a Devin session', home);
    await modal.getByText(/Runs as/).waitFor();
    await field('Task').fill('Look into the slow import');
    await submit();
    const session = await stage().devin.waitForSession(({ userId }) => userId === 'user-ana');
    await tab('Messages');
    await message('Look into the slow import', channel).waitFor();

    stage().devin.advance(session.id, { status: 'running' });
    stage().devin.advance(session.id, {
      status: 'running',
      statusDetail: 'waiting_for_user',
      message: 'Which import: orders or prices?',
    });
    await message('Look into the slow import', channel).getByText('Needs you').waitFor();
    await tab('Home');
    await home.getByText('Which import: orders or prices?').waitFor();
    await press('Answer: Look into the slow import', home);
    await modal.getByRole('textbox', { name: 'Message' }).fill('Orders');
    await submit('Send');
    await stage().devin.waitForSession(({ messages }) =>
      messages.some(({ message: words, asUserId }) => words === 'Orders' && asUserId === 'user-ana'),
    );
    await home.getByRole('link', { name: 'Thread' }).click();
    await message('Look into the slow import', thread).waitFor();
    expect(stage().slack.problems).toEqual([]);
  });
});
