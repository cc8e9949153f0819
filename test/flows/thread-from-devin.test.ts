import { describe, expect, test } from 'vitest';
import { KNOWN_TEXTS } from '../hostile/texts.ts';
import { createWorld, startBot, type World } from '../support/bot.ts';
import { QUICK_THREADS } from '../support/quick.ts';
import { deleteCard, startThread } from '../support/threads.ts';
import { useWorld } from '../support/worlds.ts';

describe('what Devin says', () => {
  const world = useWorld(QUICK_THREADS);

  test("appears in the thread in order, once, without the prompt and the thread's own replies", async () => {
    const { devin, slack } = world();
    const thread = await startThread(world());
    devin.advance(thread.id, { status: 'running', message: 'One **bold** step' });
    await thread.relayedText('One bold step');
    await thread.say(thread.ana.userId, 'go on');
    devin.advance(thread.id, { message: 'Two' });
    devin.advance(thread.id, { message: 'Three\n\n```\nif (a < b) {}\n```' });
    await thread.relayedText('if (a &lt; b) {}');
    devin.advance(thread.id, { statusDetail: 'finished', message: 'Four' });
    await thread.relayedText('Four');
    expect(thread.relayed().map(({ text }) => text.split('\n')[0])).toEqual([
      'One bold step',
      'Two',
      'Three',
      expect.stringMatching(/Finished|^Four$/),
    ]);
    expect(slack.problems).toEqual([]);
    expect(devin.problems).toEqual([]);
  });

  test('arrives complete after hundreds of messages at once', { timeout: 120_000 }, async () => {
    const { devin } = world();
    const thread = await startThread(world());
    const words = Array.from({ length: 210 }, (_one, index) => `message ${index + 1}`);
    for (const message of words) devin.advance(thread.id, { message });
    devin.advance(thread.id, { status: 'running' });
    // Hundreds of calls take long on a busy machine.
    await thread.relayedText('message 210', { timeoutMs: 90_000 });
    expect(thread.relayed().map(({ text }) => text)).toEqual(words);
    devin.advance(thread.id, { message: 'and one more' });
    await thread.relayedText('and one more');
    expect(thread.relayed()).toHaveLength(211);
  });

  test('is in the thread up to a message that is too large to read, and the end is announced all the same', async () => {
    const { devin, slack } = world();
    const thread = await startThread(world());
    devin.advance(thread.id, { status: 'running', message: 'Before it' });
    devin.advance(thread.id, { message: 'x'.repeat(17_000_000) });
    devin.advance(thread.id, { message: 'After it' });
    await thread.relayedText('Before it');
    devin.advance(thread.id, { statusDetail: 'finished' });
    await slack.waitForMessage(
      thread.channelId,
      ({ ts, text }) => ts !== thread.threadTs && text.includes('Finished'),
    );
    expect(thread.relayed()).toHaveLength(1);
  });

  test('is shown, whatever it contains', async () => {
    const { devin, slack } = world();
    const thread = await startThread(world());
    for (const { text } of KNOWN_TEXTS)
      devin.advance(thread.id, { status: 'running', message: `Look: \n\n${text}` });
    devin.advance(thread.id, { message: 'And on it goes.' });
    await thread.relayedText('And on it goes.');
    const shown = thread.relayed().filter(({ text }) => text.startsWith('Look:'));
    expect(shown).toHaveLength(KNOWN_TEXTS.length);
    expect(slack.problems).toEqual([]);
  });

  test('ends with where the rest is if it is very long', async () => {
    const { devin, slack } = world();
    const thread = await startThread(world());
    devin.advance(thread.id, {
      status: 'running',
      message: `The beginning. ${'word '.repeat(5000)}The end.`,
    });
    await thread.relayedText('The rest is in Devin.');
    expect(thread.relayed()[0]?.text).toContain('The beginning.');
    expect(slack.problems).toEqual([]);
  });

  test('posts each file that Devin made in the thread, once', async () => {
    const { devin, slack } = world();
    const thread = await startThread(world());
    devin.advance(thread.id, {
      status: 'running',
      message: 'Here is the screenshot.',
      attachments: [{ name: 'shot.png', content: 'pixels', contentType: 'image/png' }],
    });
    await thread.withFile();
    devin.advance(thread.id, { message: 'Anything else?' });
    await thread.relayedText('Anything else?');
    const files = slack.messages(thread.channelId).flatMap(({ fileIds }) => fileIds);
    expect(files).toHaveLength(1);
    expect(devin.problems).toEqual([]);
  });

  test('shows what people write in the web app, quoted and labeled, without their tokens', async () => {
    const { devin, slack } = world();
    const thread = await startThread(world());
    devin.advance(thread.id, { status: 'running', personMessage: 'try <!channel> the other branch' });
    const shown = await thread.relayedText('the other branch');
    expect(shown.text).toBe("From Devin's web app:\n> try &lt;!channel&gt; the other branch");
    const token = `ghp_${'a1B2'.repeat(9)}`;
    devin.advance(thread.id, { personMessage: `with ${token} here` });
    expect((await thread.relayedText('with ghp_…')).text).not.toContain(token);
    expect(slack.problems).toEqual([]);
  });

  test.each([
    ['was posted and the answer lost', { afterEffect: true }],
    ['was not posted and the connection cut', {}],
    ['met a server error', { status: 500 }],
    ['met the rate limit', { retryAfter: 1 }],
  ])('appears once when it %s', async (_what, fault) => {
    const { devin, slack } = world();
    const thread = await startThread(world());
    slack.fail('chat.postMessage', { ...fault, args: { channel: thread.channelId } });
    devin.advance(thread.id, { status: 'running', message: 'once only' });
    devin.advance(thread.id, { message: 'and then this' });
    await thread.relayedText('and then this');
    expect(thread.relayed().map(({ text }) => text)).toEqual(['once only', 'and then this']);
  });

  test("appears once if Slack doesn't answer when its file is shared", async () => {
    const { devin, slack } = world();
    const thread = await startThread(world());
    slack.fail('files.completeUploadExternal', { times: 1, afterEffect: true });
    devin.advance(thread.id, {
      status: 'running',
      message: 'made one',
      attachments: [{ name: 'a.txt', content: 'a' }],
    });
    await thread.withFile();
    await thread.relayedText('a.txt` is in Devin');
    devin.advance(thread.id, { message: 'going on' });
    await thread.relayedText('going on');
    expect(slack.messages(thread.channelId).flatMap(({ fileIds }) => fileIds)).toHaveLength(1);
  });

  test('continues after Devin lost the session for a while', async () => {
    const { devin } = world();
    const thread = await startThread(world());
    devin.fail({ method: 'GET', path: new RegExp(`${thread.id}/messages$`) }, { status: 404, times: 1 });
    devin.advance(thread.id, { status: 'running', message: 'lost look' });
    devin.advance(thread.id, { status: 'running', statusDetail: 'waiting_for_user', message: 'found again' });
    await thread.relayedText('found again');
    // The mention is part of these words or in a line below, depending on which comes first.
    expect(thread.relayed().map(({ text }) => text)).toEqual([
      'lost look',
      expect.stringMatching(/^(?:.*asks:\n)?found again$/),
    ]);
  });
});

