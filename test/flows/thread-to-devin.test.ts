import { describe, expect, test } from 'vitest';
import { pressToOpen, toldTo } from '../support/asking.ts';
import { createWorld, startBot } from '../support/bot.ts';
import { settledForm } from '../support/look.ts';
import { addColleague } from '../support/people.ts';
import { QUICK_THREADS } from '../support/quick.ts';
import { deleteCard, startThread } from '../support/threads.ts';
import { describeOnPostgres, useWorld } from '../support/worlds.ts';

const SEND = { method: 'POST', path: /\/messages$/ } as const;
const LIST = { method: 'GET', path: /\/messages$/ } as const;

describeOnPostgres('a reply in the thread', (world) => {
  test('reaches Devin as its author, once, and is marked', async () => {
    const { devin, slack } = world();
    const thread = await startThread(world());
    const { promise: until, resolve: answer } = Promise.withResolvers<void>();
    devin.fail(SEND, { until });
    const { ts, deliveries } = await thread.say(
      thread.ana.userId,
      'use <https://acme.example|the docs> & go',
    );
    await thread.marked(ts, 'eyes');
    answer();
    await thread.marked(ts, 'white_check_mark');
    await Promise.all(deliveries.map((delivery) => slack.redeliver(delivery)));
    await thread.marked((await thread.say(thread.ana.userId, 'and then')).ts, 'white_check_mark');
    await slack.waitForMessage(thread.channelId, (one) => one.ts === ts && !one.reactions.has('eyes'));
    expect(thread.heard()).toEqual([
      { message: 'use the docs (https://acme.example) & go', asUserId: thread.ana.devinUserId },
      { message: 'and then', asUserId: thread.ana.devinUserId },
    ]);
    expect(slack.problems).toEqual([]);
    expect(devin.problems).toEqual([]);
  });
});

