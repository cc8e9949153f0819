import { describe, expect, test } from 'vitest';
import { en } from '../../src/text/en.ts';
import { changeSettings, pressToOpen } from '../support/asking.ts';
import { cardOf, noticesTo, sessionOf, settledForm } from '../support/look.ts';
import { addColleague } from '../support/people.ts';
import { QUICK_THREADS } from '../support/quick.ts';
import { startThread } from '../support/threads.ts';
import { useWorld } from '../support/worlds.ts';

const world = useWorld(QUICK_THREADS);

/** A session in a thread that people began, of the first of two people. */
async function startAmongPeople() {
  const { slack, devin } = world();
  const [ana, ben] = [addColleague(world()), addColleague(world())];
  const channelId = slack.addChannel({ name: `among-${ana.name}`, members: [ana.userId, ben.userId] });
  const threadTs = slack.say(ben.userId, channelId, 'It fails again.');
  await slack.shortcut(ana.userId, { channelId, ts: threadTs }, 'start_session');
  const view = await settledForm(slack, ana.userId);
  slack.typeIn(view.id, { 'field.prompt': 'fix the login test' });
  await slack.submit(view.id, ana.userId);
  const { id, url } = await sessionOf(devin, ana.devinUserId);
  const card = await slack.waitForMessage(channelId, ({ text }) => text.includes(url));
  const say = async (userId: string, words: string) => slack.speak(userId, channelId, words, { threadTs });
  const heard = (): string[] =>
    devin
      .session(id)
      .messages.slice(1)
      .map(({ message }) => message);
  return { ana, ben, channelId, threadTs, id, card, say, heard };
}

describe('a thread that people began', () => {
  test("sends Devin the requester's messages, and those of others that mention the app", async () => {
    const { slack } = world();
    const { ana, ben, say, heard } = await startAmongPeople();
    await say(ben.userId, 'I saw it on main, too');
    await say(ben.userId, `<@${slack.workspace.botUserId}> it began on Monday`);
    await say(ana.userId, 'look at main');
    await expect.poll(heard, { timeout: 20_000 }).toEqual(['it began on Monday', 'look at main']);
  });

  test('takes a word from others only if it mentions the app', async () => {
    const { slack } = world();
    const { ana, ben, channelId, card, say, heard } = await startAmongPeople();
    const saying = async (words: string) =>
      slack.waitForMessage(channelId, ({ ts, text }) => ts === card.ts && text.includes(words));
    await say(ben.userId, 'mute');
    await say(ana.userId, 'look at main');
    await expect.poll(heard, { timeout: 20_000 }).toEqual(['look at main']);
    expect((await saying('')).text).not.toContain('Muted');
    await say(ben.userId, `<@${slack.workspace.botUserId}> mute`);
    await saying(`Muted by <@${ben.userId}>`);
    await say(ana.userId, 'unmute');
    await slack.waitForMessage(channelId, ({ ts, text }) => ts === card.ts && !text.includes('Muted'));
    expect(heard()).toEqual(['look at main']);
  });
});

/** A person who is not in the channel is told in a direct message. */
async function toldPrivately(userId: string, words: string) {
  const { slack } = world();
  return slack.waitForMessage(slack.directMessages(userId), ({ text }) => text.includes(words));
}

