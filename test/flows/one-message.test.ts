import { describe, expect, test } from 'vitest';
import type { Message } from '../../sandbox/slack/index.ts';
import { pressToOpen, typeTask } from '../support/asking.ts';
import type { World } from '../support/bot.ts';
import { cardOf, doneWith, sessionOf } from '../support/look.ts';
import { someoneIn } from '../support/people.ts';
import { startThread } from '../support/threads.ts';
import { useWorld } from '../support/worlds.ts';

const QUICK = {
  overrides: { watchTimes: { fastestMs: 100, tickMs: 50, messagesMs: 5000, lastReadMs: 100 } },
};
const WAITING = { status: 'running', statusDetail: 'waiting_for_user' };
const PULL_REQUEST = { url: 'https://github.com/acme/web/pull/1', state: 'open' };

/** A session, and what everyone sees of it. */
async function started(world: World, text?: string) {
  const { slack, devin } = world;
  const thread = await startThread(world, text);
  const { ana, channelId, threadTs, id } = thread;
  const inThread = (): Message[] =>
    slack.messages(channelId).filter((one) => one.threadTs === threadTs && one.ephemeralFor === null);
  const byApp = (): Message[] => inThread().filter(({ metadata }) => metadata != null);
  const says = async (words: string): Promise<Message> =>
    slack.waitForMessage(
      channelId,
      ({ threadTs: in_, text: shown }) => in_ === threadTs && shown.includes(words),
    );
  const card = async (words: string): Promise<Message> =>
    slack.waitForMessage(channelId, ({ ts, text: shown }) => ts === threadTs && shown.includes(words));
  /** Milestones are announced in order: once the next is there, none is left from before. */
  const settled = async (): Promise<void> => {
    devin.advance(id, { status: 'suspended', statusDetail: 'usage_limit_exceeded' });
    await says('*Stopped at the cap*');
  };
  /** Its status is seen before its words. */
  const comes = async (changes: object, message: string, shown: string): Promise<void> => {
    const { promise: until, resolve: show } = Promise.withResolvers<void>();
    const path = new RegExp(`${id}/messages$`);
    const hidden = devin.fail({ method: 'GET', path }, { until, times: Infinity });
    devin.advance(id, { ...changes, message });
    await card(shown);
    hidden.clear();
    show();
  };
  const asks = async (message: string): Promise<void> => comes(WAITING, message, 'Needs you');
  const ends = async (changes: object, message: string, shown = 'Finished'): Promise<void> =>
    comes({ status: 'running', statusDetail: 'finished', ...changes }, message, shown);
  const pings = (): string[] =>
    byApp().flatMap(({ text: shown }) => (shown.includes(`<@${ana.userId}>`) ? [shown] : []));
  return {
    ...thread,
    byApp,
    says,
    card,
    settled,
    asks,
    ends,
    pings,
    change: (c: object) => devin.advance(id, c),
  };
}

/** What it takes to read a whole thread. */
const wordsIn = (messages: readonly Message[]): number =>
  messages.reduce((sum, { text }) => sum + text.split(/\s+/).length, 0);

