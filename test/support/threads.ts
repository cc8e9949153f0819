import { expect } from 'vitest';
import type { Message } from '../../sandbox/slack/index.ts';
import { startSession } from './asking.ts';
import type { World } from './bot.ts';

/** A session in a channel of its own, and its thread. */
export async function startThread(world: Pick<World, 'slack' | 'devin'>, text = 'fix the login test') {
  const { slack, devin } = world;
  const { ana, channelId, session, card } = await startSession(world, { text });
  const { id } = session;

  const inThread = (message: Message): boolean =>
    message.threadTs === card.ts && message.ephemeralFor === null;
  return {
    ana,
    channelId,
    threadTs: card.ts,
    id,
    /** Devin's messages and files in the thread. */
    relayed: (): Message[] =>
      slack.messages(channelId).filter((message) => inThread(message) && isRelayed(message)),
    relayedText: async (words: string, wait: { timeoutMs?: number } = {}): Promise<Message> =>
      slack.waitForMessage(
        channelId,
        (one) => inThread(one) && isRelayed(one) && one.text.includes(words),
        wait,
      ),
    /** A message with a file of this name. */
    withFile: async (): Promise<Message> =>
      slack.waitForMessage(channelId, (one) => inThread(one) && one.fileIds.length > 0),
    /** What only this person sees. */
    noticeTo: async (userId: string, words: string): Promise<Message> =>
      slack.waitForMessage(channelId, (one) => one.ephemeralFor === userId && one.text.includes(words)),
    say: async (userId: string, words: string, options = {}) =>
      slack.speak(userId, channelId, words, { threadTs: card.ts, ...options }),
    /** Its author edits a message. Returns the event. */
    edit: async (ts: string, text: string) => {
      const [delivery] = await slack.editMessage(ana.userId, { channelId, ts }, text);
      if (delivery === undefined) throw new Error('The app is not in the channel.');
      return delivery;
    },
    retract: async (ts: string) => slack.deleteMessage(ana.userId, { channelId, ts }),
    marked: async (ts: string, reaction: string): Promise<Message> =>
      slack.waitForMessage(channelId, (one) => one.ts === ts && one.reactions.has(reaction)),
    /** What people said to Devin after the prompt. */
    heard: () =>
      devin
        .session(id)
        .messages.slice(1)
        .filter(({ source }) => source === 'user')
        .map(({ message, asUserId }) => ({ message, asUserId })),
  };
}

/** As an administrator can, although it has replies. */
export async function deleteCard({ slack }: Pick<World, 'slack'>, channelId: string, ts: string) {
  await slack.deleteMessage(slack.workspace.botUserId, { channelId, ts });
  const left = slack.messages(channelId).find((one) => one.ts === ts);
  expect(left?.isTombstone ?? true).toBe(true);
}

function isRelayed({ metadata }: Message): boolean {
  return (
    typeof metadata === 'object' &&
    metadata !== null &&
    'event_type' in metadata &&
    metadata.event_type === 'devin_message'
  );
}
