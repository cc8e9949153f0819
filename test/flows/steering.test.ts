import { describe, expect, test } from 'vitest';
import {
  changeSettings,
  pressToOpen,
  startSession,
  stopOnCard,
  toldTo,
  typeTask,
} from '../support/asking.ts';
import { cardOf, doneWith, settledForm } from '../support/look.ts';
import { addColleague, someoneIn } from '../support/people.ts';
import { describeOnPostgres, useWorld } from '../support/worlds.ts';

/** An answer for which the app has only Devin's words. */
const isAskingLater = ({ text }: { text: string }): boolean => text.includes("can't check who you are");
const UNREADABLE = { status: 418, problem: { detail: 'Tell <!channel>.' }, times: Infinity };
const CREATE = { method: 'POST', path: '/sessions' };
const QUICKLY = { overrides: { watchTimes: { fastestMs: 200, tickMs: 50 } } };

describeOnPostgres('the buttons of a card', (world) => {
  test('Stop ends the session, and the card says who did it', async () => {
    const { slack, devin } = world();
    const { ana, session, showing, on } = await startSession(world());
    const asked = await stopOnCard(world(), ana.userId, on);
    expect(slack.renderText(asked)).toContain(`task of ${ana.name}`);
    expect(slack.renderText(asked)).toContain('This is final');
    const card = await showing('Ended by');
    expect(card.text).toContain(`Ended by <@${ana.userId}>`);
    await doneWith(world(), 'relay-from-devin', ['due', 'active']);
    expect(JSON.stringify(slack.messages(on.channelId))).not.toContain('was ended by');
    expect(slack.renderText(card)).toContain('[Run again]');
    expect(slack.renderText(card)).not.toContain('Stop…');
    expect(devin.session(session.id).status).toBe('exit');
    expect(slack.problems).toEqual([]);
    expect(devin.problems).toEqual([]);
  });

  test('Stop works for a colleague, too, and the card says who it was', async () => {
    const { slack } = world();
    const { ana, showing, on } = await startSession(world());
    const ben = addColleague(world());
    await stopOnCard(world(), ben.userId, on);
    expect((await showing('Ended by')).text).toContain(`<@${ben.userId}>`);
    await doneWith(world(), 'relay-from-devin', ['due', 'active']);
    const pings = slack.messages(on.channelId).filter(({ text }) => text.includes(`<@${ana.userId}> *`));
    expect(pings).toEqual([]);
  });

  test('Run again opens a form with what was asked for, and starts another session', async () => {
    const { slack, devin } = world();
    const { ana, channelId, showing, on } = await startSession(world(), {
      text: 'paint the wall --repo acme/web --acu 7',
    });
    await stopOnCard(world(), ana.userId, on);
    await showing('Ended by');
    await slack.clickButton(ana.userId, on, 'start_again');
    const form = await settledForm(slack, ana.userId);
    expect(slack.renderText(form)).toContain('paint the wall');
    slack.typeIn(form.id, { Task: 'paint it blue' });
    await slack.submit(form.id, ana.userId);
    const again = await devin.waitForSession(({ request }) => request.prompt === 'paint it blue');
    expect(again.request).toMatchObject({ repos: ['acme/web'], max_acu_limit: 7 });
    await cardOf(slack, channelId, (text) => text.includes(again.url));
  });
});