describe('replies in the thread', () => {
  const world = useWorld({ ...QUICK_THREADS, database: 'embedded' });
  const delivered = async (thread: Awaited<ReturnType<typeof startThread>>, ts: string) =>
    thread.marked(ts, 'white_check_mark');
  const shows = async ({ channelId, threadTs }: Awaited<ReturnType<typeof startThread>>, words: string) =>
    world().slack.waitForMessage(channelId, ({ ts, text }) => ts === threadTs && text.includes(words));

  test('keep their order and their authors when two people write at once', async () => {
    const { slack } = world();
    const thread = await startThread(world());
    const ben = addColleague(world());
    const said = await Promise.all([
      thread.say(thread.ana.userId, 'first'),
      thread.say(ben.userId, 'second'),
      thread.say(thread.ana.userId, 'third'),
    ]);
    for (const { ts } of said) await delivered(thread, ts);
    expect(thread.heard()).toEqual([
      { message: 'first', asUserId: thread.ana.devinUserId },
      { message: 'second', asUserId: ben.devinUserId },
      { message: 'third', asUserId: thread.ana.devinUserId },
    ]);
    expect(slack.problems).toEqual([]);
  });

  test('are sent with what they forward, also if their own words may mean the app', async () => {
    const thread = await startThread(world());
    const attachments = [{ is_share: true, author_name: 'Ben', text: 'archive' }];
    const { ts } = await thread.say(thread.ana.userId, 'please archive this', { attachments });
    await delivered(thread, ts);
    const other = await thread.say(thread.ana.userId, '', { attachments });
    await delivered(thread, other.ts);
    expect(thread.heard().map(({ message }) => message)).toEqual([
      'please archive this\nForwarded or attached:\n> Ben\n> archive',
      'Forwarded or attached:\n> Ben\n> archive',
    ]);
  });

  test('are sent, and answered, under a card that was deleted', async () => {
    const { devin } = world();
    const thread = await startThread(world());
    const ben = addColleague(world());
    await delivered(thread, (await thread.say(thread.ana.userId, 'one')).ts);
    await deleteCard(world(), thread.channelId, thread.threadTs);
    devin.advance(thread.id, { status: 'running', statusDetail: 'waiting_for_user', message: 'Which one?' });
    await thread.relayedText('Which one?');
    await delivered(thread, (await thread.say(ben.userId, 'two')).ts);
    expect(thread.heard()).toEqual([
      { message: 'one', asUserId: thread.ana.devinUserId },
      { message: 'two', asUserId: ben.devinUserId },
    ]);
  });

  test('are sent with their files', async () => {
    const { devin, slack } = world();
    const thread = await startThread(world());
    const file = slack.addFile({
      name: 'log.txt',
      mimetype: 'text/plain',
      content: 'oh no',
      owner: thread.ana.userId,
    });
    const { ts } = await thread.say(thread.ana.userId, 'see the log', { files: [file] });
    await delivered(thread, ts);
    const sent = await devin.waitForRequest(
      ({ method, path }) => method === 'POST' && path.endsWith(`${thread.id}/messages`),
    );
    expect(JSON.stringify(sent.body)).toContain('log.txt');
    expect(devin.problems).toEqual([]);
  });

  test('are sent as edited if they wait, and not at all once deleted', async () => {
    const { devin, slack } = world();
    const thread = await startThread(world());
    const ben = addColleague(world());
    const { userId } = thread.ana;
    // They wait behind a message that Devin is too busy to take.
    const busy = devin.fail(SEND, { status: 429, retryAfter: 1, times: Infinity });
    await thread.say(userId, 'look around');
    await devin.waitForRequest(
      ({ path, method }) => method === 'POST' && path.endsWith(`${thread.id}/messages`),
    );
    const said = [];
    for (const words of ['use main', 'forget this', 'tell nobody', 'please call me', 'no noise', 'go'])
      said.push((await thread.say(userId, words)).ts);
    const [edited = '', deleted = '', withdrawn = '', forBen = '', forApp = '', last = ''] = said;
    const ref = (ts: string) => ({ channelId: thread.channelId, ts });
    await slack.editMessage(userId, ref(edited), 'use release');
    await thread.marked(withdrawn, 'eyes');
    await slack.editMessage(userId, ref(withdrawn), '(aside) tell nobody');
    await slack.waitForMessage(thread.channelId, (one) => one.ts === withdrawn && !one.reactions.has('eyes'));
    await thread.marked(forBen, 'eyes');
    await slack.editMessage(userId, ref(forBen), `<@${ben.userId}> please call me`);
    await slack.waitForMessage(thread.channelId, (one) => one.ts === forBen && !one.reactions.has('eyes'));
    await thread.marked(forApp, 'eyes');
    await slack.editMessage(userId, ref(forApp), 'mute');
    await slack.waitForMessage(thread.channelId, (one) => one.ts === forApp && !one.reactions.has('eyes'));
    await slack.deleteMessage(userId, ref(deleted));
    busy.clear();
    await delivered(thread, last);
    expect(thread.heard().map(({ message }) => message)).toEqual(['look around', 'use release', 'go']);
  });

  test('are corrected once by an edit, and not taken back by a deletion', async () => {
    const { slack } = world();
    const thread = await startThread(world());
    const { ts } = await thread.say(thread.ana.userId, 'use main');
    await delivered(thread, ts);
    // Slack shows the preview of a link.
    const shown = {
      type: 'message',
      user: thread.ana.userId,
      text: 'use main',
      ts,
      thread_ts: thread.threadTs,
    };
    await slack.deliverEvent({
      type: 'message',
      subtype: 'message_changed',
      hidden: true,
      channel: thread.channelId,
      message: shown,
    });
    const first = await thread.edit(ts, 'use release');
    await slack.redeliver(first);
    await expect.poll(() => thread.heard()).toHaveLength(2);
    await thread.retract(ts);
    await delivered(thread, (await thread.say(thread.ana.userId, 'go')).ts);
    expect(thread.heard().map(({ message }) => message)).toEqual([
      'use main',
      'Correction of my earlier message: use release',
      'go',
    ]);
  });

  test('are corrected to the newest edit, in whatever order edits arrive', async () => {
    const { devin, slack } = world();
    const thread = await startThread(world());
    const user = thread.ana.userId;
    const { ts } = await thread.say(user, 'use main');
    await delivered(thread, ts);
    // The correction waits behind a message that Devin is too busy to take, so that the edits find it waiting.
    const busy = devin.fail(SEND, { times: Infinity, status: 429, retryAfter: 1 });
    await thread.say(user, 'look around');
    const first = await thread.edit(ts, 'use release');
    await thread.edit(ts, 'use release-2');
    await slack.redeliver(first);
    busy.clear();
    await delivered(thread, (await thread.say(user, 'go')).ts);
    await slack.redeliver(first);
    await delivered(thread, (await thread.say(user, 'on')).ts);
    expect(thread.heard().map(({ message }) => message)).toEqual([
      'use main',
      'look around',
      'Correction of my earlier message: use release-2',
      'go',
      'on',
    ]);
  });

  test.each([
    ['its answer was lost', { afterEffect: true as const }],
    ['Devin answered 502 but got it', { afterEffect: true as const, status: 502 }],
    ['Devin was busy', { status: 429, retryAfter: 1 }],
  ])('reach Devin once when %s', async (_what, fault) => {
    const { devin } = world();
    const thread = await startThread(world());
    devin.fail(SEND, { times: 1, ...fault });
    const { ts } = await thread.say(thread.ana.userId, 'hear me once');
    const next = await thread.say(thread.ana.userId, 'and me');
    await delivered(thread, ts);
    await delivered(thread, next.ts);
    expect(thread.heard().map(({ message }) => message)).toEqual(['hear me once', 'and me']);
  });

  test('come back, with those after them, if Devin asks to wait for longer than they do', async () => {
    const { devin } = world();
    const thread = await startThread(world());
    const { userId } = thread.ana;
    devin.fail(SEND, { times: 1, status: 429, retryAfter: 3 * 3600 });
    await thread.say(userId, 'hear me today');
    await toldTo(world(), { channelId: thread.channelId, userId }, 'hear me today');
    const { ts } = await thread.say(userId, 'and this');
    await delivered(thread, ts);
    expect(thread.heard().map(({ message }) => message)).toEqual(['and this']);
  });

  test('are not shown as web messages if they are found after a lost answer', async () => {
    const { devin } = world();
    const thread = await startThread(world());
    const fetching = devin.fail(LIST, { status: 403, times: Infinity });
    devin.fail(SEND, { times: 1, afterEffect: true });
    const { ts } = await thread.say(thread.ana.userId, 'my own words');
    await devin.waitForRequest(({ method, path }) => method === 'POST' && path.includes(`${thread.id}/mess`));
    fetching.clear();
    await delivered(thread, ts);
    devin.advance(thread.id, { status: 'running', message: 'understood' });
    await thread.relayedText('understood');
    expect(thread.relayed().map(({ text }) => text)).toEqual(['understood']);
  });

  test("that appear late at Devin count as delivered, and aren't sent again", async () => {
    const { devin, slack } = world();
    const thread = await startThread(world());
    const fetching = devin.fail(LIST, { status: 403, times: Infinity });
    devin.fail(SEND, { times: 1, afterEffect: true });
    const { ts } = await thread.say(thread.ana.userId, 'late words');
    const notice = await thread.noticeTo(thread.ana.userId, "didn't confirm that");
    fetching.clear();
    devin.advance(thread.id, { status: 'running', message: 'I heard that' });
    await thread.relayedText('I heard that');
    await slack.clickButton(thread.ana.userId, { channelId: thread.channelId, ts: notice.ts }, 'send_again');
    await delivered(thread, ts);
    expect(thread.heard().map(({ message }) => message)).toEqual(['late words']);
  });

  test('come back with "Resend" if they may not have arrived', async () => {
    const { devin, slack } = world();
    const thread = await startThread(world());
    devin.fail(SEND, { times: 1 });
    const { ts } = await thread.say(thread.ana.userId, 'lost words');
    const notice = await thread.noticeTo(thread.ana.userId, "didn't confirm that");
    expect(notice.text).toContain('lost words');
    expect(thread.heard()).toEqual([]);
    await slack.clickButton(thread.ana.userId, { channelId: thread.channelId, ts: notice.ts }, 'send_again');
    await delivered(thread, ts);
    expect(thread.heard().map(({ message }) => message)).toEqual(['lost words']);
    await slack.waitFor(
      () => !slack.messages(thread.channelId).some((one) => one.ts === notice.ts) || undefined,
      { what: 'the end of the notice' },
    );
    expect(slack.problems).toEqual([]);
  });

  test("aren't sent again once they were deleted", async () => {
    const { devin, slack } = world();
    const thread = await startThread(world());
    const { channelId } = thread;
    const { userId } = thread.ana;
    devin.fail(SEND, { times: 1 });
    const said = await thread.say(userId, 'lost words');
    const notice = await thread.noticeTo(userId, "didn't confirm that");
    await slack.deleteMessage(userId, { channelId, ts: said.ts });
    await slack.clickButton(userId, { channelId, ts: notice.ts }, 'send_again');
    await thread.marked((await thread.say(userId, 'go on')).ts, 'white_check_mark');
    expect(thread.heard().map(({ message }) => message)).toEqual(['go on']);
  });

  test('are sent again as who their author is in Devin by then', async () => {
    const { devin, slack } = world();
    const thread = await startThread(world());
    const { userId, devinUserId, email, devinName: name } = thread.ana;
    devin.removeMember(devinUserId);
    await thread.say(userId, 'from my new account');
    const { ts } = await thread.noticeTo(userId, "Devin didn't get your message");
    devin.addMember({ userId: 'user-new', email, name });
    await slack.clickButton(userId, { channelId: thread.channelId, ts }, 'send_again');
    await slack.waitFor(() => thread.heard()[0], { what: 'the reply' });
    expect(thread.heard()).toMatchObject([{ message: 'from my new account', asUserId: 'user-new' }]);
  });

  test('wake a sleeping session if they mention the app', async () => {
    const { devin, slack } = world();
    const thread = await startThread(world());
    devin.advance(thread.id, { status: 'suspended', statusDetail: 'inactivity' });
    await shows(thread, 'Asleep');
    await delivered(
      thread,
      (await thread.say(thread.ana.userId, `<@${slack.workspace.botUserId}> wake up`)).ts,
    );
    expect(devin.session(thread.id).status).not.toBe('suspended');
  });

  test.each([true, false])(
    'take a session out of the archive first, also if the app knows nothing of that: %s',
    async (isKnown) => {
      const { devin, slack } = world();
      const thread = await startThread(world());
      devin.advance(thread.id, { status: 'suspended', statusDetail: 'inactivity' });
      await shows(thread, 'Asleep');
      if (isKnown) {
        await delivered(thread, (await thread.say(thread.ana.userId, 'archive')).ts);
        await shows(thread, 'Archived by');
      } else devin.archive(thread.id);
      const { ts } = await thread.say(thread.ana.userId, `<@${slack.workspace.botUserId}> go on`);
      await delivered(thread, ts);
      expect(devin.session(thread.id)).toMatchObject({ isArchived: false, status: 'resuming' });
      expect(thread.heard().map(({ message }) => message)).toEqual(['go on']);
    },
  );

  test('to a session that is over come back with a form for a new one', async () => {
    const { devin, slack } = world();
    const thread = await startThread(world(), 'fix it now --acu 7');
    devin.advance(thread.id, { status: 'exit' });
    await thread.say(thread.ana.userId, `<@${slack.workspace.botUserId}> one more thing`);
    const notice = await thread.noticeTo(thread.ana.userId, 'session is over');
    await slack.clickButton(thread.ana.userId, { channelId: thread.channelId, ts: notice.ts }, 'open_form');
    const shown = slack.renderText((await settledForm(slack, thread.ana.userId)).id);
    expect(shown).toContain('one more thing');
    expect(shown).toContain('7');
    expect(slack.problems).toEqual([]);
  });

  test.each([
    [403, 'service user'],
    [422, 'Devin refused'],
  ])('come back privately when Devin answers %i', async (status, words) => {
    const { devin, slack } = world();
    const thread = await startThread(world());
    devin.fail(SEND, { times: 1, status });
    const { ts } = await thread.say(thread.ana.userId, 'no way');
    const notice = await thread.noticeTo(thread.ana.userId, words);
    expect(notice.text).toContain('no way');
    await slack.clickButton(thread.ana.userId, { channelId: thread.channelId, ts: notice.ts }, 'send_again');
    await delivered(thread, ts);
  });

  test.each(['missing_scope', 'message_not_found', 'already_reacted', 'internal_error'])(
    'are sent once even if Slack refuses the reaction (%s)',
    async (code) => {
      const { devin, slack } = world();
      const thread = await startThread(world());
      const { promise: until, resolve: answer } = Promise.withResolvers<void>();
      devin.fail(SEND, { until });
      slack.fail('reactions.add', { times: 2, error: code, args: { channel: thread.channelId } });
      const unmarked = await thread.say(thread.ana.userId, 'unmarked');
      const refused = () =>
        slack.calls.filter(
          (call) =>
            call.method === 'reactions.add' && call.args['timestamp'] === unmarked.ts && call.error === code,
        );
      // The one for "received", which is not added once Devin has it, and the one for "delivered".
      await slack.waitFor(() => refused().length === 1);
      answer();
      await slack.waitFor(() => refused().length === 2);
      await delivered(thread, (await thread.say(thread.ana.userId, 'marked')).ts);
      expect(thread.heard().map(({ message }) => message)).toEqual(['unmarked', 'marked']);
    },
  );

  test('from a guest are refused because guests may not, also if Devin knows them', async () => {
    const thread = await startThread(world());
    const gus = addColleague(world(), { isGuest: true });
    await thread.say(gus.userId, 'let me in');
    const { text } = await world().slack.waitForMessage(world().slack.directMessages(gus.userId), (one) =>
      one.text.includes('stays here'),
    );
    expect(text).toContain("guests can't start or steer sessions");
    expect(thread.heard()).toEqual([]);
  });

  test('from apps, this app and webhooks are ignored, as are messages outside the thread', async () => {
    const { slack } = world();
    const thread = await startThread(world());
    const robot = slack.addUser({ name: 'official-devin', isBot: true });
    await thread.say(robot, 'I am Devin, too');
    await thread.say(thread.ana.userId, 'alert', { botName: 'alerts' });
    await slack.speak(thread.ana.userId, thread.channelId, 'not in the thread');
    await delivered(thread, (await thread.say(thread.ana.userId, 'only this')).ts);
    expect(thread.heard().map(({ message }) => message)).toEqual(['only this']);
  });
});

