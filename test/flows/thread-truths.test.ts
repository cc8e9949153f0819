import { describe, expect, test } from 'vitest';
import { sessionOf } from '../support/look.ts';
import { addColleague } from '../support/people.ts';
import { QUICK_THREADS } from '../support/quick.ts';
import { startThread } from '../support/threads.ts';
import { useWorld } from '../support/worlds.ts';

type Thread = Awaited<ReturnType<typeof startThread>>;

const { watchTimes, ...others } = QUICK_THREADS.overrides;
// Two messages within a second don't change Devin's time of the last change.
const world = useWorld({ overrides: { ...others, watchTimes: { ...watchTimes, messagesMs: 1000 } } });

const delivered = async (thread: Thread, words: string): Promise<void> => {
  const { ts } = await thread.say(thread.ana.userId, words);
  await thread.marked(ts, 'white_check_mark');
};

describe('what people tell Devin outside the thread', () => {
  const replyInBox = async (thread: Thread, words: string): Promise<void> => {
    const { slack } = world();
    const { userId } = thread.ana;
    await slack.clickButton(userId, { channelId: thread.channelId, ts: thread.threadTs }, 'reply');
    const box = await slack.waitForView((view) => view.userId === userId);
    slack.typeIn(box.id, { Message: words });
    expect(await slack.submit(box.id, userId)).toMatchObject({ kind: 'closed' });
  };
  const heardByDevin = async (id: string, words: string) =>
    world().devin.waitForSession(
      (session) => session.id === id && session.messages.some(({ message }) => message === words),
    );

  test('appears in the thread once, quoted and labeled', async () => {
    const { devin, slack } = world();
    const thread = await startThread(world());
    const ben = addColleague(world());
    devin.advance(thread.id, { status: 'running' });
    await slack.waitForMessage(thread.channelId, ({ text }) => text.includes('Working'));
    await replyInBox(thread, 'use main\n<!channel> please');
    const shown = await thread.relayedText('replied to Devin:');
    expect(shown.text).toBe(`${thread.ana.name} replied to Devin:\n> use main\n> &lt;!channel&gt; please`);
    const { delivery } = await slack.command(ben.userId, thread.channelId, `say ${thread.id} and test it`);
    await slack.redeliver(delivery);
    await thread.relayedText(`${ben.name} replied to Devin:\n> and test it`);
    devin.advance(thread.id, { status: 'running', message: 'Will do.' });
    await thread.relayedText('Will do.');
    expect(thread.relayed()).toHaveLength(3);
    expect(thread.heard().map(({ message }) => message)).toEqual([
      'use main\n<!channel> please',
      'and test it',
    ]);
    expect(slack.problems).toEqual([]);
  });

  test('gives a token to Devin alone', async () => {
    const { slack } = world();
    const thread = await startThread(world());
    const token = `ghp_${'a1B2'.repeat(9)}`;
    await slack.command(thread.ana.userId, thread.channelId, `say ${thread.id} push with ${token} now`);
    const shown = await thread.relayedText('replied to Devin:');
    expect(shown.text).toContain('push with ghp_… now');
    expect(JSON.stringify(slack.messages(thread.channelId))).not.toContain(token);
    await heardByDevin(thread.id, `push with ${token} now`);
  });

  test('appears once even if Slack’s answer is lost', async () => {
    const { devin, slack } = world();
    const thread = await startThread(world());
    slack.fail('chat.postMessage', { afterEffect: true, args: { channel: thread.channelId } });
    await slack.command(thread.ana.userId, thread.channelId, `say ${thread.id} say it once`);
    await thread.relayedText('say it once');
    devin.advance(thread.id, { status: 'running', message: 'Once it is.' });
    await thread.relayedText('Once it is.');
    expect(thread.relayed()).toHaveLength(2);
  });

  test("isn't shown in the thread if it is an aside, or if nobody else is there", async () => {
    const { devin, slack } = world();
    const thread = await startThread(world());
    await slack.command(thread.ana.userId, thread.channelId, `say ${thread.id} (aside) hush`);
    await heardByDevin(thread.id, '(aside) hush');
    devin.advance(thread.id, { status: 'running', message: 'Psst.' });
    await thread.relayedText('Psst.');
    expect(thread.relayed()).toHaveLength(1);

    const ana = addColleague(world());
    const channelId = slack.directMessages(ana.userId);
    await slack.command(ana.userId, channelId, 'work on this alone');
    const { id, url } = await sessionOf(devin, ana.devinUserId);
    await slack.waitForMessage(channelId, ({ text }) => text.includes(url));
    await slack.command(ana.userId, channelId, `say ${id} to myself`);
    await heardByDevin(id, 'to myself');
    devin.advance(id, { status: 'running', message: 'All alone.' });
    await slack.waitForMessage(
      channelId,
      ({ text, threadTs }) => threadTs !== null && text.includes('All alone.'),
    );
    expect(slack.messages(channelId).filter(({ text }) => text.includes('with a command'))).toEqual([]);
  });
});

