import { describe, expect, test } from 'vitest';
import { cardOf, errorAt, sessionOf, sessionsAs, settledForm } from '../support/look.ts';
import { someoneIn } from '../support/people.ts';
import { useWorld } from '../support/worlds.ts';

describe('an invalid command', () => {
  const world = useWorld();

  const correct = async (typed: string) => {
    const { slack } = world();
    const { ana, channelId } = someoneIn(world());
    const { message } = await slack.command(ana.userId, channelId, typed);
    if (message === null) throw new Error('nothing was said');
    await slack.clickButton(ana.userId, { channelId, ts: message.ts }, 'open_form');
    const isShown = (): boolean => slack.messages(channelId).some(({ ts }) => ts === message.ts);
    return {
      ana,
      channelId,
      isShown,
      said: slack.renderText(message),
      view: await settledForm(slack, ana.userId),
    };
  };

  test('shows an invalid cap at its field, and asks once before it starts without one', async () => {
    const { slack, devin } = world();
    const { ana, view } = await correct('fix it soon --acu ten');
    expect(slack.renderText(view.id)).toContain(
      '"ten" isn\'t valid. Use a whole number from 1 to 1,000,000.',
    );
    expect(await errorAt(slack, view, 'field.max_acu_limit')).toContain(
      'To go without it, press Start again.',
    );
    expect(sessionsAs(devin, ana.devinUserId)).toEqual([]);
    slack.typeIn(view.id, { 'field.max_acu_limit': '10' });
    expect((await slack.submit(view.id, ana.userId)).kind).toBe('closed');
    const session = await sessionOf(devin, ana.devinUserId);
    expect(session.request).toMatchObject({ prompt: 'fix it soon', max_acu_limit: 10 });
    expect(slack.problems).toEqual([]);
  });

  test('opens the group of an invalid value', async () => {
    const { slack } = world();
    const { ana, view } = await correct('fix it now --link hello');
    expect(slack.renderText(view.id)).toContain('"hello" isn\'t valid');
    const refused = await slack.submit(view.id, ana.userId);
    if (refused.kind !== 'errors') throw new Error(refused.kind);
    expect(Object.keys(refused.errors)).toEqual(['field.session_links']);
  });
});

describe('a request that Devin refused', () => {
  const world = useWorld();

  test('opens again with the same values, and Devin’s reason at the field', async () => {
    const { slack, devin } = world();
    const { ana, channelId } = someoneIn(world());
    await slack.command(ana.userId, channelId, 'fix it there --platform solaris --acu 3');
    const card = await cardOf(slack, channelId, (text) => text.includes('solaris'));
    await slack.clickButton(ana.userId, { channelId, ts: card.ts }, 'edit_and_try_again');
    const view = await settledForm(slack, ana.userId);
    const machine = view.definition.blocks.find(({ block_id: id }) => id === 'field.platform');
    const reason = "Unknown platform 'solaris'. Available platforms:";
    expect(JSON.stringify(machine)).toContain(reason);
    // On top as well.
    expect(JSON.stringify(view.definition.blocks[1])).toContain(reason);
    expect(machine).toMatchObject({ type: 'input', element: { initial_value: 'solaris' } });
    slack.typeIn(view.id, { 'field.platform': 'linux' });
    expect((await slack.submit(view.id, ana.userId)).kind).toBe('closed');
    const { request } = await sessionOf(devin, ana.devinUserId);
    expect(request).toMatchObject({ prompt: 'fix it there', platform: 'linux', max_acu_limit: 3 });
  });
});