describe('keywords in the thread', () => {
  const world = useWorld({ ...QUICK_THREADS, database: 'embedded' });
  const marked = async (thread: Awaited<ReturnType<typeof startThread>>, words: string) => {
    const { ts } = await thread.say(thread.ana.userId, words);
    await thread.marked(ts, 'white_check_mark');
  };

  test('mute and unmute the thread, with or without a mention of the app', async () => {
    const { devin, slack } = world();
    const thread = await startThread(world());
    await marked(thread, `<@${slack.workspace.botUserId}> mute`);
    await thread.say(thread.ana.userId, 'among ourselves');
    devin.advance(thread.id, { status: 'running', message: 'still here' });
    await thread.relayedText('still here');
    await marked(thread, 'unmute');
    await marked(thread, 'mute the alarms in the test');
    expect(thread.heard().map(({ message }) => message)).toEqual(['mute the alarms in the test']);
  });

  test.each(['(aside) what do you think?', 'I wonder !aside', '!aside hm'])(
    'leave out "%s"',
    async (aside) => {
      const thread = await startThread(world());
      const { ts } = await thread.say(thread.ana.userId, aside);
      await marked(thread, 'say `!aside` in the docs');
      expect(thread.heard().map(({ message }) => message)).toEqual(['say `!aside` in the docs']);
      expect(
        world()
          .slack.messages(thread.channelId)
          .find((one) => one.ts === ts)?.reactions.size,
      ).toBe(0);
    },
  );

  test('exit asks before it ends the session, and archive archives it even then', async () => {
    const { devin, slack } = world();
    const thread = await startThread(world());
    const { userId } = thread.ana;
    await thread.say(userId, 'Exit.');
    const { ts } = await thread.noticeTo(userId, 'Stop this session for good?');
    const asked = { on: { channelId: thread.channelId, ts }, button: 'ask_stop' };
    const dialog = await pressToOpen({ slack }, userId, asked);
    expect(devin.session(thread.id).status).not.toBe('exit');
    await slack.submit(dialog.id, userId);
    await devin.waitForSession(({ id, status }) => id === thread.id && status === 'exit');
    await slack.waitForMessage(thread.channelId, ({ text }) => text.includes('Ended by'));
    await thread.say(userId, 'archive');
    await devin.waitForSession(({ id, isArchived }) => id === thread.id && isArchived);
  });

  test('a mention alone gets help, without a mark', async () => {
    const { slack } = world();
    const thread = await startThread(world());
    const mention = await thread.say(thread.ana.userId, `<@${slack.workspace.botUserId}>`);
    await thread.noticeTo(thread.ana.userId, 'In this thread');
    const said = slack.messages(thread.channelId);
    expect(said.find(({ ts }) => ts === mention.ts)?.reactions.size).toBe(0);
    expect(thread.heard()).toEqual([]);
  });

  test('!new starts another session in the thread, which then gets the replies', async () => {
    const { devin, slack } = world();
    const thread = await startThread(world());
    await thread.say(thread.ana.userId, 'it is for the old server');
    await thread.say(thread.ana.userId, '(aside) between us');
    const { ts, deliveries } = await thread.say(
      thread.ana.userId,
      '!new port it now --acu 3 --repo acme/web',
    );
    await Promise.all(deliveries.map((delivery) => slack.redeliver(delivery)));
    const session = await devin.waitForSession(({ request }) => request.prompt.startsWith('port it now'));
    expect(session.request).toMatchObject({ max_acu_limit: 3, repos: ['acme/web'] });
    expect(session.request.prompt).toContain('| it is for the old server');
    expect(session.request.prompt).not.toMatch(/!new|left out|between us/);
    const card = await slack.waitForMessage(thread.channelId, ({ text }) => text.includes(session.url));
    expect(card.threadTs).toBe(thread.threadTs);
    await marked(thread, 'to the new one');
    // The card is the answer; a mark would stay for good.
    expect(slack.messages(thread.channelId).find((one) => one.ts === ts)?.reactions.size).toBe(0);
    expect(devin.session(session.id).messages.at(-1)?.message).toBe('to the new one');
    expect(devin.sessions.filter(({ request }) => request.prompt.startsWith('port it now'))).toHaveLength(1);
  });

  test('!new sends what Devin said in the thread, but no cards', async () => {
    const { devin } = world();
    const thread = await startThread(world(), 'find out why the login test fails');
    devin.advance(thread.id, { status: 'running', message: 'The cookie expires <too> soon.' });
    await thread.relayedText('The cookie expires');
    await thread.say(thread.ana.userId, '!new fix what you found');
    const { request } = await devin.waitForSession(({ request: { prompt } }) =>
      prompt.startsWith('fix what'),
    );
    expect(request.prompt).toMatch(/^\[\S+\] .+ \(app\):\n\| The cookie expires <too> soon\.$/m);
    expect(request.prompt).not.toMatch(/find out why|Replies here/);
  });
});

