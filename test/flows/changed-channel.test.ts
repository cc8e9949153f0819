import { describe, expect, test } from 'vitest';
import { toldTo, typeTask } from '../support/asking.ts';
import { cardOf, sessionOf } from '../support/look.ts';
import { someoneIn } from '../support/people.ts';
import { QUICK_THREADS } from '../support/quick.ts';
import { startThread } from '../support/threads.ts';
import { useWorld } from '../support/worlds.ts';

const world = useWorld(QUICK_THREADS);

const archive = (channelId: string) => world().slack.changeChannel(channelId, { isArchived: true });

/** As Slack does: an app that isn't a member no longer sees the channel. */
function makePrivateWithoutApp(channelId: string): void {
  world().slack.setBotMember(channelId, false);
  world().slack.changeChannel(channelId, { kind: 'private' });
}

/** What was written to the channel, and how that ended. */
const writes = (channelId: string) =>
  world()
    .slack.calls.filter(({ method, args }) => method.startsWith('chat.') && args['channel'] === channelId)
    .map(({ method, error }) => [method, error]);

const textOf = (channelId: string) => world().slack.renderText(channelId);

describe('a channel that changes before a new session has its card', () => {
  const ask = async (prepare: (channelId: string) => void = () => undefined) => {
    const { slack } = world();
    const { ana, channelId } = someoneIn(world());
    prepare(channelId);
    await typeTask({ slack }, { userId: ana.userId, channelId }, `fix it for ${ana.name}`);
    return { ana, channelId };
  };

  test.each([
    ['is archived', archive, 'is_archived', 'That channel is archived.'],
    ['becomes private without the app', makePrivateWithoutApp, 'channel_not_found', '/invite'],
  ])('gets no card if it %s: the card goes to the person', async (_how, act, error, why) => {
    const { slack, devin } = world();
    const { promise: until, resolve: release } = Promise.withResolvers<void>();
    const { ana, channelId } = await ask((channel) =>
      slack.fail('chat.postMessage', { until, args: { channel } }),
    );
    const { url } = await sessionOf(devin, ana.devinUserId);
    act(channelId);
    release();
    const direct = slack.directMessages(ana.userId);
    await cardOf(slack, direct, (text) => text.includes(url));
    await toldTo(world(), { channelId, userId: ana.userId }, why);
    expect(writes(channelId)).toEqual([['chat.postMessage', error]]);
    expect(slack.messages(direct)).toHaveLength(1);
    expect(slack.problems).toEqual([]);
  });
});

describe("a session's channel that changes before Devin asks", () => {
  const ask = (id: string) =>
    world().devin.advance(id, {
      status: 'running',
      statusDetail: 'waiting_for_user',
      message: 'Which branch?',
    });

  test.each([
    ['is archived', archive],
    ['becomes private without the app', makePrivateWithoutApp],
  ])('sends the question to the person once if it %s, and the answer to Devin', async (_how, act) => {
    const { slack, devin } = world();
    const { ana, id, channelId } = await startThread(world());
    const direct = slack.directMessages(ana.userId);
    act(channelId);
    ask(id);
    const { ts } = await slack.waitForMessage(direct, (message) =>
      slack.renderText(message).includes('Which branch?'),
    );
    await slack.clickButton(ana.userId, { channelId: direct, ts }, 'reply');
    const box = await slack.waitForView(({ userId }) => userId === ana.userId);
    slack.typeIn(box.id, { reply_text: 'the release branch' });
    expect((await slack.submit(box.id, ana.userId)).kind).toBe('closed');
    await devin.waitForSession(
      (session) => session.id === id && session.messages.some(({ message }) => message.includes('release')),
    );
    expect(textOf(direct).match(/Which branch\?/g)).toHaveLength(1);
    expect(textOf(direct).match(/can't be posted/g)).toHaveLength(1);
  });

  test.each([
    ['is renamed', (channelId: string) => world().slack.changeChannel(channelId, { name: 'renamed' })],
    [
      'becomes private with the app',
      (channelId: string) => world().slack.changeChannel(channelId, { kind: 'private' }),
    ],
  ])('gets the question as before if it %s', async (_how, act) => {
    const { slack } = world();
    const { ana, id, channelId, threadTs, relayedText } = await startThread(world());
    act(channelId);
    ask(id);
    await relayedText('Which branch?');
    // In these words or in a line below, depending on which comes first.
    await slack.waitForMessage(
      channelId,
      (one) => one.threadTs === threadTs && one.text.includes('Devin asks'),
    );
    expect(slack.messages(slack.directMessages(ana.userId))).toEqual([]);
  });
});

describe("a channel's card and thread", () => {
  test.each(['is restored', 'has the app again'])(
    'show what happened while it took nothing, once it %s',
    async (how) => {
      const { slack, devin } = world();
      const { ana, id, channelId, threadTs, relayedText } = await startThread(world());
      const direct = slack.directMessages(ana.userId);
      archive(channelId);
      devin.advance(id, { status: 'exit', message: 'Done with it.' });
      await slack.waitForMessage(direct, ({ text }) => text.includes("can't be posted"));
      await slack.waitFor(() =>
        slack.calls.some(
          ({ method, args, error }) =>
            method === 'chat.update' && args['channel'] === channelId && error === 'is_archived',
        ),
      );
      expect(textOf(channelId)).not.toContain('Ended');

      slack.changeChannel(channelId, { isArchived: false });
      const event =
        how === 'is restored'
          ? { type: 'channel_unarchive', user: ana.userId }
          : { type: 'member_joined_channel', user: slack.workspace.botUserId };
      // Slack refused the card, but the app may still be recording that.
      await expect
        .poll(
          async () => {
            await slack.deliverEvent({ ...event, channel: channelId });
            return slack.messages(channelId).find(({ ts }) => ts === threadTs)?.text;
          },
          { timeout: 20_000 },
        )
        .toContain('Ended');
      await relayedText('Done with it.');
    },
  );
});