describe("who can use a card's buttons", () => {
  const world = useWorld();

  test('refuses a person from another workspace, and tells them who can', async () => {
    const { slack, devin } = world();
    const { session, channelId, on } = await startSession(world());
    const eve = addColleague(world(), { teamId: 'TOTHER' });
    for (const button of ['ask_stop', 'details']) {
      await slack.clickButton(eve.userId, on, button);
      await toldTo(world(), { channelId, userId: eve.userId }, 'Only members of the Slack workspace');
    }
    expect(devin.session(session.id).status).not.toBe('exit');
    const stops = devin.requests.filter(
      ({ method, path }) => method === 'DELETE' && path.includes(session.id),
    );
    expect(stops).toEqual([]);
  });

  test.each([
    ['a person outside the Devin organization', { inDevin: false }, 'No Devin account for'],
    ['a guest', { isGuest: true }, "You're a guest"],
  ])('%s may not, and is told why and who may', async (_who, options, why) => {
    const { slack, devin } = world();
    const { ana, session, channelId, on } = await startSession(world());
    const eve = addColleague(world(), options);
    await slack.clickButton(eve.userId, on, 'ask_stop');
    const told = await toldTo(world(), { channelId, userId: eve.userId }, why);
    expect(told.text).toContain(`<@${ana.userId}>`);
    expect(devin.session(session.id).status).not.toBe('exit');
  });

  test('stops nothing for a person who became a guest while the dialog was open', async () => {
    const { slack, devin } = world();
    const { session, channelId, on } = await startSession(world());
    const ben = addColleague(world());
    slack.joinChannel(ben.userId, channelId);
    await slack.clickButton(ben.userId, on, 'ask_stop');
    const asked = await slack.waitForView(({ userId }) => userId === ben.userId);
    await slack.changeUser(ben.userId, { isGuest: true });
    await slack.submit(asked.id, ben.userId);
    await toldTo(world(), { channelId, userId: ben.userId }, "You're a guest");
    expect(devin.session(session.id).status).not.toBe('exit');
  });

  test('tells a person later why nothing was done, if Slack is busy then', async () => {
    const { slack, devin } = world();
    const { session, channelId, on } = await startSession(world());
    const ben = addColleague(world());
    slack.joinChannel(ben.userId, channelId);
    const asked = await pressToOpen(world(), ben.userId, { on, button: 'ask_stop' });
    await slack.changeUser(ben.userId, { isGuest: true });
    slack.fail('chat.postEphemeral', { retryAfter: 1, args: { channel: channelId } });
    slack.fail('conversations.open', { retryAfter: 1, args: { users: ben.userId } });
    await slack.submit(asked.id, ben.userId);
    await toldTo(world(), { channelId, userId: ben.userId }, "You're a guest");
    expect(devin.session(session.id).status).not.toBe('exit');
  });

  test('allows only the requester if an administrator chose that', async () => {
    const { slack, devin } = world();
    const { ana, session, channelId, on, showing } = await startSession(world());
    const [ben, admin] = [addColleague(world()), addColleague(world(), { isAdmin: true })];
    await changeSettings(world(), { userId: admin.userId, channelId }, { steer: 'requester' });
    await slack.clickButton(ben.userId, on, 'ask_stop');
    const told = await toldTo(world(), { channelId, userId: ben.userId }, 'Only');
    expect(told.text).toContain(`<@${ana.userId}>`);
    expect(devin.session(session.id).status).not.toBe('exit');
    await stopOnCard(world(), ana.userId, on);
    await showing('Ended by');
  });
});

