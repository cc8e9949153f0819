import { changeMessage, findMessage, removeMessage } from '../messages.ts';
import type { Delivery, Message } from '../model.ts';
import type { State } from '../state.ts';
import type { MessageRef } from './commands.ts';
import type { MessageEvents } from './message-events.ts';

/** What people do to existing messages. */
export function createMessageActs({ state, messageEvents }: { state: State; messageEvents: MessageEvents }) {
  function own(userId: string, { channelId, ts }: MessageRef): Message {
    const found = findMessage(state, channelId, ts);
    const isOwn = found?.userId === userId && found.botId === null;
    if (!isOwn) throw new Error('People edit and delete only what they wrote themselves.');
    return found;
  }

  return {
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