describe("a file that Slack doesn't return", () => {
  const clock = { aheadMs: 0 };
  const now = () => Date.now() + clock.aheadMs;
  const world = useWorld({ overrides: { ...QUICK_THREADS.overrides, now } });

  test('delays its message only for a while', async () => {
    const { slack } = world();
    const thread = await startThread(world());
    const owner = thread.ana.userId;
    const file = slack.addFile({ name: 'log.txt', mimetype: 'text/plain', content: 'oh no', owner });
    slack.fail('files', { times: Infinity });
    const { ts } = await thread.say(owner, 'see the log', { files: [file] });
    await thread.marked(ts, 'eyes');
    clock.aheadMs = 15 * 60_000;
    await thread.marked(ts, 'white_check_mark');
    await thread.noticeTo(owner, 'log.txt');
    expect(thread.heard().map(({ message }) => message)).toEqual(['see the log']);
  });
});

test('a reply that waits for a busy Devin is sent once after a restart', async () => {
  const world = await createWorld(QUICK_THREADS);
  try {
    const { devin, slack, environment } = world;
    const thread = await startThread(world);
    devin.fail(SEND, { times: 1, status: 429, retryAfter: 2 });
    const { ts } = await thread.say(thread.ana.userId, 'before the stop');
    await devin.waitForRequest(({ method, path }) => method === 'POST' && path.endsWith('/messages'));
    await world.bot.stop();
    const { bot } = await startBot(environment, slack, QUICK_THREADS.overrides);
    try {
      await thread.marked(ts, 'white_check_mark');
      expect(thread.heard().map(({ message }) => message)).toEqual(['before the stop']);
    } finally {
      await bot.stop();
    }
  } finally {
    await world.close();
  }
});

