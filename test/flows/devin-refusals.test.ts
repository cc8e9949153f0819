import { describe, expect, test } from 'vitest';
import { TIMES } from '../../src/times.ts';
import { toldTo, typeTask, useAsking } from '../support/asking.ts';
import { captureLog } from '../support/log-lines.ts';
import { cardOf, sessionOf, settledForm, addOptions } from '../support/look.ts';
import { addColleague } from '../support/people.ts';
import { useWorld } from '../support/worlds.ts';

const CREATE = { method: 'POST', path: /\/sessions$/ } as const;

describe('when Devin is busy, or refuses', () => {
  const { log, text: logged } = captureLog();
  const { world, ask, created } = useAsking({ overrides: { log } });

  test('waits and says so while Devin is busy, then starts', async () => {
    const { slack, devin } = world();
    const busy = devin.fail(CREATE, { status: 429, retryAfter: 1, times: Infinity });
    const { ana, channelId } = await ask('be patient with it');
    await cardOf(slack, channelId, (text) => text.includes('busy'));
    busy.clear();
    const session = await sessionOf(devin, ana.devinUserId);
    await cardOf(slack, channelId, (text) => text.includes(session.url) && !text.includes('busy'));
    expect(created(ana.devinUserId)).toBe(1);
  });

  test('lists the available platforms, and opens the form with the same draft', async () => {
    const { slack, devin } = world();
    const { ana, channelId } = await ask('port it now --platform beos --acu 7');
    const card = await cardOf(slack, channelId, (text) => text.includes('Not started'));
    expect(card.text).toContain('windows');
    await slack.clickButton(ana.userId, { channelId, ts: card.ts }, 'edit_and_try_again');
    const view = await settledForm(slack, ana.userId);
    await addOptions(slack, view);
    expect(slack.renderText(view.id)).toContain('beos');
    slack.typeIn(view.id, { 'field.platform': 'windows' });
    await slack.submit(view.id, ana.userId);
    const session = await sessionOf(devin, ana.devinUserId);
    expect(session.request).toMatchObject({ platform: 'windows', max_acu_limit: 7, prompt: 'port it now' });
  });

  test("tells a person who may not use Devin so, in Devin's words", async () => {
    const { slack, devin } = world();
    const ana = addColleague(world(), { inDevin: false });
    devin.addMember({ userId: ana.devinUserId, email: ana.email, name: ana.devinName, canUse: false });
    const channelId = slack.addChannel({ name: `viewer-${ana.name}`, members: [ana.userId] });
    await typeTask({ slack }, { userId: ana.userId, channelId }, 'fix what only members may fix');
    const words = 'Target user does not have the UseDevinSessions permission';
    const card = await cardOf(slack, channelId, (text) => text.includes(words));
    // One line for all; whose matter it is, privately.
    expect(slack.renderText(card)).not.toContain('The person who asked');
    const told = await slack.waitForMessage(channelId, ({ ephemeralFor }) => ephemeralFor === ana.userId);
    expect(slack.renderText(told)).toContain('The person who asked: a member');
    expect(told.text).not.toContain('<@');
    expect(slack.renderText(card)).toContain('Not started');
    expect(slack.renderText(card)).not.toContain('Nothing was started');
    expect(slack.renderText(card)).not.toContain('lacks');
  });

  test('looks again who a person is in Devin once it refused them', async () => {
    const { slack, devin } = world();
    const { ana, channelId } = await ask('run as my old account');
    await sessionOf(devin, ana.devinUserId);
    devin.removeMember(ana.devinUserId);
    await typeTask({ slack }, { userId: ana.userId, channelId }, 'run as my new account');
    const { ts } = await cardOf(slack, channelId, (text) => text.includes('Not started'));
    const devinUserId = `${ana.devinUserId}-new`;
    devin.addMember({ userId: devinUserId, email: ana.email, name: ana.devinName });
    await slack.clickButton(ana.userId, { channelId, ts }, 'try_again');
    await sessionOf(devin, devinUserId);
    expect(created(ana.devinUserId)).toBe(1);
  });

  test.each([
    [401, "Devin doesn't accept this app's key: ask an app admin."],
    [404, "Devin can't find this"],
    [409, 'Devin refused it'],
    [422, 'Devin refused'],
  ])(
    'has one line on the card for a %i, and explains it privately, without a ping',
    async (status, words) => {
      const { slack, devin } = world();
      devin.fail(CREATE, { status, times: 1 });
      const { ana, channelId } = await ask(`answer with ${status}`);
      const card = await cardOf(slack, channelId, (text) => text.includes('Not started'));
      expect(card.text).toContain('Devin refused');
      expect(card.text).not.toMatch(/ask an app admin|can't find this|Try again/);
      const told = await toldTo(world(), { userId: ana.userId, channelId }, words);
      expect(told.text).not.toContain('<@');
      expect(slack.messages(channelId).filter(({ text }) => text.startsWith('<@'))).toEqual([]);
      expect(slack.problems).toEqual([]);
    },
  );

  test('logs what to do if Devin refuses the key of a new session', async () => {
    const { slack, devin } = world();
    devin.fail(CREATE, { status: 401, times: 1 });
    const { channelId } = await ask('meet a revoked key');
    await cardOf(slack, channelId, (text) => text.includes('Not started'));
    expect(logged()).toMatch(
      /"operation":"sessions.create",.*"msg":"Devin refuses DEVIN_API_KEY; run `npm run doctor`"/,
    );
  });

  test('shows in Details the request, the answer and where each value came from', async () => {
    const { slack, devin } = world();
    const { ana, channelId } = await ask('trace the request --acu 3');
    const session = await sessionOf(devin, ana.devinUserId);
    const card = await cardOf(slack, channelId, (text) => text.includes(session.url));
    await slack.clickButton(ana.userId, { channelId, ts: card.ts }, 'details');
    const view = await slack.waitForView(({ userId }) => userId === ana.userId);
    const shown = slack.renderText(view.id);
    for (const part of ['*ACU cap*: 3', session.id, ana.devinName]) expect(shown).toContain(part);
    expect(slack.problems).toEqual([]);
  });
});

describe('a Devin that asks for a long wait', () => {
  const sweepTimes = { everyMs: 20, strandedMs: TIMES.sweepTimes.strandedMs };
  const world = useWorld({ overrides: { sweepTimes } });

  test('gets no request during that time, even though requests wait', async () => {
    const { slack, devin } = world();
    const [ana, ben] = [addColleague(world()), addColleague(world())];
    const channelId = slack.addChannel({ name: 'patience', members: [ana.userId, ben.userId] });
    devin.fail(CREATE, { status: 429, retryAfter: 1800, times: 1 });
    await typeTask({ slack }, { userId: ana.userId, channelId }, 'wait for half an hour');
    await cardOf(slack, channelId, (text) => text.includes('busy'));
    // From now on it's old enough for the sweep. Earlier, a request that is still being looked up would be taken up, too.
    sweepTimes.strandedMs = 0;
    for (const task of ['one', 'two', 'three']) {
      await typeTask({ slack }, { userId: ben.userId, channelId }, `fix test ${task}`);
      const { url } = await devin.waitForSession(({ request }) => request.prompt.endsWith(task));
      await cardOf(slack, channelId, (text) => text.includes(url));
    }
    expect(devin.sessions.filter(({ userId }) => userId === ana.devinUserId)).toEqual([]);
  });
});

describe('an old request that is tried again', () => {
  const clock = { aheadMs: 0 };
  const world = useWorld({ overrides: { now: () => Date.now() + clock.aheadMs } });

  test('waits for a busy Devin as long as a new one', async () => {
    const { slack, devin } = world();
    const ana = addColleague(world());
    const channelId = slack.addChannel({ name: 'again', members: [ana.userId] });
    devin.fail(CREATE, { status: 429, retryAfter: 2 * 3600, times: 1 });
    await typeTask({ slack }, { userId: ana.userId, channelId }, 'fix the login test');
    const { ts } = await cardOf(slack, channelId, (text) => text.includes('Not started'));
    clock.aheadMs = 2 * 3600_000;
    devin.fail(CREATE, { status: 429, retryAfter: 1, times: 1 });
    await slack.clickButton(ana.userId, { channelId, ts }, 'try_again');
    const { url } = await sessionOf(devin, ana.devinUserId);
    await cardOf(slack, channelId, (text) => text.includes(url));
  });
});