describe('when Stop fails', () => {
  // No poll after the first one sees how a session ended before Stop does.
  const world = useWorld({ overrides: { watchTimes: { fastestMs: 3_600_000 } } });

  const stop = async (fault: object) => {
    const { devin } = world();
    const started = await startSession(world());
    const path = `/sessions/devin-${started.session.id}`;
    devin.fail({ method: 'DELETE', path }, { times: 1, ...fault });
    await stopOnCard(world(), started.ana.userId, started.on);
    return { ...started, path, userId: started.ana.userId };
  };

  test.each([
    [
      'forbids it',
      { status: 403, problem: { detail: 'Missing permission: ManageOrgSessions' } },
      'ManageOrgSessions',
    ],
    ["doesn't know the session", { status: 404 }, "can't find this"],
    ['answers with a conflict', { status: 409, problem: { detail: 'still starting' } }, 'still starting'],
    ['is busy', { status: 429, retryAfter: 1 }, 'busy'],
    ['fails and does nothing', { status: 500 }, "didn't confirm"],
  ])('says so privately if Devin %s', async (_what, fault, words) => {
    const { devin } = world();
    const { channelId, userId, session } = await stop(fault);
    await toldTo(world(), { channelId, userId }, words);
    expect(devin.session(session.id).status).not.toBe('exit');
  });

  test("opens no dialog, and says why, if it can't check the person", async () => {
    const { slack, devin } = world();
    const { channelId, on } = await startSession(world());
    const ben = addColleague(world());
    const unable = devin.fail({ method: 'GET', path: /members/ }, UNREADABLE);
    await slack.clickButton(ben.userId, on, 'ask_stop');
    await toldTo(world(), { channelId, userId: ben.userId }, "can't check who you are");
    expect(slack.openViewOf(ben.userId)).toBeUndefined();
    unable.clear();
  });

  test('looks up at once who a person is, though Devin was down until just now', async () => {
    const { slack, devin } = world();
    const { channelId, on } = await startSession(world());
    const ben = addColleague(world());
    const down = devin.fail({ method: 'GET', path: /members/ }, { status: 503, times: Infinity });
    for (let press = 1; press <= 3; press += 1) {
      await slack.clickButton(ben.userId, on, 'ask_stop');
      await expect.poll(() => slack.messages(channelId).filter(isAskingLater)).toHaveLength(press);
    }
    down.clear();
    const before = devin.requests.length;
    await slack.clickButton(ben.userId, on, 'ask_stop');
    const statuses = () => devin.requests.slice(before).map(({ status }) => status);
    await expect.poll(statuses).toContain(200);
  });

  test.each([{}, { status: 500 }])(
    'finds out that the session stopped if the answer is lost (%j)',
    async (fault) => {
      const { slack } = world();
      const { channelId, userId, showing } = await stop({ ...fault, afterEffect: true });
      await showing(`Ended by <@${userId}>`);
      expect(slack.messages(channelId).filter(({ ephemeralFor }) => ephemeralFor === userId)).toEqual([]);
    },
  );

  test('treats a session that has already ended as stopped', async () => {
    const { devin } = world();
    const unpolled = devin.fail({ method: 'GET', path: '/sessions' }, UNREADABLE);
    const { ana, session, on, showing } = await startSession(world());
    devin.advance(session.id, { status: 'exit' });
    devin.fail({ method: 'DELETE', path: `/sessions/devin-${session.id}` }, { status: 409 });
    await stopOnCard(world(), ana.userId, on);
    expect((await showing('Ended by')).text).toContain(`<@${ana.userId}>`);
    unpolled.clear();
  });
});

describe('a session that is polled once an hour', () => {
  const world = useWorld({ overrides: { watchTimes: { fastestMs: 3_600_000 } } });

  test('is polled at once after a word in its thread', async () => {
    const { slack, devin } = world();
    const polled = () =>
      devin.requests.filter(({ method, path }) => method === 'GET' && /sessions/.test(path));
    const { ana, session, channelId, on, showing } = await startSession(world());
    await expect.poll(() => polled().length).toBeGreaterThan(0);
    devin.advance(session.id, { status: 'running', statusDetail: 'waiting_for_approval' });
    await slack.speak(ana.userId, channelId, 'mute', { threadTs: on.ts });
    await showing('Waiting for approval');
  });
});

describe('a session that Devin was asked in vain to stop', () => {
  const world = useWorld(QUICKLY);

  test("ends in nobody's name, and its requester hears of it", async () => {
    const { slack, devin } = world();
    const { ana, session, channelId, on, showing } = await startSession(world());
    devin.fail({ method: 'DELETE', path: `/sessions/devin-${session.id}` }, { times: 1, status: 500 });
    await stopOnCard(world(), ana.userId, on);
    await toldTo(world(), { channelId, userId: ana.userId }, "didn't confirm");
    await doneWith(world(), 'act');
    devin.advance(session.id, { status: 'exit' });
    expect((await showing('Ended')).text).not.toContain('Ended by');
    await slack.waitForMessage(
      channelId,
      ({ threadTs, text }) =>
        threadTs === on.ts && text.includes(`<@${ana.userId}>`) && text.includes('*Ended*'),
    );
  });
});