describe('what Devin says at the end', () => {
  const { watchTimes, ...others } = QUICK_THREADS.overrides;
  const overrides = { ...others, watchTimes: { ...watchTimes, lastReadMs: 4000 } };

  test('is posted if Devin returns it after its end was announced', async () => {
    const world = await createWorld({ overrides });
    try {
      const { devin, slack } = world;
      const thread = await startThread(world);
      devin.advance(thread.id, { status: 'exit' });
      await slack.waitForMessage(thread.channelId, ({ text }) => text.includes('*Ended*'));
      devin.advance(thread.id, { message: 'last words' });
      await thread.relayedText('last words');
    } finally {
      await world.close();
    }
  });

  test('is posted even if Devin returns it only after the session ended and the app restarted', async () => {
    const world = await createWorld({ overrides });
    try {
      const { devin, slack, environment } = world;
      const thread = await startThread(world);
      // As if there were none: this is not tried again.
      devin.fail({ method: 'GET', path: new RegExp(`${thread.id}/messages$`) }, { status: 404, times: 1 });
      devin.advance(thread.id, { status: 'exit', message: 'last words' });
      await slack.waitForMessage(
        thread.channelId,
        ({ ts, text }) => ts === thread.threadTs && text.includes('Ended'),
      );
      await world.bot.stop();
      const { bot } = await startBot(environment, slack, overrides);
      try {
        await thread.relayedText('last words');
      } finally {
        await bot.stop();
      }
    } finally {
      await world.close();
    }
  });
});

