import { describe, expect, test } from 'vitest';
import { pressToOpen, toldTo } from '../support/asking.ts';
import { captureLog } from '../support/log-lines.ts';
import { cardOf, errorAt, sessionOf, sessionsAs, settledForm } from '../support/look.ts';
import { addColleague, someoneIn } from '../support/people.ts';
import { useWorld } from '../support/worlds.ts';

const TOKEN = `ghp_${'a1B2'.repeat(9)}`;
const TASK = `push the release to acme/web with ${TOKEN}`;

describe('a task with a credential in it', () => {
  const { log, text: logged } = captureLog();
  const world = useWorld({ overrides: { log } });

  async function asked(typed: string) {
    const { slack } = world();
    const who = someoneIn(world());
    const { message } = await slack.command(who.ana.userId, who.channelId, typed);
    if (message === null) throw new Error('nothing was asked');
    return { ...who, on: { channelId: who.channelId, ts: message.ts }, said: slack.renderText(message) };
  }

  test.each([TASK, `fix it now --title "use ${TOKEN}"`, `-- ${TASK}`])(
    'is asked about privately before it starts: %s',
    async (typed) => {
      const { devin } = world();
      const { ana, said } = await asked(typed);
      expect(said).toContain('seems to contain credentials (`ghp_…`)');
      expect(sessionsAs(devin, ana.devinUserId)).toEqual([]);
    },
  );

  test('starts as it is if the person says so, and nobody sees the credential in Slack', async () => {
    const { slack, devin } = world();
    const { ana, channelId, on } = await asked(TASK);
    await slack.clickButton(ana.userId, on, 'start_as_task');
    const session = await sessionOf(devin, ana.devinUserId);
    expect(session.request.prompt).toBe(TASK);
    const card = await cardOf(slack, channelId, (text) => text.includes(session.url));
    expect(card.text).toContain('push the release to acme/web with ghp_…');
    devin.advance(session.id, { title: `Release with ${TOKEN}` });
    await cardOf(slack, channelId, (text) => text.includes('Release with ghp_…'));
    const details = await pressToOpen({ slack }, ana.userId, {
      on: { channelId, ts: card.ts },
      button: 'details',
    });
    expect(slack.renderText(details.id)).toContain('with ghp_…');
    expect(slack.renderText(details.id)).not.toContain(TOKEN);
    const list = await slack.command(ana.userId, channelId, 'list');
    expect(JSON.stringify(list.message)).not.toContain(TOKEN);
    expect(JSON.stringify(slack.messages(channelId))).not.toContain(TOKEN);
    expect(logged()).not.toContain(TOKEN);
    expect(slack.problems).toEqual([]);
  });

  test('is kept in the form, which asks once more', async () => {
    const { slack, devin } = world();
    const { ana, on } = await asked(TASK);
    await slack.clickButton(ana.userId, on, 'open_form');
    const view = await settledForm(slack, ana.userId);
    expect(slack.renderText(view.id)).toContain(TOKEN);
    expect(await errorAt(slack, view)).toContain('press Start again to start as it is');
    expect(sessionsAs(devin, ana.devinUserId)).toEqual([]);
    expect(await errorAt(slack, view)).toBeNull();
    expect((await sessionOf(devin, ana.devinUserId)).request.prompt).toBe(TASK);
  });

  test('is asked about in a message to the app, too', async () => {
    const { slack, devin } = world();
    const { ana, channelId, place } = someoneIn(world());
    await slack.speak(ana.userId, channelId, `<@${slack.workspace.botUserId}> ${TASK}`);
    await toldTo(world(), place, 'seems to contain credentials');
    expect(sessionsAs(devin, ana.devinUserId)).toEqual([]);
  });

  test('is not shown to another person who runs it again', async () => {
    const { slack, devin } = world();
    const { ana, channelId, on } = await asked(
      `${TASK} --title "Push with ${TOKEN}" --attach https://acme.example/log?token=${TOKEN}`,
    );
    await slack.clickButton(ana.userId, on, 'start_as_task');
    const session = await sessionOf(devin, ana.devinUserId);
    const { ts } = await cardOf(slack, channelId, (text) => text.includes(session.url));
    devin.advance(session.id, { status: 'exit' });
    await cardOf(slack, channelId, (text) => text.includes('Ended'));
    const ben = addColleague(world());
    await slack.clickButton(ben.userId, { channelId, ts }, 'start_again');
    const form = await settledForm(slack, ben.userId);
    expect(slack.renderText(form)).toContain('ghp_…');
    expect(slack.renderText(form)).not.toContain(TOKEN);
    slack.typeIn(form.id, {
      'field.prompt': 'push the release to acme/web',
      'field.title': '',
      'field.attachment_urls': '',
    });
    expect((await slack.submit(form.id, ben.userId)).kind).toBe('closed');
    const { request } = await sessionOf(devin, ben.devinUserId);
    expect(request.prompt).toBe('push the release to acme/web');
    expect(request.title).toBeUndefined();
  });
});
