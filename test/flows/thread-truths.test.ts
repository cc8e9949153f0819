import { describe, expect, test } from 'vitest';
import { QUICK_THREADS, startThread } from '../support/threads.ts';
import { useWorld } from '../support/worlds.ts';

type Thread = Awaited<ReturnType<typeof startThread>>;

const delivered = async (thread: Thread, words: string): Promise<void> => {
  const { ts } = await thread.say(thread.ana.userId, words);
  await thread.marked(ts, 'white_check_mark');
};

describe('sync', () => {
  const world = useWorld(QUICK_THREADS);

  /** Devin says something while the thread hears nothing of it. */
  const saidUnheard = async (thread: Thread, words: string): Promise<void> => {
    const { devin, slack } = world();
    devin.advance(thread.id, { status: 'running', message: words });
    await slack.waitForMessage(
      thread.channelId,
      ({ ts, text }) => ts === thread.threadTs && text.includes(words),
    );
  };

  test('ties a thread again from now on, and says how much was left out meanwhile', async () => {
    const { devin, slack } = world();
    const thread = await startThread(world());
    await delivered(thread, 'unsync');
    await saidUnheard(thread, 'The first of them.');
    await saidUnheard(thread, 'The second of them.');
    await thread.say(thread.ana.userId, 'unheard too');
    await delivered(thread, 'sync');
    await thread.noticeTo(thread.ana.userId, 'tied to the session again');
    const line = await thread.relayedText('2 messages and files were left out');
    expect(line.text).toContain(devin.session(thread.id).url);
    devin.advance(thread.id, { status: 'running', message: 'Here again.' });
    await thread.relayedText('Here again.');
    await delivered(thread, 'welcome back');
    expect(thread.heard().map(({ message }) => message)).toEqual(['welcome back']);
    expect(thread.relayed()).toHaveLength(2);
    expect(slack.problems).toEqual([]);
  });

  test('counts what was left out since the last time, and says nothing where that is nothing', async () => {
    const { devin } = world();
    const thread = await startThread(world());
    await delivered(thread, 'unsync');
    await saidUnheard(thread, 'One of them.');
    await delivered(thread, 'sync');
    await thread.relayedText('1 message or file was left out');
    await delivered(thread, '!unsync');
    await delivered(thread, '!sync');
    devin.advance(thread.id, { status: 'running', message: 'After that.' });
    await thread.relayedText('After that.');
    expect(thread.relayed()).toHaveLength(2);
  });
});
