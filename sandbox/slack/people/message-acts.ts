import { changeMessage, findMessage, removeMessage } from '../messages.ts';
import type { Delivery, Message } from '../model.ts';
import { requireChannel, type State } from '../state.ts';
import type { MessageRef } from './commands.ts';
import type { MessageEvents } from './message-events.ts';

/** What people do to existing messages. */
export function createMessageActs({ state, messageEvents }: { state: State; messageEvents: MessageEvents }) {
  function seen(userId: string, { channelId, ts }: MessageRef): Message {
    const channel = requireChannel(state, channelId);
    const message = findMessage(state, channelId, ts);
    if (message === undefined || message.ephemeralFor !== null || !channel.members.has(userId)) {
      throw new Error(`${userId} can do nothing with ${ts} in ${channelId}.`);
    }
    return message;
  }

  function own(userId: string, ref: MessageRef): Message {
    const found = seen(userId, ref);
    const isOwn = found.userId === userId && found.botId === null;
    if (!isOwn) throw new Error('People edit and delete only what they wrote themselves.');
    return found;
  }

  return {
    /** The app doesn't subscribe to reactions. */
    react(userId: string, ref: MessageRef, emoji: string): void {
      const { reactions } = seen(userId, ref);
      reactions.set(emoji, (reactions.get(emoji) ?? new Set()).add(userId));
      state.changes.emit({ kind: 'message', channelId: ref.channelId, ts: ref.ts });
    },

    unreact(userId: string, ref: MessageRef, emoji: string): void {
      const { reactions } = seen(userId, ref);
      const users = reactions.get(emoji);
      users?.delete(userId);
      if (users?.size === 0) reactions.delete(emoji);
      state.changes.emit({ kind: 'message', channelId: ref.channelId, ts: ref.ts });
    },

    async editMessage(userId: string, ref: MessageRef, text: string): Promise<Delivery[]> {
      const message = own(userId, ref);
      const before = { ...message };
      changeMessage(state, message, { text });
      return messageEvents.changed(message, before);
    },

    async deleteMessage(userId: string, ref: MessageRef): Promise<Delivery[]> {
      const message = own(userId, ref);
      const before = { ...message };
      removeMessage(state, message);
      return messageEvents.deleted(message, before);
    },
  };
}