describe('a thread under a card', () => {
  test('ignores people who talk to each other', async () => {
    const thread = await startThread(world());
    const ben = addColleague(world());
    await thread.say(thread.ana.userId, `<@${ben.userId}> thanks, I will call the customer`);
    await thread.marked((await thread.say(ben.userId, 'use main')).ts, 'white_check_mark');
    expect(thread.heard().map(({ message }) => message)).toEqual(['use main']);
  });

  test('sends an answer to Devin, whomever it names later, also if only mentions go there', async () => {
    const { devin, slack } = world();
    const thread = await startThread(world());
    const { userId } = thread.ana;
    const ben = addColleague(world());
    await slack.clickButton(userId, { channelId: thread.channelId, ts: thread.threadTs }, 'listen_mentions');
    await cardOf(slack, thread.channelId, (text) => text.includes('Only replies that mention'));
    const asks = { status: 'running', statusDetail: 'waiting_for_user', message: 'Which branch?' } as const;
    devin.advance(thread.id, asks);
    await cardOf(slack, thread.channelId, (text) => text.includes('Needs you'));
    await thread.say(ben.userId, 'main, I think');
    await thread.say(userId, `<@${ben.userId}> is it main?`);
    const { ts } = await thread.say(userId, `main. cc <@${ben.userId}>`);
    await thread.marked(ts, 'white_check_mark');
    expect(thread.heard().map(({ message }) => message)).toEqual([`main. cc @${ben.name}`]);
  });

  test.each([
    ['has finished', { status: 'running', statusDetail: 'finished' }, 'Finished'],
    ['sleeps', { status: 'suspended', statusDetail: 'inactivity' }, 'Asleep'],
  ])('wakes no Devin that %s but by a button, which is offered once', async (_how, rests, word) => {
    const { devin, slack } = world();
    const thread = await startThread(world());
    const { channelId } = thread;
    const { userId } = thread.ana;
    const ben = addColleague(world());
    slack.joinChannel(ben.userId, channelId);
    const file = slack.addFile({ name: 'a.txt', mimetype: 'text/plain', content: 'a', owner: userId });
    devin.advance(thread.id, rests);
    await cardOf(slack, channelId, (text) => text.includes(word));
    const first = await thread.say(userId, 'merge it, then', { files: [file] });
    const offered = await thread.noticeTo(userId, 'Devin is at rest');
    for (const words of ['thanks!', 'is it merged?']) await thread.say(userId, words);
    await thread.say(ben.userId, 'lol');
    await thread.noticeTo(ben.userId, 'Devin is at rest');
    expect(thread.heard()).toEqual([]);
    await slack.clickButton(userId, { channelId, ts: offered.ts }, 'send_again');
    await thread.marked(first.ts, 'white_check_mark');
    expect(thread.heard().map(({ message }) => message)).toEqual([expect.stringContaining('merge it, then')]);
    expect(noticesTo(slack, channelId, userId)).toEqual([]);
    expect(slack.problems).toEqual([]);
  });

  test('wakes a Devin that asked something before it went to sleep, by the answer to that', async () => {
    const { devin, slack } = world();
    const thread = await startThread(world());
    const { userId } = thread.ana;
    const ben = addColleague(world());
    const message = 'The tests pass. Shall I open a pull request?';
    devin.advance(thread.id, { status: 'running', statusDetail: 'waiting_for_user', message });
    await thread.relayedText('Shall I open');
    await cardOf(slack, thread.channelId, (text) => text.includes('Needs you'));
    devin.advance(thread.id, { status: 'suspended', statusDetail: 'inactivity' });
    await cardOf(slack, thread.channelId, (text) => text.includes('Asleep'));
    await thread.say(ben.userId, 'sure');
    await thread.marked((await thread.say(userId, 'ok')).ts, 'white_check_mark');
    await cardOf(slack, thread.channelId, (text) => text.includes('Starting'));
    devin.advance(thread.id, { status: 'suspended', statusDetail: 'inactivity' });
    await cardOf(slack, thread.channelId, (text) => text.includes('Asleep'));
    await thread.say(userId, 'ok!');
    await thread.noticeTo(userId, 'Devin is at rest');
    expect(thread.heard().map(({ message: words }) => words)).toEqual(['ok']);
  });

  test('says once that a session is over, and starts nothing', async () => {
    const { devin, slack } = world();
    const thread = await startThread(world());
    devin.advance(thread.id, { status: 'exit' });
    await slack.waitForMessage(thread.channelId, ({ text }) => text.includes('Ended'));
    await thread.say(thread.ana.userId, 'Thanks!');
    await thread.say(thread.ana.userId, 'one more thing');
    await thread.noticeTo(thread.ana.userId, en.thread.ended);
    expect(noticesTo(slack, thread.channelId, thread.ana.userId)).toHaveLength(1);
  });

  test('tells a person who may not steer once, without a reaction', async () => {
    const { slack } = world();
    const thread = await startThread(world());
    const eve = addColleague(world(), { inDevin: false });
    const first = await thread.say(eve.userId, 'let me in');
    await toldPrivately(eve.userId, "Your message stays here; Devin won't see it.");
    const second = await thread.say(eve.userId, 'please');
    await thread.marked((await thread.say(thread.ana.userId, 'go on')).ts, 'white_check_mark');
    expect(slack.messages(slack.directMessages(eve.userId))).toHaveLength(1);
    for (const { ts } of [first, second])
      expect(slack.messages(thread.channelId).find((one) => one.ts === ts)?.reactions.size).toBe(0);
    expect(thread.heard().map(({ message }) => message)).toEqual(['go on']);
  });

  test('says on the card who muted it, tells others once, and is unmuted by the button', async () => {
    const { slack } = world();
    const thread = await startThread(world());
    const { userId } = thread.ana;
    const ben = addColleague(world());
    const card = { channelId: thread.channelId, ts: thread.threadTs };
    const showing = async (words: string) =>
      slack.waitForMessage(card.channelId, ({ ts, text }) => ts === card.ts && text.includes(words));
    await showing('Replies here go to Devin.');
    await thread.say(userId, 'Mute.');
    await showing(`Muted by <@${userId}>`);
    await thread.say(ben.userId, 'is this still going?');
    await toldPrivately(ben.userId, 'This thread is muted.');
    await thread.say(ben.userId, 'hello?');
    await slack.clickButton(userId, card, 'unmute');
    await showing('Replies here go to Devin.');
    await thread.marked((await thread.say(ben.userId, 'go on')).ts, 'white_check_mark');
    expect(thread.heard().map(({ message }) => message)).toEqual(['go on']);
    expect(slack.messages(slack.directMessages(ben.userId))).toHaveLength(1);
  });

  test('can be muted and switched from the card, which says so and can undo it', async () => {
    const { slack } = world();
    const thread = await startThread(world());
    const { userId } = thread.ana;
    const card = { channelId: thread.channelId, ts: thread.threadTs };
    const shows = async (line: string, button: string) =>
      slack.waitForMessage(
        card.channelId,
        (one) =>
          one.ts === card.ts && one.text.includes(line) && slack.renderText(one).includes(`[${button}]`),
      );
    await slack.clickButton(userId, card, 'mute');
    await shows(`Muted by <@${userId}>`, 'Unmute');
    await slack.clickButton(userId, card, 'unmute');
    await slack.waitForMessage(card.channelId, (one) => one.ts === card.ts && !/Muted/.test(one.text));
    await slack.clickButton(userId, card, 'listen_mentions');
    await shows('Only replies that mention this app', 'All replies go to Devin');
    await thread.say(userId, 'not for Devin');
    await slack.clickButton(userId, card, 'listen_thread');
    await slack.waitForMessage(card.channelId, (one) => one.ts === card.ts && !/Only replies/.test(one.text));
    await thread.marked((await thread.say(userId, 'use main')).ts, 'white_check_mark');
    expect(thread.heard().map(({ message }) => message)).toEqual(['use main']);
    expect(slack.problems).toEqual([]);
  });

  test("explains itself only on a person's first card", async () => {
    const { slack, devin } = world();
    const thread = await startThread(world());
    const { channelId, threadTs, ana } = thread;
    await thread.say(ana.userId, '!new write the docs');
    const other = await devin.waitForSession(
      ({ request, userId }) => userId === ana.devinUserId && request.prompt.startsWith('write the docs'),
    );
    const second = await slack.waitForMessage(channelId, ({ text }) => text.includes(other.url));
    expect(second.text).not.toContain('go to Devin');
    const first = slack.messages(channelId).find(({ ts }) => ts === threadTs);
    expect(first?.text).toContain('Replies here go to Devin.');
  });

  test('goes to the session that waits for an answer, otherwise to the newest, and each card says so', async () => {
    const { devin, slack } = world();
    const thread = await startThread(world());
    const { channelId, threadTs, ana } = thread;
    const ben = addColleague(world());
    await thread.say(ana.userId, '!new write the docs');
    const other = await devin.waitForSession(
      ({ request, userId }) => userId === ana.devinUserId && request.prompt.startsWith('write the docs'),
    );
    const cards = async (first: string, second: string) => {
      await slack.waitForMessage(channelId, ({ ts, text }) => ts === threadTs && text.includes(first));
      await cardOf(slack, channelId, (text) => text.includes(other.url) && text.includes(second));
    };
    const heardBy = (id: string) =>
      devin
        .session(id)
        .messages.slice(1)
        .flatMap(({ source, message }) => (source === 'user' ? [message] : []));
    const say = async (userId: string, words: string) =>
      thread.marked((await thread.say(userId, words)).ts, 'white_check_mark');
    const asks = (message: string) => ({ status: 'running', statusDetail: 'waiting_for_user', message });
    await cards('go to another session', 'go to this session');
    await say(ben.userId, 'in English');
    devin.advance(thread.id, asks('Which branch?'));
    await cards('go to this session', 'go to another session');
    await say(ana.userId, 'main');
    await cards('go to another session', 'go to this session');
    devin.advance(thread.id, asks('Really?'));
    devin.advance(other.id, asks('How long?'));
    await cards('Needs you', 'Needs you');
    await cards('go to another session', 'go to this session');
    await say(ana.userId, 'a page');
    expect(heardBy(thread.id)).toEqual(['main']);
    expect(heardBy(other.id)).toEqual(['in English', 'a page']);
  });

  test("keeps saying Working after an answer, while Devin's status lags", async () => {
    const { devin, slack } = world();
    const thread = await startThread(world());
    const shows = async (words: string) =>
      slack.waitForMessage(
        thread.channelId,
        ({ ts, text }) => ts === thread.threadTs && text.includes(words),
      );
    const asks = { status: 'running', statusDetail: 'waiting_for_user' } as const;
    devin.advance(thread.id, { ...asks, message: 'Which branch?' });
    await shows('Needs you');
    const list = { method: 'GET', path: /\/sessions$/ } as const;
    const unseen = devin.fail(list, { status: 503, times: Infinity });
    await thread.marked((await thread.say(thread.ana.userId, 'main')).ts, 'white_check_mark');
    await shows('Working');
    devin.advance(thread.id, asks);
    unseen.clear();
    const answered = () =>
      devin.requests.filter(
        ({ method, path, status }) => method === 'GET' && path.endsWith('/sessions') && status === 200,
      ).length;
    const before = answered();
    await expect.poll(answered, { timeout: 20_000 }).toBeGreaterThan(before + 3);
    expect((await shows('Working')).text).not.toContain('Needs you');
    devin.advance(thread.id, { ...asks, message: 'And which folder?' });
    await shows('Needs you');
    await slack.waitForMessage(thread.channelId, ({ text }) => text.includes('And which folder?'));
  });

  test('says on the card what the channel chose', async () => {
    const { slack } = world();
    const [ana, admin] = [addColleague(world()), addColleague(world(), { isAdmin: true })];
    const channelId = slack.addChannel({ name: `set-${ana.name}`, members: [ana.userId, admin.userId] });
    await changeSettings(world(), { userId: admin.userId, channelId }, { listen: 'mentions' });
    await slack.command(ana.userId, channelId, 'fix the login test');
    const card = await slack.waitForMessage(channelId, ({ text }) =>
      text.includes('Only replies that mention'),
    );
    expect(slack.renderText(card)).toContain('[All replies go to Devin]');
  });

  test('asks about a lone "stop" in a dialog before the session ends', async () => {
    const { slack, devin } = world();
    const thread = await startThread(world());
    const { userId } = thread.ana;
    await thread.say(userId, `<@${slack.workspace.botUserId}> Stop!`);
    const { ts } = await thread.noticeTo(userId, 'Stop this session for good?');
    const dialog = await pressToOpen({ slack }, userId, {
      on: { channelId: thread.channelId, ts },
      button: 'ask_stop',
    });
    expect(devin.session(thread.id).status).not.toBe('exit');
    await slack.submit(dialog.id, userId);
    await devin.waitForSession(({ id, status }) => id === thread.id && status === 'exit');
    expect(thread.heard()).toEqual([]);
  });

  test('tells a person who may not steer it that their word did nothing', async () => {
    const { slack } = world();
    const thread = await startThread(world());
    const eve = addColleague(world(), { inDevin: false });
    slack.joinChannel(eve.userId, thread.channelId);
    await thread.say(eve.userId, 'mute');
    const { text } = await thread.noticeTo(eve.userId, 'No Devin account for');
    expect(text).toContain('Nothing was done. No Devin account');
    expect(text).not.toContain('your message');
    const card = slack.messages(thread.channelId).find(({ ts }) => ts === thread.threadTs);
    expect(card?.text).not.toContain('Muted');
  });

  test.each([
    ['', null],
    [", although Devin's answer was lost", { afterEffect: true, times: 1 } as const],
  ])('can put the session to sleep with a keyword, without archiving it%s', async (_how, fault) => {
    const { devin } = world();
    const thread = await startThread(world());
    if (fault !== null) devin.fail({ method: 'POST', path: /\/archive$/ }, fault);
    await thread.say(thread.ana.userId, 'sleep');
    await devin.waitForSession(
      ({ id, status, isArchived }) => id === thread.id && status === 'suspended' && !isArchived,
    );
  });

  test.each([{ status: 500 }, { afterEffect: false }, { afterEffect: true }])(
    "doesn't leave the session in the archive if Devin's second answer is lost (%j)",
    async (fault) => {
      const { devin } = world();
      const thread = await startThread(world());
      const path = `/sessions/devin-${thread.id}/unarchive`;
      const lost = devin.fail({ method: 'POST', path }, fault);
      const { ts } = await thread.say(thread.ana.userId, 'sleep');
      await devin.waitForSession(
        ({ id, status, isArchived }) => id === thread.id && status === 'suspended' && !isArchived,
      );
      await thread.marked(ts, 'white_check_mark');
      expect(lost.remaining()).toBe(0);
    },
  );

  test('sends Devin only what mentions the app if an administrator chose that', async () => {
    const { slack } = world();
    const thread = await startThread(world());
    const admin = addColleague(world(), { isAdmin: true });
    const { channelId } = thread;
    await changeSettings(world(), { userId: admin.userId, channelId }, { listen: 'mentions' });
    await thread.say(thread.ana.userId, 'not for Devin');
    const { ts } = await thread.say(thread.ana.userId, `<@${slack.workspace.botUserId}> use main`);
    await thread.marked(ts, 'white_check_mark');
    expect(thread.heard().map(({ message }) => message)).toEqual(['use main']);
  });
});