describe('a thread that takes no messages', () => {
  const world = useWorld(QUICK_THREADS);

  test('gets everything later and in order once the app is back in, and the requester is told once', async () => {
    const { devin, slack } = world();
    const thread = await startThread(world());
    slack.setBotMember(thread.channelId, false);
    devin.advance(thread.id, { status: 'running', message: 'first' });
    const direct = slack.directMessages(thread.ana.userId);
    const told = await slack.waitForMessage(direct, ({ text }) => text.includes("can't be posted"));
    expect(told.text).toContain('/invite @Devin Sessions');
    devin.advance(thread.id, { message: 'second' });
    slack.setBotMember(thread.channelId, true);
    await thread.relayedText('second');
    expect(thread.relayed().map(({ text }) => text)).toEqual(['first', 'second']);
    expect(slack.messages(direct).filter(({ text }) => text.includes("can't be posted"))).toHaveLength(1);
  });

  test('is reported as archived, and continues when the channel is restored', async () => {
    const { devin, slack } = world();
    const thread = await startThread(world());
    slack.changeChannel(thread.channelId, { isArchived: true });
    devin.advance(thread.id, { status: 'running', message: 'from the archive' });
    const direct = slack.directMessages(thread.ana.userId);
    await slack.waitForMessage(direct, ({ text }) => text.includes('That channel is archived.'));
    slack.changeChannel(thread.channelId, { isArchived: false });
    await thread.relayedText('from the archive');
    expect(thread.relayed()).toHaveLength(1);
  });

  test('goes under the card that is posted again if nobody had written under the one that was deleted', async () => {
    const { devin, slack } = world();
    const thread = await startThread(world());
    await deleteCard(world(), thread.channelId, thread.threadTs);
    devin.advance(thread.id, { status: 'running', message: 'nowhere to say this' });
    const { userId } = thread.ana;
    await slack.waitForMessage(slack.directMessages(userId), ({ text }) => text.includes('was deleted'));
    devin.advance(thread.id, { statusDetail: 'waiting_for_user' });
    const { ts } = await slack.waitForMessage(thread.channelId, ({ text }) => text.includes('Needs you'));
    await slack.waitForMessage(
      thread.channelId,
      ({ text, threadTs }) => threadTs === ts && text.includes('nowhere to say this'),
    );
    expect(slack.messages(thread.channelId).filter(({ threadTs }) => threadTs === null)).toHaveLength(1);
  });
});

test('without the permission for files, the thread says where the file is', async () => {
  const world = await createWorld({ ...QUICK_THREADS, slack: { withoutScopes: ['files:write'] } });
  try {
    const thread = await startThread(world);
    world.devin.advance(thread.id, {
      status: 'running',
      message: 'made one',
      attachments: [{ name: 'a.txt', content: 'a' }],
    });
    const shown = await thread.relayedText('a.txt` is in Devin');
    expect(shown.text).toContain(world.devin.session(thread.id).url);
  } finally {
    await world.close();
  }
});

describe('a message that Slack refuses for its content', () => {
  const CODE = 'a_new_one';
  const AFTER_EACH_MS = 15 * 60_000;

  /** A thread in which Slack refuses this many posts, with a long time after each. */
  const refusing = async (
    times: number,
    run: (world: World, thread: Awaited<ReturnType<typeof startThread>>) => Promise<void>,
  ): Promise<void> => {
    const worlds: World[] = [];
    const calls = () => worlds.flatMap(({ slack }) => slack.calls);
    const now = () => Date.now() + calls().filter(({ error }) => error === CODE).length * AFTER_EACH_MS;
    const world = await createWorld({ overrides: { ...QUICK_THREADS.overrides, now } });
    worlds.push(world);
    try {
      const thread = await startThread(world);
      world.slack.fail('chat.postMessage', { times, error: CODE });
      await run(world, thread);
    } finally {
      await world.close();
    }
  };

  test('is posted once Slack accepts it, before later messages', async () => {
    await refusing(1, async ({ devin }, thread) => {
      devin.advance(thread.id, { status: 'running', message: 'first' });
      devin.advance(thread.id, { message: 'second' });
      await thread.relayedText('second');
      expect(thread.relayed().map(({ text }) => text)).toEqual(['first', 'second']);
    });
  });

  test('delays later messages only for a while', async () => {
    await refusing(2, async ({ devin }, thread) => {
      devin.advance(thread.id, { status: 'running', message: 'never taken' });
      devin.advance(thread.id, { message: 'going on' });
      await thread.relayedText('going on');
      expect(thread.relayed().map(({ text }) => text)).toEqual(['going on']);
    });
  });
});

describe("a file that Devin doesn't return", () => {
  const clock = { aheadMs: 0 };
  const now = () => Date.now() + clock.aheadMs;
  const world = useWorld({ overrides: { ...QUICK_THREADS.overrides, now } });

  test('delays no message, and is mentioned after a while', async () => {
    const { devin } = world();
    const thread = await startThread(world());
    devin.fail({ method: 'GET', path: /broken\.txt$/ }, { status: 500, times: Infinity });
    devin.advance(thread.id, {
      status: 'running',
      message: 'made one',
      attachments: [{ name: 'broken.txt', content: 'a' }],
    });
    await devin.waitForRequest(({ path }) => path.endsWith('broken.txt'));
    devin.advance(thread.id, { message: 'going on' });
    await thread.relayedText('going on');
    clock.aheadMs = 15 * 60_000;
    // So long after a change, nothing but another one is looked for often.
    devin.advance(thread.id, { acus: 1 });
    await thread.relayedText('broken.txt` is in Devin');
    const texts = thread.relayed().map(({ text }) => text);
    expect(texts).toEqual(['made one', 'going on', expect.stringContaining('broken.txt` is in Devin')]);
  });
});
