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
    await reply.getByRole('button', { name: /white check mark/ }).waitFor();
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

  test('reacts from the menu, and removes the reaction with a click', async () => {
    const { channel, message, pickFrom } = await stage().visit({ as: 'eve', channel: 'general' });
    const office = message('The office is closed', channel);
    await pickFrom(office, 'Add a reaction', 'thumbs up');
    const mine = office.getByRole('button', { name: 'thumbs up, by Eve Lind', pressed: true });
    await mine.press('Enter');
    await mine.waitFor({ state: 'detached' });
  });
});

const label = (text: string) => ({ type: 'plain_text', text });
const input = (blockId: string, text: string, element: object) => ({
  type: 'input',
  block_id: blockId,
  label: label(text),
  element: { action_id: 'value', ...element },
});

test('people, channel, conversation, date and time inputs can be filled in', async () => {
  const { modal, pick, send } = await stage().visit({ as: 'ben' });
  const { slack, world } = stage();
  await send('/devin');
  // From then on, the app doesn't change its form.
  await modal.getByText(/Runs as/).waitFor();
  const viewId = slack.openViewOf(world.people.ben)?.id ?? '';
  const view = {
    type: 'modal',
    title: label('Every select'),
    submit: label('Go'),
    blocks: [
      input('who', 'Person', { type: 'users_select', initial_user: world.people.ana }),
      input('team', 'Team', { type: 'multi_users_select' }),
      input('where', 'Conversation', { type: 'conversations_select' }),
      input('open', 'Channels', { type: 'multi_channels_select' }),
      input('day', 'Day', { type: 'datepicker' }),
      input('hour', 'Hour', { type: 'timepicker' }),
    ],
  };
  await fetch(`${slack.apiUrl}views.update`, {
    method: 'POST',
    headers: { authorization: `Bearer ${slack.workspace.botToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ view_id: viewId, view }),
  });
  await modal.getByText('Every select').waitFor();
  expect(await modal.getByRole('combobox', { name: 'Person' }).inputValue()).toBe('Ana Ruiz');
  await pick('Person', 'mei', 'Mei Tanaka');
  await pick('Team', 'eve', 'Eve Lind');
  await pick('Conversation', 'incident', 'incident-42');
  await pick('Channels', 'pay', 'payments');
  await modal.getByLabel('Day').fill('2026-11-25');
  await modal.getByLabel('Hour').fill('14:30');
  await modal.getByLabel('Hour').blur();
  const { people, channels } = world;
  await slack.waitFor(() => slack.view(viewId).values['hour']?.['value']?.['selected_time'] === '14:30');
  expect(slack.view(viewId).values).toMatchObject({
    who: { value: { selected_user: people.mei } },
    team: { value: { selected_users: [people.eve] } },
    where: { value: { selected_conversation: channels.incident } },
    open: { value: { selected_channels: [channels.payments] } },
    day: { value: { selected_date: '2026-11-25' } },
  });
});
