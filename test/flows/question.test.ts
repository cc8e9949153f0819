import { describe, expect, test } from 'vitest';
import { en } from '../../src/text/en.ts';
import { startSession, toldTo } from '../support/asking.ts';
import { sessionOf, sessionsAs } from '../support/look.ts';
import { someoneIn } from '../support/people.ts';
import { useWorld } from '../support/worlds.ts';

describe('a question before a session costs anything', () => {
  const world = useWorld();

  const ask = async (typed: string) => {
    const { slack } = world();
    const { ana, channelId } = someoneIn(world());
    const { message, failure } = await slack.command(ana.userId, channelId, typed);
    expect(failure).toBeNull();
    if (message === null) throw new Error('nothing was asked');
    return { ana, channelId, ts: message.ts, said: slack.renderText(message) };
  };

  test('is asked privately after a typing mistake, with buttons for the command and the task', async () => {
    const { slack, devin } = world();
    const { ana, channelId, ts, said } = await ask('hlep');
    expect(said).toContain('Did you mean `/devin help`?');
    expect(said).toContain('Start as typed');
    await slack.clickButton(ana.userId, { channelId, ts }, '/devin help');
    const answered = slack.messages(channelId).find((message) => message.ts === ts);
    expect(answered?.text).toContain('--repo');
    expect(answered?.text).not.toContain('Start as typed');
    expect(sessionsAs(devin, ana.devinUserId)).toEqual([]);
    expect(slack.problems).toEqual([]);
  });

  test('starts exactly one session if it is a task, however often the button is pressed', async () => {
    const { slack, devin } = world();
    const { ana, channelId, ts } = await ask('stats --acu 3');
    const press = async () => slack.clickButton(ana.userId, { channelId, ts }, 'start_as_task');
    const [first] = await Promise.all([press(), press()]);
    await slack.redeliver(first.delivery);
    const session = await sessionOf(devin, ana.devinUserId);
    expect(session.request).toMatchObject({ prompt: 'stats', max_acu_limit: 3 });
    expect(slack.messages(channelId).find((message) => message.ts === ts)?.text).toBe('Started a session.');
    await slack.command(ana.userId, channelId, 'another task of theirs');
    await devin.waitForSession(({ request }) => request.prompt === 'another task of theirs');
    const mine = devin.sessions.filter(({ userId }) => userId === ana.devinUserId);
    expect(mine.map(({ request }) => request.prompt)).toEqual(['stats', 'another task of theirs']);
  });

  test('starts nothing as typed once its form was sent', async () => {
    const { slack, devin } = world();
    const { ana, channelId, ts } = await ask('stats --acu 3');
    const target = { channelId, ts };
    await slack.clickButton(ana.userId, target, 'open_form');
    const view = await slack.waitForView(({ userId }) => userId === ana.userId);
    expect((await slack.submit(view.id, ana.userId)).kind).toBe('closed');
    await sessionOf(devin, ana.devinUserId);
    await slack.clickButton(ana.userId, target, 'start_as_task');
    await expect
      .poll(() => slack.messages(channelId).find((message) => message.ts === ts)?.text)
      .toContain(en.modal.sentBefore);
    expect(sessionsAs(devin, ana.devinUserId)).toHaveLength(1);
  });

  test('starts with an option that was meant in the words of a task', async () => {
    const { slack, devin } = world();
    const { ana, channelId, ts, said } = await ask('fix the importer, max 10 ACU');
    expect(said).toContain('[Start with --acu 10]');
    await slack.clickButton(ana.userId, { channelId, ts }, 'start_as_meant');
    const { request } = await sessionOf(devin, ana.devinUserId);
    expect(request).toMatchObject({ prompt: 'fix the importer, max 10 ACU', max_acu_limit: 10 });
  });

  test('never takes a sub-command with one of its own words for a task', async () => {
    const { slack, devin } = world();
    const { ana, channelId, ts, said } = await ask('defaults me fix the test --acu 3');
    expect(said).toContain('Nothing was done.');
    expect(slack.messages(channelId).find((one) => one.ts === ts)?.text).not.toContain('Start');
    expect(sessionsAs(devin, ana.devinUserId)).toEqual([]);
  });

  test('runs the intended command on the named session', async () => {
    const { slack, devin } = world();
    const { ana, channelId, session } = await startSession(world());
    const { message } = await slack.command(ana.userId, channelId, `sotp <${session.url}|Fix the test>`);
    if (message === null) throw new Error('nothing was asked');
    await slack.clickButton(ana.userId, { channelId, ts: message.ts }, 'run_command.0');
    await toldTo(world(), { channelId, userId: ana.userId }, 'is stopped');
    expect(devin.session(session.id).status).toBe('exit');
    expect(sessionsAs(devin, ana.devinUserId)).toHaveLength(1);
  });

  test('a menu in the answer to whoami changes a setting, and the answer shows it', async () => {
    const { slack } = world();
    const { ana, channelId, ts, said } = await ask('whoami');
    expect(said).toContain("[In the session's thread ▾]");
    const target = { channelId, ts };
    const entry = 'By direct message';
    await slack.choose({ userId: ana.userId, target, which: 'run_command.1', entry });
    await toldTo(world(), { channelId, userId: ana.userId }, '[By direct message ▾]');
  });
});
