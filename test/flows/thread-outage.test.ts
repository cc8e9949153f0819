import { describe, expect, test } from 'vitest';
import { QUICK_THREADS } from '../support/quick.ts';
import { startThread } from '../support/threads.ts';
import { useWorld } from '../support/worlds.ts';

const MINUTE_MS = 60_000;

describe('while Slack takes no messages in a channel for minutes', () => {
  const clock = { aheadMs: 0 };
  const now = () => Date.now() + clock.aheadMs;
  const world = useWorld({ overrides: { ...QUICK_THREADS.overrides, now } });

  /** A session whose thread takes nothing until `back`, and what the app tried to post there since. */
  async function started() {
    const { slack, devin } = world();
    const thread = await startThread(world());
    const { channelId, threadTs, id } = thread;
    const down = slack.fail('chat.postMessage', {
      times: Infinity,
      error: 'internal_error',
      args: { channel: channelId },
    });
    const tried = (): string[] =>
      slack.calls.flatMap(({ method, args }) =>
        method === 'chat.postMessage' && args['thread_ts'] === threadTs ? [String(args['text'])] : [],
      );
    const triedAgain = async (times: number): Promise<void> => {
      const until = tried().length + times;
      await slack.waitFor(() => tried().length >= until, { what: `${times} more tries` });
    };
    const says = async (words: string) =>
      slack.waitForMessage(channelId, (one) => one.threadTs === threadTs && one.text.includes(words));
    /** Posted by the app, in order. */
    const shown = (): string[] =>
      slack
        .messages(channelId)
        .filter((one) => one.threadTs === threadTs && one.metadata != null)
        .map(({ text }) => text);
    const change = (changes: object) => devin.advance(id, changes);
    return { ...thread, back: () => down.clear(), tried, triedAgain, says, shown, change };
  }

  test('a question that the requester wants in a direct message comes at once', async () => {
    const { slack } = world();
    const { change, triedAgain, back, says, ana, channelId, shown } = await started();
    await slack.command(ana.userId, channelId, 'settings me notify dm');
    change({ status: 'running', message: 'I see it.' });
    await triedAgain(1);
    change({ statusDetail: 'waiting_for_user', message: 'Main or release?' });
    const { text } = await slack.waitForMessage(slack.directMessages(ana.userId), (one) =>
      one.text.includes('Devin asks'),
    );
    expect(text).toContain('Main or release?');
    expect(shown()).toEqual([]);
    back();
    await says('Main or release?');
    expect(shown()).toEqual(['I see it.', 'Main or release?']);
  });

  // After the clock has moved by ten minutes, a new session counts as quiet, and is polled less often.
  test.each([
    ['it finished', 'Finished', { status: 'running', statusDetail: 'finished' }],
    ['it failed', 'Failed', { status: 'error' }],
  ])("Devin's words wait in order, and the last ones say that %s", async (_what, told, end) => {
    const { change, triedAgain, tried, back, says, shown } = await started();
    change({ status: 'running', message: 'I see it.' });
    await triedAgain(1);
    change({ ...end, message: 'That was all.' });
    await triedAgain(1);
    clock.aheadMs += 5 * MINUTE_MS;
    change({ acus: 1 });
    await triedAgain(1);
    expect(tried().filter((text) => text.includes(told))).toEqual([]);
    back();
    await says(told);
    expect(shown()).toEqual(['I see it.', expect.stringMatching(new RegExp(`${told}.*\nThat was all.`))]);
  });
});
