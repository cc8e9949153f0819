import type { Channel, Delivery, Message } from '../model.ts';
import { requireChannel, type State } from '../state.ts';
import { wireMessage } from '../wire.ts';

/** Under which name an app subscribes to the messages of a conversation. */
const EVENT_NAME = {
  public: 'message.channels',
  private: 'message.groups',
  im: 'message.im',
  mpim: 'message.mpim',
} as const;
const CHANNEL_TYPE = { public: 'channel', private: 'group', im: 'im', mpim: 'mpim' } as const;

type Deps = { state: State; deliverEvent: (event: Record<string, unknown>) => Promise<Delivery> };

/** What the app hears of messages, its own included: those of its conversations, if it has subscribed. */
export function createMessageEvents({ state, deliverEvent }: Deps) {
  async function tell({ channelId, ephemeralFor }: Message, event: object): Promise<Delivery[]> {
    const channel = requireChannel(state, channelId);
    const { botEvents } = state.workspace;
    if (ephemeralFor !== null || !isJoined(channel) || !botEvents.has(EVENT_NAME[channel.kind])) return [];
    const place = { channel: channel.id, channel_type: CHANNEL_TYPE[channel.kind] };
    return [await deliverEvent({ ...event, ...place, event_ts: state.nextTs() })];
  }

  function isJoined({ members }: Channel): boolean {
    return members.has(state.workspace.botUserId);
  }

  function written(message: Message): Record<string, unknown> {
    const hasFiles = message.fileIds.length > 0;
    return { ...wireMessage(state, message), ...(hasFiles && { subtype: 'file_share' }) };
  }

  const hidden = (subtype: string) => ({ type: 'message', subtype, hidden: true, ts: state.nextTs() });

  const events = {
    posted: async (message: Message): Promise<Delivery[]> => tell(message, written(message)),

    /** https://docs.slack.dev/reference/events/message/message_changed */
    changed: async (message: Message, before: Message): Promise<Delivery[]> =>
      tell(message, {
        ...hidden('message_changed'),
        message: wireMessage(state, message),
        previous_message: wireMessage(state, before),
      }),

    /** https://docs.slack.dev/reference/events/message/message_deleted */
    deleted: async (message: Message, before: Message): Promise<Delivery[]> =>
      message.isTombstone
        ? events.changed(message, before)
        : tell(message, {
            ...hidden('message_deleted'),
            deleted_ts: message.ts,
            previous_message: wireMessage(state, before),
          }),
  };

  state.own.subscribe((own) => {
    if (own.act === 'posted') void events.posted(own.message);
    else void events[own.act](own.message, own.before);
  });
  return events;
}
