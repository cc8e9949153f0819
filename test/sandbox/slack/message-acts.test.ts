import { describe, expect, test } from 'vitest';
import type { LocalSlackOptions } from '../../../sandbox/slack/index.ts';
import { clientOf, postAs, startHttpApp, startSlack } from './harness.ts';

/** A message of ada's in #general, and the app's events about it. */
async function startWithMessage(options: LocalSlackOptions = {}) {
  const slack = await startSlack(options);
  const heard: Record<string, unknown>[] = [];
  slack.subscribe((change) => {
    const event = change.kind === 'delivery' ? change.delivery.payload['event'] : null;
    if (typeof event === 'object' && event !== null) heard.push({ ...event });
  });
  await startHttpApp(slack, () => undefined);
  const ts = slack.say('U1', 'C1', 'use main');
  return { slack, heard, ts, ref: { channelId: 'C1', ts } };
}

describe('a person', () => {
  test('leaves a tombstone above replies, which nobody can edit', async () => {
    const { slack, heard, ref, ts } = await startWithMessage();
    slack.say('U2', 'C1', 'why?', { threadTs: ts });
    await slack.deleteMessage('U1', ref);
    const subtype = 'tombstone';
    expect(heard.at(-1)).toMatchObject({
      subtype: 'message_changed',
      message: { subtype, ts, user: 'USLACKBOT', text: 'This message was deleted.', reply_count: 1 },
      previous_message: { text: 'use main' },
    });
    expect(slack.messages('C1').map(({ text }) => text)).toEqual(['This message was deleted.', 'why?']);
    await expect(slack.editMessage('U1', ref, 'x')).rejects.toThrow('what they wrote themselves');
  });

  test('edits and deletes only their own messages', async () => {
    const { slack, ref } = await startWithMessage();
    await expect(slack.editMessage('U2', ref, 'x')).rejects.toThrow('what they wrote themselves');
    await expect(slack.deleteMessage('U2', ref)).rejects.toThrow('what they wrote themselves');
  });

  test.each([
    ['that has not subscribed', { botEvents: [] }, true],
    ['that is not in the channel', {}, false],
  ])('causes no event for an app %s', async (_what, options, isMember) => {
    const { slack, heard, ref } = await startWithMessage(options);
    slack.setBotMember('C1', isMember);
    await slack.editMessage('U1', ref, 'x');
    await slack.deleteMessage('U1', ref);
    expect(heard).toEqual([]);
  });
});

test('the app gets the events of what it posts and edits, but not of what one person sees', async () => {
  const { slack } = await startWithMessage();
  const client = clientOf(slack);
  const ts = await postAs(client, { text: 'hello' });
  await client.chat.postEphemeral({ channel: 'C1', user: 'U1', text: 'psst' });
  await client.chat.update({ channel: 'C1', ts, text: 'hello again' });
  const author = { user: slack.workspace.botUserId, bot_id: slack.workspace.botId };
  expect(slack.deliveries.map(({ payload }) => payload['event'])).toMatchObject([
    { ...author, type: 'message', text: 'hello', channel: 'C1', channel_type: 'channel' },
    {
      subtype: 'message_changed',
      message: { ...author, text: 'hello again', edited: { user: author.user } },
      previous_message: { text: 'hello' },
    },
  ]);
});
