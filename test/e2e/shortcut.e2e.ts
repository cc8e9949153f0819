import { describe, expect, test } from 'vitest';
import { useStage } from './support/use-stage.ts';

describe('the message shortcut', () => {
  const stage = useStage();

  test('sends the whole thread, with its picture and its log', async () => {
    const slackPage = await stage().visit({ as: 'ben' });
    const { channel, thread, modal, message, field, submit } = slackPage;
    await slackPage.openThread(message('Checkout fails for customers', channel));
    await slackPage.useShortcut(message('It is the address picker', thread), 'Start a Devin session');
    await modal.getByText(/Runs as/).waitFor();
    await field('Task').fill('Fix the address picker');
    await submit();
    await modal.waitFor({ state: 'detached' });
    // Devin's words may include the task, too: only the card shows a status.
    await thread
      .getByRole('article')
      .filter({ hasText: 'Fix the address picker' })
      .filter({ hasText: /Working|Finished/ })
      .first()
      .waitFor();

    const session = await stage().devin.waitForSession(({ userId }) => userId === 'user-ben');
    const { prompt } = session.request;
    expect(prompt).toContain('Checkout fails for customers with two addresses.');
    expect(prompt).toContain('error rate is 4.2%');
    expect(prompt).toContain('It is the address picker');
    expect(stage().devin.uploads.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['checkout.png', 'checkout.log']),
    );
    expect([...stage().slack.problems, ...stage().devin.problems]).toEqual([]);
  });

  test('on a single message sends only that message', async () => {
    const slackPage = await stage().visit({ as: 'mei' });
    const { channel, modal, message, field, submit } = slackPage;
    await slackPage.useShortcut(message('The login test on', channel), 'Start a Devin session');
    await modal.getByText(/Runs as/).waitFor();
    await field('Task').fill('Make the login test reliable');
    await submit();
    await modal.waitFor({ state: 'detached' });
    const session = await stage().devin.waitForSession(({ userId }) => userId === 'user-mei');
    expect(session.request.prompt).toContain('The login test on');
    expect(session.request.prompt).not.toContain('Checkout fails');
  });
});