describe('canceling a request', () => {
  const world = useWorld();

  const waiting = async () => {
    const { slack, devin } = world();
    const busy = devin.fail(CREATE, { status: 429, retryAfter: 1, times: Infinity });
    const { ana, channelId } = someoneIn(world());
    await typeTask({ slack }, { userId: ana.userId, channelId }, `never mind ${ana.name}`);
    const card = await cardOf(slack, channelId, (text) => text.includes('Devin is busy'));
    return { ana, channelId, on: { channelId, ts: card.ts }, busy };
  };

  test('Cancel keeps the request from being sent', async () => {
    const { slack, devin } = world();
    const { ana, channelId, on, busy } = await waiting();
    await slack.clickButton(ana.userId, on, 'cancel');
    const card = await cardOf(slack, channelId, (text) => text.includes('Canceled by'));
    busy.clear();
    expect(card.text).toContain("It wasn't sent to Devin.");
    expect(slack.renderText(card)).toContain('[Run again]');
    expect(devin.sessions.some(({ userId }) => userId === ana.devinUserId)).toBe(false);
  });

  test('Cancel is too late for a request that Devin is getting, and says so', async () => {
    const { slack, devin } = world();
    const { ana, channelId, on, busy } = await waiting();
    const { promise: until, resolve: answer } = Promise.withResolvers<void>();
    const held = devin.fail(CREATE, { until });
    busy.clear();
    await expect.poll(() => held.remaining()).toBe(0);
    await slack.clickButton(ana.userId, on, 'cancel');
    await toldTo(world(), { channelId, userId: ana.userId }, "It's too late to cancel");
    answer();
    const { url } = await devin.waitForSession(({ userId }) => userId === ana.devinUserId);
    await cardOf(slack, channelId, (text) => text.includes(url));
  });

  test.each([
    ['a colleague', {}],
    ["a person who isn't a member", { inDevin: false }],
  ])('refuses Cancel to %s', async (_who, options) => {
    const { slack, devin } = world();
    const { ana, channelId, on, busy } = await waiting();
    const eve = addColleague(world(), options);
    await slack.clickButton(eve.userId, on, 'cancel');
    await toldTo(world(), { channelId, userId: eve.userId }, 'Only the person who asked for this');
    busy.clear();
    const session = await devin.waitForSession(({ userId }) => userId === ana.devinUserId);
    await cardOf(slack, channelId, (text) => text.includes(session.url));
  });
});

describe('buttons by phase', () => {
  const world = useWorld(QUICKLY);

  test('a finished session can be archived, and the card says by whom', async () => {
    const { slack, devin } = world();
    const { ana, session, on, showing } = await startSession(world());
    devin.advance(session.id, { status: 'running', statusDetail: 'finished' });
    const finished = slack.renderText(await showing('Finished'));
    for (const label of ['Open in Devin', 'Reply', 'Run again', 'Archive']) expect(finished).toContain(label);
    await slack.clickButton(ana.userId, on, 'archive');
    const card = await showing('Archived by');
    expect(card.text).toContain(`<@${ana.userId}>`);
    expect(slack.renderText(card)).not.toContain('| Archive');
    expect(devin.session(session.id).isArchived).toBe(true);
    expect(slack.problems).toEqual([]);
  });

  test("a question can be answered in a dialog, even if the app isn't in the channel", async () => {
    const { slack, devin } = world();
    const { ana, session, on, showing, channelId } = await startSession(world());
    devin.advance(session.id, {
      status: 'running',
      statusDetail: 'waiting_for_user',
      message: 'Blue or red?',
    });
    await showing('Needs you');
    slack.setBotMember(channelId, false);
    await slack.clickButton(ana.userId, on, 'reply');
    const box = await slack.waitForView(({ userId }) => userId === ana.userId);
    expect(await slack.submit(box.id, ana.userId)).toMatchObject({ kind: 'invalid' });
    slack.typeIn(box.id, { Message: 'Blue <!channel>' });
    expect(await slack.submit(box.id, ana.userId)).toMatchObject({ kind: 'closed' });
    const answered = await devin.waitForSession(({ id, messages }) => {
      return id === session.id && messages.some(({ message }) => message === 'Blue <!channel>');
    });
    expect(answered.messages.at(-1)).toMatchObject({ asUserId: ana.devinUserId });
  });
});
