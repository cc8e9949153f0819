import { describe, expect, test } from 'vitest';
import type { ApiCall } from '../../sandbox/slack/model.ts';
import { startSession } from '../support/asking.ts';
import type { World } from '../support/bot.ts';
import { cardOf, homeOf, sessionOf, settledForm } from '../support/look.ts';
import { addColleague, someoneIn } from '../support/people.ts';
import { QUICK_THREADS } from '../support/quick.ts';
import { useWorld } from '../support/worlds.ts';

const drawings = ({ slack }: World, userId: string): readonly ApiCall[] =>
  slack.calls.filter(({ method, args }) => method === 'views.publish' && args['user_id'] === userId);

async function chooseNotify(
  { slack }: World,
  { userId, viewId }: { userId: string; viewId: string },
  entry: string,
) {
  return slack.choose({ userId, target: { viewId }, which: 'run_command.1', entry });
}

describe('the App Home', () => {
  const world = useWorld(QUICK_THREADS);

  test('shows a new person who their sessions run as and how to begin, and starts a session from its form', async () => {
    const { slack, devin } = world();
    const ana = addColleague(world());
    await slack.openHome(ana.userId);
    const home = await homeOf(world().slack, ana.userId, /No sessions yet/);
    expect(home.text).toContain(`Runs as *${ana.devinName}*`);
    await slack.clickButton(ana.userId, { viewId: home.viewId }, 'Start a Devin session');
    const form = await settledForm(slack, ana.userId);
    slack.typeIn(form.id, { 'field.prompt': 'fix the login test' });
    expect((await slack.submit(form.id, ana.userId)).kind).toBe('closed');
    const session = await sessionOf(devin, ana.devinUserId);
    const card = await cardOf(slack, slack.directMessages(ana.userId), (text) => text.includes(session.url));
    expect(card.threadTs).toBeNull();
    await slack.clickButton(ana.userId, { viewId: home.viewId }, 'Refresh');
    const drawn = await homeOf(world().slack, ana.userId, /fix the login test/);
    const place = `archives/${slack.directMessages(ana.userId)}/p${card.ts.replace('.', '')}`;
    expect(drawn.text).toContain(`Thread (https://acme.slack.com/${place})`);
    expect(slack.problems).toEqual([]);
  });

  test('edits the defaults in a form, and new sessions use them', async () => {
    const { slack, devin } = world();
    const { ana, channelId } = someoneIn(world());
    await slack.command(ana.userId, channelId, 'defaults me --acu 7 --tag docs');
    await slack.openHome(ana.userId);
    const home = await homeOf(world().slack, ana.userId, /ACU cap: 7/);
    await slack.clickButton(ana.userId, { viewId: home.viewId }, 'edit_defaults');
    const form = await slack.waitForView(
      ({ userId, definition }) => userId === ana.userId && definition.callback_id === 'own_defaults',
    );
    slack.typeIn(form.id, { 'field.max_acu_limit': '', 'field.devin_mode': 'fast', 'field.tags': 'slack-x' });
    expect((await slack.submit(form.id, ana.userId)).kind).toBe('errors');
    slack.typeIn(form.id, { 'field.tags': 'docs, ci' });
    expect((await slack.submit(form.id, ana.userId)).kind).toBe('closed');
    await homeOf(world().slack, ana.userId, /Mode: fast · Tags: docs, ci/);
    await slack.command(ana.userId, channelId, 'fix it now');
    const { request } = await sessionOf(devin, ana.devinUserId);
    expect(request).toMatchObject({ devin_mode: 'fast', tags: ['docs', 'ci', expect.any(String)] });
    expect(request.max_acu_limit).toBeUndefined();
    expect(slack.problems).toEqual([]);
  });

  test('puts a session that waits for the person first, and takes the answer', async () => {
    const { slack, devin } = world();
    const { ana, channelId, session, showing } = await startSession(world(), { text: 'rebase the branch' });
    await slack.command(ana.userId, channelId, 'update the icons --acu 5');
    await cardOf(slack, channelId, (text) => text.includes('update the icons'));
    devin.advance(session.id, {
      status: 'running',
      statusDetail: 'waiting_for_user',
      message: 'From main or from release?',
    });
    await showing('Needs you');
    await slack.openHome(ana.userId);
    const { viewId, text } = await homeOf(world().slack, ana.userId, /From main or from release/);
    expect(text.indexOf('rebase the branch')).toBeLessThan(text.indexOf('update the icons'));
    await slack.clickButton(ana.userId, { viewId }, 'Answer');
    const box = await slack.waitForView((view) => view.userId === ana.userId && view.isOpen);
    slack.typeIn(box.id, { reply_text: 'From main' });
    await slack.submit(box.id, ana.userId);
    await devin.waitForSession(({ id, messages }) =>
      id === session.id ? messages.some(({ message }) => message.includes('From main')) : false,
    );
  });

  test('is drawn each time it is opened, but not with the Messages tab', async () => {
    const { slack } = world();
    const [ana, ben] = [addColleague(world()), addColleague(world())];
    await slack.openHome(ana.userId);
    await homeOf(world().slack, ana.userId, ana.devinName);
    await slack.openHome(ana.userId, 'messages');
    await slack.openHome(ben.userId);
    await homeOf(world().slack, ben.userId, ben.devinName);
    expect(drawings(world(), ana.userId)).toHaveLength(1);
    await slack.openHome(ana.userId);
    await slack.waitFor(() => drawings(world(), ana.userId).length === 2, { what: 'the second drawing' });
  });

  test('keeps the choice of a person who became a guest, and says why they can start nothing', async () => {
    const { slack } = world();
    const ana = addColleague(world());
    await slack.openHome(ana.userId);
    const { viewId } = await homeOf(world().slack, ana.userId, '▾');
    await slack.changeUser(ana.userId, { isGuest: true });
    await chooseNotify(world(), { userId: ana.userId, viewId }, 'By direct message');
    await homeOf(world().slack, ana.userId, "You're a guest");
    await slack.changeUser(ana.userId, { isGuest: false });
    await slack.clickButton(ana.userId, { viewId }, 'Refresh');
    await homeOf(world().slack, ana.userId, /\[By direct message ▾\]/);
  });

  test("shows the app's state to administrators only", async () => {
    const { slack, devin } = world();
    const [ana, ben] = [addColleague(world(), { isAdmin: true }), addColleague(world())];
    await slack.openHome(ben.userId);
    expect((await homeOf(world().slack, ben.userId, ben.devinName)).text).not.toContain('Health');
    await slack.openHome(ana.userId);
    await homeOf(world().slack, ana.userId, /Devin reachable · no missing Slack scopes/);
    const down = devin.fail({ method: 'GET', path: /self/ }, { status: 500, times: Infinity });
    await slack.openHome(ana.userId);
    await homeOf(world().slack, ana.userId, /no usable answer from Devin/);
    down.clear();
    const revoked = devin.fail({ method: 'GET', path: /./ }, { status: 401, times: Infinity });
    await slack.openHome(ana.userId);
    const refused = await homeOf(world().slack, ana.userId, /Devin doesn't accept this app's key/);
    expect(refused.text).not.toContain('no usable answer');
    revoked.clear();
  });

  test("shows everyone's usage to administrators only", async () => {
    const { slack, devin } = world();
    const { ana, session, channelId } = await startSession(world(), { text: '--acu 50 fix it now' });
    const boss = addColleague(world(), { isAdmin: true });
    devin.advance(session.id, { status: 'exit', acus: 41.5 });
    await cardOf(slack, channelId, (card) => card.includes('41.5 of 50'));
    await slack.openHome(boss.userId);
    const { text } = await homeOf(world().slack, boss.userId, /41\.5 ACU/);
    expect(text).toContain('Usage · this workspace · last 30 days');
    expect(text).toMatch(new RegExp(`@${ana.name} · 41\\.5 ACU`));
    await slack.openHome(ana.userId);
    const own = await homeOf(world().slack, ana.userId, /Your|Usage/);
    expect(own.text).not.toContain('Usage · this workspace');
  });

  test('is updated while it is open, and not if nobody opened it', async () => {
    const { slack, devin } = world();
    const { ana, session } = await startSession(world(), { text: 'rebase the branch' });
    const { ana: ben, session: other, showing } = await startSession(world());
    await slack.openHome(ana.userId);
    await homeOf(world().slack, ana.userId, /rebase the branch/);
    const question = { status: 'running', statusDetail: 'waiting_for_user', message: 'From main?' };
    for (const { id } of [other, session]) devin.advance(id, question);
    await homeOf(world().slack, ana.userId, /From main\?/);
    devin.advance(session.id, { status: 'running', statusDetail: 'finished', message: 'Rebased.' });
    await homeOf(world().slack, ana.userId, /Finished/);
    await showing('Needs you');
    expect(slack.home(ben.userId)).toBeUndefined();
    expect(slack.problems).toEqual([]);
  });

  test('saves no defaults of a person who became a guest while the form was open', async () => {
    const { slack } = world();
    const ana = addColleague(world());
    await slack.openHome(ana.userId);
    const { viewId } = await homeOf(world().slack, ana.userId, 'Start a Devin session');
    await slack.clickButton(ana.userId, { viewId }, 'edit_defaults');
    const form = await slack.waitForView(
      ({ userId, definition }) => userId === ana.userId && definition.callback_id === 'own_defaults',
    );
    slack.typeIn(form.id, { 'field.max_acu_limit': '7' });
    await slack.changeUser(ana.userId, { isGuest: true });
    expect((await slack.submit(form.id, ana.userId)).kind).toBe('updated');
    expect(slack.renderText(form.id)).toContain("You're a guest");
    await slack.changeUser(ana.userId, { isGuest: false });
    await slack.clickButton(ana.userId, { viewId }, 'Refresh');
    const { text } = await homeOf(world().slack, ana.userId, 'Start a Devin session');
    expect(text).not.toContain('ACU cap: 7');
  });

  test("shows only the person's own sessions and defaults", async () => {
    const { slack } = world();
    const { ana, channelId } = await startSession(world(), { text: 'a task of ana alone' });
    const ben = addColleague(world());
    await slack.command(ben.userId, channelId, 'defaults me --acu 7');
    await slack.openHome(ben.userId);
    const { text } = await homeOf(world().slack, ben.userId, /ACU cap: 7/);
    expect(text).toContain('ACU cap: 7');
    expect(text).not.toContain('a task of ana alone');
    await slack.openHome(ana.userId);
    expect((await homeOf(world().slack, ana.userId, /a task of ana alone/)).text).not.toContain('ACU cap: 7');
  });
});
