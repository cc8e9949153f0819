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

  /** https://docs.slack.dev/reference/events/reaction_added and .../reaction_removed */
  async function tellReaction(type: string, { channel, message }: Seen, who: Reacted): Promise<Delivery[]> {
    const item = { type: 'message', channel: channel.id, ts: message.ts };
    state.changes.emit({ kind: 'message', channelId: channel.id, ts: message.ts });
    return tell(channel, type, { type, ...who, item, item_user: message.userId ?? undefined });
  }

  return {
    async react(user: string, ref: MessageRef, reaction: string): Promise<Delivery[]> {
      const found = seen(user, ref);
      const { reactions } = found.message;
      const users = reactions.get(reaction) ?? new Set();
      if (users.has(user)) return [];
      reactions.set(reaction, users.add(user));
      return tellReaction('reaction_added', found, { user, reaction });
    },

    async unreact(user: string, ref: MessageRef, reaction: string): Promise<Delivery[]> {
      const found = seen(user, ref);
      const users = found.message.reactions.get(reaction);
      if (users?.delete(user) !== true) return [];
      if (users.size === 0) found.message.reactions.delete(reaction);
      return tellReaction('reaction_removed', found, { user, reaction });
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

type Reacted = { user: string; reaction: string };

function hidden(subtype: string, { id, kind }: Channel, ts: string): Record<string, unknown> {
  return { type: 'message', subtype, hidden: true, ts, channel: id, channel_type: CHANNEL_TYPE[kind] };
}