describe('an edit', () => {
  const SEND = { method: 'POST', path: /\/messages$/ } as const;

  const heardWords = (thread: Thread): string[] => thread.heard().map(({ message }) => message);

  test('to a reply in flight sends one correction after it', async () => {
    const { devin, slack } = world();
    const thread = await startThread(world());
    const { promise: until, resolve: release } = Promise.withResolvers<void>();
    devin.fail(SEND, { times: 1, until });
    const { ts } = await thread.say(thread.ana.userId, 'use main');
    await devin.waitForRequest(
      ({ method, path }) => method === 'POST' && path.includes(thread.id) && path.endsWith('/messages'),
    );
    await slack.redeliver(await thread.edit(ts, 'use release'));
    await slack.redeliver(await thread.edit(ts, 'use release 2'));
    expect(heardWords(thread)).toEqual([]);
    release();
    await thread.marked(ts, 'white_check_mark');
    await delivered(thread, 'go');
    expect(heardWords(thread)).toEqual(['use main', 'Correction of my earlier message: use release 2', 'go']);
  });

  test('to a reply that Devin then did not confirm changes what its author can send again', async () => {
    const { devin, slack } = world();
    const thread = await startThread(world());
    const { promise: until, resolve: release } = Promise.withResolvers<void>();
    devin.fail(SEND, { until, status: 500 });
    const { ts } = await thread.say(thread.ana.userId, 'use Postgres');
    await devin.waitForRequest(
      ({ method, path }) => method === 'POST' && path.includes(thread.id) && path.endsWith('/messages'),
    );
    await thread.edit(ts, 'use SQLite');
    release();
    const notice = await thread.noticeTo(thread.ana.userId, 'use SQLite');
    await delivered(thread, 'go');
    await slack.clickButton(thread.ana.userId, { channelId: thread.channelId, ts: notice.ts }, 'send_again');
    await thread.marked(ts, 'white_check_mark');
    expect(heardWords(thread)).toEqual(['go', 'use SQLite']);
  });

  test('to a reply whose files are being uploaded changes what is sent', async () => {
    const { devin, slack } = world();
    const thread = await startThread(world());
    const owner = thread.ana.userId;
    const file = slack.addFile({ name: 'log.txt', mimetype: 'text/plain', content: 'oh no', owner });
    const { promise: until, resolve: release } = Promise.withResolvers<void>();
    devin.fail({ method: 'POST', path: /\/attachments$/ }, { times: 1, until });
    const { ts } = await thread.say(owner, 'see the log', { files: [file] });
    await devin.waitForRequest(({ method, path }) => method === 'POST' && path.endsWith('/attachments'));
    await thread.edit(ts, 'read the log');
    release();
    await thread.marked(ts, 'white_check_mark');
    await delivered(thread, 'go');
    expect(heardWords(thread)).toEqual(['read the log', 'go']);
  });
});

describe('a 404 on sending a message', () => {
  test.each([
    ['the session exists', null],
    ["the session doesn't exist", { status: 404 }],
  ])("is reported in Devin's words: %s", async (_where, onGet) => {
    const { devin } = world();
    const thread = await startThread(world());
    const problem = { detail: 'User gone-user not found' };
    devin.fail(
      { method: 'POST', path: new RegExp(`${thread.id}/messages$`) },
      { times: 1, status: 404, problem },
    );
    if (onGet !== null) devin.fail({ method: 'GET', path: thread.id }, { times: 1, ...onGet });
    await thread.say(thread.ana.userId, 'no way');
    const notice = await thread.noticeTo(thread.ana.userId, 'Devin refused it: User gone-user not found');
    expect(notice.text).toContain('no way');
  });
});

describe('a question', () => {
  test('calls nobody if Devin has gone on by the time Slack takes it', async () => {
    const { devin, slack } = world();
    const { channelId, threadTs, id, relayedText } = await startThread(world());
    const { promise: until, resolve: fails } = Promise.withResolvers<void>();
    const fault = slack.fail('chat.postMessage', { args: { channel: channelId }, until, status: 503 });
    const asked = { statusDetail: 'waiting_for_user', message: 'Main or release?' };
    devin.advance(id, { status: 'running', ...asked });
    await expect.poll(fault.remaining).toBe(0);
    devin.advance(id, { statusDetail: 'working' });
    await slack.waitForMessage(channelId, ({ ts, text }) => ts === threadTs && text.includes('Working'));
    fails();
    expect((await relayedText('Main or release?')).text).toBe('Main or release?');
    expect(slack.messages(channelId)).toHaveLength(2);
  });
});