describe('one message for each event', () => {
  const world = useWorld(QUICK);

  /** Everything of a session under its card, once this was said. */
  const countOf = async (thread: Awaited<ReturnType<typeof started>>, last: string) => {
    const { says, byApp, pings } = thread;
    await says(last);
    await doneWith(world(), 'relay-from-devin');
    expect(world().slack.problems).toEqual([]);
    return { messages: 1 + byApp().length, pings: pings().length, words: wordsIn(byApp()) };
  };
  const said = async (thread: Awaited<ReturnType<typeof started>>, words: string): Promise<void> => {
    thread.change({ status: 'running', message: words });
    await thread.says(words);
  };

  test("is, for a plain session, a card, Devin's words and one message with one ping at the end", async () => {
    const thread = await started(world(), 'fix it now --acu 10');
    await said(thread, 'I see it.');
    await thread.ends({ pullRequest: PULL_REQUEST, acus: 1.9 }, `Done, see ${PULL_REQUEST.url}.`);
    expect(await countOf(thread, 'Done, see')).toEqual({ messages: 3, pings: 1, words: 16 });
    const head = `<@${thread.ana.userId}> *Finished* · <${PULL_REQUEST.url}|acme/web #1> · 1.9 of 10 ACU`;
    expect(thread.pings()).toEqual([`${head}\nDone, see ${PULL_REQUEST.url}.`]);
    const posts = world()
      .slack.calls.filter(({ method }) => method === 'chat.postMessage')
      .map(({ args }) => args);
    // Slack previews links unless it is told not to.
    for (const { unfurl_links: links, unfurl_media: media } of posts)
      expect([links, media].map(String)).toEqual(['false', 'false']);
  });

  test('is four messages and two pings with a question', async () => {
    const { devin } = world();
    const thread = await started(world());
    await said(thread, 'I see it.');
    await thread.asks('Main or release?');
    await thread.says('Main or release?');
    await thread.say(thread.ana.userId, 'Main.');
    await devin.waitForSession((one) => one.id === thread.id && one.messages.at(-1)?.message === 'Main.');
    await thread.says('Answered by');
    thread.change({ statusDetail: 'working' });
    await thread.card('Working');
    await thread.ends({}, 'Done.');
    expect(await countOf(thread, 'Done.')).toEqual({ messages: 4, pings: 2, words: 19 });
  });

  test('is the same with a question that offers answers, of which a button gives one', async () => {
    const { slack, devin } = world();
    const thread = await started(world());
    const { ana, channelId, id } = thread;
    await said(thread, 'I see it.');
    await thread.asks('Which branch?\n\n1. main\n2. release');
    const { ts, blocks } = await thread.says('Which branch?');
    expect(JSON.stringify(blocks)).toContain('Something else');
    for (const _twice of [1, 2]) await slack.clickButton(ana.userId, { channelId, ts }, 'answer_option.1');
    await devin.waitForSession((one) => one.id === id && one.messages.at(-1)?.message === 'release');
    const answered = await thread.says('Answered by');
    expect(answered.text).toMatch(new RegExp(`Answered by <@${ana.userId}>: release · <!date`));
    expect(JSON.stringify(answered.blocks)).not.toContain('answer_option');
    thread.change({ statusDetail: 'working' });
    await thread.card('Working');
    await thread.ends({}, 'Done.');
    expect(await countOf(thread, 'Done.')).toEqual({ messages: 4, pings: 2, words: 22 });
    expect(thread.heard()).toHaveLength(1);
  });

  test('is a private notice for an answer by a button once Devin has gone on', async () => {
    const { slack } = world();
    const thread = await started(world());
    await thread.asks('Which branch?\n\n- main\n- release');
    const { ts } = await thread.says('Which branch?');
    thread.change({ statusDetail: 'working' });
    await thread.card('Working');
    await slack.clickButton(thread.ana.userId, { channelId: thread.channelId, ts }, 'answer_option.0');
    await thread.noticeTo(thread.ana.userId, 'no longer waiting for this answer');
    expect(thread.heard()).toEqual([]);
  });

  test.each([
    ['failed', { status: 'error', statusDetail: 'error' }, 'Failed', '*Failed*', 14],
    [
      'stopped at its cap',
      { status: 'suspended', statusDetail: 'usage_limit_exceeded' },
      'Stopped',
      '*Stopped at the cap*',
      17,
    ],
  ])('is three messages and one ping for a session that %s', async (_what, end, shown, told, words) => {
    const thread = await started(world(), 'fix it now --acu 10');
    await said(thread, 'I see it.');
    await thread.ends(end, 'It broke: no disk.', shown);
    expect(await countOf(thread, told)).toEqual({ messages: 3, pings: 1, words });
    expect(thread.pings()[0]).toContain('\nIt broke: no disk.');
  });

  test('is one more, once, for a session that used four fifths of its cap', async () => {
    const thread = await started(world(), 'fix it now --acu 10');
    thread.change({ status: 'running', acus: 8.2 });
    await thread.says('*near its cap* · 8.2 of 10 ACU');
    await thread.card('8.2 of 10 ACU · near its cap');
    thread.change({ acus: 9 });
    await thread.card('9 of 10 ACU');
    await thread.ends({}, 'Done.');
    expect(await countOf(thread, 'Done.')).toEqual({ messages: 3, pings: 2, words: 17 });
  });

  test('is the end, once, although Devin answers an earlier reply only after that', async () => {
    const { devin, slack } = world();
    const thread = await started(world());
    const { ana, id, say, marked, change, card, says, pings, threadTs } = thread;
    change({ status: 'running', statusDetail: 'working' });
    await card('Working');
    const { promise: until, resolve: answer } = Promise.withResolvers<void>();
    devin.fail({ method: 'POST', path: new RegExp(`${id}/messages$`) }, { until, afterEffect: true });
    const { ts } = await say(ana.userId, 'With docs.');
    await devin.waitForSession((one) => one.id === id && one.messages.at(-1)?.message === 'With docs.');
    change({ statusDetail: 'finished', message: 'Done.' });
    await card('Finished');
    const edits = () =>
      slack.calls.filter(({ method, args }) => method === 'chat.update' && args['ts'] === threadTs);
    const before = edits().length;
    answer();
    await marked(ts, 'white_check_mark');
    await says('*Finished*');
    await doneWith(world(), 'relay-from-devin');
    for (const { args } of edits().slice(before)) expect(args['text']).toContain('Finished');
    expect(pings()).toHaveLength(1);
  });

  test("is only Devin's words when it finishes again after a follow-up", async () => {
    const thread = await started(world());
    const { ana, say, marked, change, card } = thread;
    await thread.ends({ status: 'running' }, 'Done.');
    await thread.says('Finished');
    await marked(
      (await say(ana.userId, `<@${world().slack.workspace.botUserId}> and the docs?`)).ts,
      'white_check_mark',
    );
    change({ statusDetail: 'working' });
    await card('Working');
    await thread.ends({}, 'Docs, too.');
    expect(await countOf(thread, 'Docs, too.')).toEqual({ messages: 3, pings: 1, words: 5 });
  });

  test('is nothing but the card if the requester chose that', async () => {
    const { slack } = world();
    const { change, card, byApp, ana, channelId } = await started(world());
    await slack.command(ana.userId, channelId, 'settings me notify card');
    change({ ...WAITING, pullRequest: PULL_REQUEST });
    await card('Needs you');
    change({ statusDetail: 'finished' });
    await card('Finished');
    await doneWith(world(), 'relay-from-devin');
    expect(byApp()).toEqual([]);
    expect(slack.messages(slack.directMessages(ana.userId))).toEqual([]);
  });

  test("is one line without a ping for a pull request that Devin doesn't mention", async () => {
    const { change, says, byApp, pings } = await started(world());
    change({ status: 'running', message: 'I see it.', pullRequest: PULL_REQUEST });
    await says(`Opened <${PULL_REQUEST.url}|acme/web #1>`);
    change({ statusDetail: 'finished' });
    await says('Finished');
    expect(byApp().map(({ text }) => text)).toHaveLength(3);
    expect(pings()).toHaveLength(1);
  });

  test('is one message for a pull request and the end that come together', async () => {
    const { ends, says, byApp, pings } = await started(world());
    await ends({ pullRequest: PULL_REQUEST }, 'Done.');
    await says('Finished');
    expect(byApp().map(({ text }) => text)).toHaveLength(1);
    expect(pings()).toEqual([expect.stringContaining(PULL_REQUEST.url)]);
  });

  test('points at a question that is already in the thread', async () => {
    const { change, says, byApp, ana } = await started(world());
    change({ status: 'running', message: 'Main or release?' });
    await says('Main or release?');
    change(WAITING);
    const call = await says('Devin asks');
    expect(call.text).toBe(`<@${ana.userId}> Devin asks: ↑`);
    expect(JSON.stringify(call.blocks)).toContain('"action_id":"reply"');
    expect(byApp().map(({ text }) => text)).toHaveLength(2);
  });

  test('says who answered, and mentions the requester again only for the next question', async () => {
    const { slack, devin } = world();
    const { asks, change, says, say, byApp, pings, settled, ana, id, channelId } = await started(world());
    await asks('Main or release?');
    const { ts } = await says('Main or release?');
    await say(ana.userId, 'Main.');
    await devin.waitForSession((one) => one.id === id && one.messages.at(-1)?.message === 'Main.');
    const shown = await slack.waitForMessage(
      channelId,
      (one) => one.ts === ts && one.text.includes('Answered by'),
    );
    expect(shown.text).toMatch(
      new RegExp(`Answered by <@${ana.userId}>: Main. · <!date\\^\\d+\\^\\{time\\}\\|`),
    );
    expect(JSON.stringify(shown.blocks)).not.toContain('"action_id":"reply"');
    change({ ...WAITING, message: 'And today or tomorrow?' });
    await slack.waitFor(() => (pings().length === 2 ? pings() : undefined), { what: 'a second call' });
    await settled();
    expect(pings()).toHaveLength(3);
    for (const words of ['Main or release?', 'today or tomorrow?'])
      expect(byApp().filter(({ text }) => text.includes(words))).toHaveLength(1);
  });

  test("is only Devin's words for another question while the first one waits", async () => {
    const { asks, change, says, say, byApp, pings, settled, ana } = await started(world());
    await asks('Main or release?');
    await says('Main or release?');
    for (const words of ['Today or tomorrow?', 'With tests?', 'With docs?']) {
      change({ message: words });
      expect((await says(words)).text).toBe(words);
    }
    expect(pings()).toHaveLength(1);
    await say(ana.userId, 'Main, today.');
    await says('Answered by');
    await settled();
    expect(pings()).toEqual([
      expect.stringContaining('Main or release?'),
      expect.stringContaining('*Stopped at the cap*'),
    ]);
    expect(JSON.stringify(byApp().map(({ blocks }) => blocks))).not.toContain('"action_id":"reply"');
  });

  test('calls the requester at once for what Devin asks after it worked by itself', async () => {
    const { slack } = world();
    const { asks, says, card, change, pings, settled, ana } = await started(world());
    const questions = ['Main or release?', 'Today or tomorrow?', 'With docs?'];
    for (const [index, words] of questions.entries()) {
      await asks(words);
      await says(words);
      await slack.waitFor(() => pings().length === index + 1, { what: `a call for ${words}` });
      expect(pings().at(-1)).toBe(`<@${ana.userId}> Devin asks:\n${words}`);
      change({ statusDetail: 'working' });
      await card('Working');
    }
    await settled();
    expect(pings()).toHaveLength(4);
  });

  test('calls the requester again if Devin asks in the same words after an answer', async () => {
    const { slack } = world();
    const { asks, change, says, say, card, pings, ana } = await started(world());
    await asks('With docs?');
    await says('With docs?');
    await say(ana.userId, 'Yes.');
    await says('Answered by');
    await card('Working');
    // Until newer words are here, the card says that Devin works.
    change({ ...WAITING, message: 'With docs?' });
    await slack.waitFor(() => pings().length === 2, { what: 'a second call' });
    expect(pings().at(-1)).toContain(`<@${ana.userId}> Devin asks`);
  });

  /** What is posted under the card of a request that Devin answers like this. */
  const asked = async (fault: { status: number; problem?: Record<string, unknown> }, cardWords: string) => {
    const { slack, devin } = world();
    devin.fail({ method: 'POST', path: /\/sessions$/ }, { ...fault, times: 1 });
    const { ana, channelId } = someoneIn(world());
    await typeTask({ slack }, { userId: ana.userId, channelId }, 'fix the login');
    const { ts } = await cardOf(slack, channelId, (text) => text.includes(cardWords));
    const told = await slack.waitForMessage(channelId, ({ threadTs }) => threadTs === ts);
    const pings = () => slack.messages(channelId).filter(({ text }) => text.includes(`<@${ana.userId}>`));
    const press = async (button: string) => slack.clickButton(ana.userId, { channelId, ts }, button);
    return { ana, channelId, told, pings, press };
  };

  test("has one ping if Devin doesn't confirm, and the card's buttons continue", async () => {
    const { slack, devin } = world();
    const { ana, channelId, told, pings, press } = await asked(
      { status: 503, problem: { detail: 'The scheduler is in maintenance.' } },
      'Not confirmed',
    );
    expect(told.text).toMatch(new RegExp(`^<@${ana.userId}> \\*Not confirmed\\* · fix the login`));
    expect(told.text).toContain('Devin answered: The scheduler is in maintenance.');
    await cardOf(slack, channelId, (text) => text.includes('The scheduler is in maintenance.'));
    expect(pings()).toEqual([told]);
    await press('start_anyway');
    const { url } = await sessionOf(devin, ana.devinUserId);
    await cardOf(slack, channelId, (text) => text.includes(url) && !text.includes('maintenance'));
    await doneWith(world(), 'show');
    expect(pings()).toEqual([told]);
    expect(slack.problems).toEqual([]);
  });

  test('is a private notice without a ping if Devin refuses at once', async () => {
    const { slack, devin } = world();
    devin.fail({ method: 'POST', path: /\/sessions$/ }, { status: 401, times: 1 });
    const { ana, channelId } = someoneIn(world());
    await typeTask({ slack }, { userId: ana.userId, channelId }, 'fix the login');
    await slack.waitForMessage(
      channelId,
      (one) => one.ephemeralFor === ana.userId && one.text.includes('DEVIN_API_KEY'),
    );
    await doneWith(world(), 'show');
    const shown = slack.messages(channelId).filter((one) => one.ephemeralFor === null);
    expect(shown.filter(({ text }) => text.includes(`<@${ana.userId}>`))).toEqual([]);
    expect(shown.filter(({ threadTs }) => threadTs !== null)).toEqual([]);
  });

  test('names its session if two share a thread', async () => {
    const { devin } = world();
    const { change, says, say, ana, id } = await started(world(), 'fix the login');
    await say(ana.userId, '!new write the docs');
    const other = await devin.waitForSession((one) => one.userId === ana.devinUserId && one.id !== id);
    devin.advance(other.id, { status: 'running', message: 'Writing.' });
    // The link with the title: the card, which quotes Devin as well, has none in its text.
    expect((await says('write the docs>')).text).toContain('Writing.');
    change({ status: 'running', message: 'Fixing.' });
    expect((await says('fix the login>')).text).toContain('Fixing.');
  });

  test('of the older of two sessions in a thread is answered with its button', async () => {
    const { slack, devin } = world();
    const { asks, says, say, ana, id, channelId } = await started(world(), 'fix the login');
    await say(ana.userId, '!new write the docs');
    const other = await devin.waitForSession((one) => one.userId === ana.devinUserId && one.id !== id);
    await says(other.url);
    // What is said in the thread goes to the newest if both wait.
    devin.advance(other.id, { ...WAITING, message: 'In English?' });
    await says('In English?');
    await asks('Main or release?');
    const { ts } = await says('Main or release?');
    const on = { channelId, ts };
    const box = await pressToOpen(world(), ana.userId, { on, button: 'reply' });
    slack.typeIn(box.id, { Message: 'Main for the login.' });
    await slack.submit(box.id, ana.userId);
    const isAnswered = ({ messages }: { messages: { message: string }[] }): boolean =>
      messages.some(({ message }) => message === 'Main for the login.');
    expect((await devin.waitForSession(isAnswered)).id).toBe(id);
  });

  test('in a direct message names the session and links its thread, with formatting', async () => {
    const { slack } = world();
    const { change, ana, channelId, card } = await started(world(), 'fix the login');
    await slack.command(ana.userId, channelId, 'settings me notify dm');
    change({ ...WAITING, message: 'Main or **release**?' });
    await card('Needs you');
    const told = await slack.waitForMessage(slack.directMessages(ana.userId), ({ text }) =>
      text.includes('Devin asks'),
    );
    expect(told.text).toContain('fix the login>');
    expect(told.text).toMatch(/<https:\S+\/archives\/\S+\|Thread>/);
    expect(JSON.stringify(told.blocks)).toContain('"bold":true');
  });
});