test("with IMPERSONATION=off replies are sent as the service user, with their author's name", async () => {
  const world = await createWorld({ ...QUICK_THREADS, environment: { IMPERSONATION: 'off' } });
  try {
    const { slack, devin } = world;
    const ana = addColleague(world);
    const channelId = slack.addChannel({ name: 'off', members: [ana.userId] });
    await slack.command(ana.userId, channelId, 'fix it as the app');
    const { id, url } = await devin.waitForSession(() => true);
    const card = await slack.waitForMessage(channelId, ({ text }) => text.includes(url));
    const { ts } = await slack.speak(ana.userId, channelId, 'my words', { threadTs: card.ts });
    await slack.waitForMessage(channelId, (one) => one.ts === ts && one.reactions.has('white_check_mark'));
    expect(devin.session(id).messages.at(-1)).toMatchObject({
      message: `${ana.name}: my words`,
      asUserId: null,
    });
  } finally {
    await world.close();
  }
});

describe('a reply that Slack is too busy to mark', () => {
  const sweepTimes = { everyMs: 50, strandedMs: 15_000 };
  const world = useWorld({ overrides: { silentMs: 0, sweepTimes } });

  test('is counted until it is marked', async () => {
    const { devin, slack, address } = world();
    const thread = await startThread(world());
    const silent = async (): Promise<number> => {
      const metrics = await (await fetch(`${address}/metrics`)).text();
      return Number(/^devin_slack_silent_total (\d+)$/m.exec(metrics)?.[1]);
    };
    const { promise: until, resolve: answer } = Promise.withResolvers<void>();
    devin.fail(SEND, { until });
    const busy = slack.fail('reactions.add', {
      times: Infinity,
      retryAfter: 1,
      args: { channel: thread.channelId },
    });
    const before = await silent();
    const { ts } = await thread.say(thread.ana.userId, 'use main');
    await expect.poll(silent).toBeGreaterThan(before);
    busy.clear();
    await thread.marked(ts, 'eyes');
    answer();
    await thread.marked(ts, 'white_check_mark');
  });
});
