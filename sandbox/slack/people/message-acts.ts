import { changeMessage, findMessage, publicMessages, removeMessage } from '../messages.ts';
import type { Channel, Delivery, Message } from '../model.ts';
import { requireChannel, type State } from '../state.ts';
import { wireMessage } from '../wire.ts';
import type { MessageRef } from './commands.ts';
import { CHANNEL_TYPE, EVENT_NAME } from './events.ts';

type Deps = { state: State; deliverEvent: (event: Record<string, unknown>) => Promise<Delivery> };
type Seen = { channel: Channel; message: Message };

/** What people do to existing messages. The app gets the events if it is a member and has subscribed. */
export function createMessageActs({ state, deliverEvent }: Deps) {
  async function tell(channel: Channel, name: string, event: Record<string, unknown>): Promise<Delivery[]> {
    const { botEvents, botUserId } = state.workspace;
    if (!botEvents.has(name) || !channel.members.has(botUserId)) return [];
    return [await deliverEvent({ ...event, event_ts: state.nextTs() })];
  }

  function seen(userId: string, { channelId, ts }: MessageRef): Seen {
    const channel = requireChannel(state, channelId);
    const message = findMessage(state, channelId, ts);
    if (message === undefined || message.ephemeralFor !== null || !channel.members.has(userId)) {
      throw new Error(`${userId} can do nothing with ${ts} in ${channelId}.`);
    }
    return { channel, message };
  }

  function own(userId: string, ref: MessageRef): Seen {
    const found = seen(userId, ref);
    const isOwn = found.message.userId === userId && found.message.botId === null;
    if (!isOwn) throw new Error('People edit and delete only what they wrote themselves.');
    return found;
  }

  return {
    /** The app doesn't subscribe to reactions. */
    react(userId: string, ref: MessageRef, emoji: string): void {
      const { reactions } = seen(userId, ref).message;
      reactions.set(emoji, (reactions.get(emoji) ?? new Set()).add(userId));
      state.changes.emit({ kind: 'message', channelId: ref.channelId, ts: ref.ts });
    },

    unreact(userId: string, ref: MessageRef, emoji: string): void {
      const { reactions } = seen(userId, ref).message;
      const users = reactions.get(emoji);
      users?.delete(userId);
      if (users?.size === 0) reactions.delete(emoji);
      state.changes.emit({ kind: 'message', channelId: ref.channelId, ts: ref.ts });
    },

    /** https://docs.slack.dev/reference/events/message/message_changed */
    async editMessage(userId: string, ref: MessageRef, text: string): Promise<Delivery[]> {
      const { channel, message } = own(userId, ref);
      const before = wireMessage(state, message);
      changeMessage(state, message, { text });
      return tell(channel, EVENT_NAME[channel.kind], {
        ...hidden('message_changed', channel, state.nextTs()),
        message: wireMessage(state, message),
        previous_message: before,
      });
    },

    /** https://docs.slack.dev/reference/events/message/message_deleted */
    async deleteMessage(userId: string, ref: MessageRef): Promise<Delivery[]> {
      const { channel, message } = own(userId, ref);
      const hasReplies = publicMessages(state, channel.id).some(
        ({ ts, threadTs }) => threadTs === message.ts && ts !== message.ts,
      );
      // Slack leaves a tombstone above the replies.
      if (hasReplies) throw new Error('The local Slack deletes no message that has replies.');
      const before = wireMessage(state, message);
      removeMessage(state, message);
      return tell(channel, EVENT_NAME[channel.kind], {
        ...hidden('message_deleted', channel, state.nextTs()),
        deleted_ts: message.ts,
        previous_message: before,
      });
    },
  };
}

function hidden(subtype: string, { id, kind }: Channel, ts: string): Record<string, unknown> {
  return { type: 'message', subtype, hidden: true, ts, channel: id, channel_type: CHANNEL_TYPE[kind] };
}
