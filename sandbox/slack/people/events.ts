import type { Dispatch } from '../delivery/dispatch.ts';
import { randomId } from '../ids.ts';
import { addMessage, type NewMessage, changeMessage, findMessage, removeMessage } from '../messages.ts';
import type { Delivery, User, Message } from '../model.ts';
import { directChannel, requireChannel, requireUser, type State } from '../state.ts';
import { viewPayload } from '../views.ts';
import { wireUser } from '../wire.ts';
import type { MessageRef } from './commands.ts';
import { createMessageEvents } from './message-events.ts';

export type SayOptions = {
  threadTs?: string;
  blocks?: unknown[];
  attachments?: unknown[];
  /** File ids. */
  files?: string[];
  /** Posts as an incoming webhook of this name: a bot_message without a user. */
  botName?: string;
};

/** What a person sees of an app: its Home, or the conversation with it. */
export type HomeTab = 'home' | 'messages';

export type UserChange = Partial<Omit<User, 'id' | 'teamId'>>;

export function createEvents({ state, dispatch }: { state: State; dispatch: Dispatch }) {
  /** https://docs.slack.dev/apis/events-api/#events-JSON */
  async function deliverEvent(event: Record<string, unknown>): Promise<Delivery> {
    const { teamId, appId, botUserId } = state.workspace;
    const channel = typeof event['channel'] === 'string' ? state.channels.get(event['channel']) : undefined;
    const payload = {
      team_id: teamId,
      context_team_id: teamId,
      context_enterprise_id: null,
      api_app_id: appId,
      event,
      type: 'event_callback',
      event_id: randomId('Ev'),
      event_time: Math.floor(state.now() / 1000),
      authorizations: [
        {
          enterprise_id: null,
          team_id: teamId,
          user_id: botUserId,
          is_bot: true,
          is_enterprise_install: false,
        },
      ],
      is_ext_shared_channel: channel?.isExternal ?? false,
    };
    return dispatch.deliver('event', payload);
  }

  /** Puts a message where it can be read; no event is sent. */
  function say(userId: string, channelId: string, text: string, options: SayOptions = {}): string {
    return addMessage(state, newMessage(userId, { channelId, text, options })).ts;
  }

  /** A person writes a message, and the app gets the events that Slack would send. */
  async function speak(
    userId: string,
    channelId: string,
    text: string,
    options: SayOptions = {},
  ): Promise<{ ts: string; deliveries: Delivery[] }> {
    const message = addMessage(state, newMessage(userId, { channelId, text, options }));
    return { ts: message.ts, deliveries: await messageEvents.posted(message) };
  }

  function newMessage(
    userId: string,
    { channelId, text, options }: { channelId: string; text: string; options: SayOptions },
  ): NewMessage {
    requireChannel(state, channelId);
    const { threadTs = null, blocks = [], attachments = [], files = [], botName } = options;
    const rest = { channelId, text, threadTs, blocks, attachments, fileIds: files };
    if (botName !== undefined)
      return { ...rest, botId: `B${botName.toUpperCase().replaceAll(/[^A-Z\d]/g, '')}`, username: botName };
    const user = requireUser(state, userId);
    const { botUserId, botId } = state.workspace;
    const ofOther = user.isBot ? `B${user.id.slice(1)}` : null;
    return { ...rest, userId, botId: user.id === botUserId ? botId : ofOther };
  }

  /** https://docs.slack.dev/reference/events/app_home_opened */
  async function openHome(userId: string, tab: HomeTab = 'home'): Promise<Delivery> {
    const user = requireUser(state, userId);
    const home = tab === 'home' ? state.homes.get(user.id) : undefined;
    return deliverEvent({
      type: 'app_home_opened',
      user: userId,
      channel: directChannel(state, user.id).id,
      tab,
      event_ts: state.nextTs(),
      ...(home !== undefined && { view: viewPayload(state, home) }),
    });
  }

  /** An administrator changes what a person is, or they change their profile. https://docs.slack.dev/reference/events/user_change */
  async function changeUser(userId: string, change: UserChange): Promise<Delivery[]> {
    const user = Object.assign(requireUser(state, userId), change);
    const { botEvents, scopes } = state.workspace;
    if (!botEvents.has('user_change')) return [];
    const shown = wireUser(user, scopes.has('users:read.email'));
    return [await deliverEvent({ type: 'user_change', user: shown, event_ts: state.nextTs() })];
  }

  /** A person brings the app into a channel. https://docs.slack.dev/reference/events/member_joined_channel */
  async function inviteBot(inviterId: string, channelId: string): Promise<Delivery[]> {
    const channel = requireChannel(state, channelId);
    const { botUserId, botEvents, scopes, teamId } = state.workspace;
    const scope = channel.kind === 'public' ? 'channels:read' : 'groups:read';
    if (channel.members.has(botUserId)) return [];
    channel.members.add(botUserId);
    if (!botEvents.has('member_joined_channel') || !scopes.has(scope)) return [];
    return [
      await deliverEvent({
        type: 'member_joined_channel',
        user: botUserId,
        channel: channel.id,
        channel_type: channel.kind === 'public' ? 'C' : 'G',
        team: teamId,
        inviter: requireUser(state, inviterId).id,
        event_ts: state.nextTs(),
      }),
    ];
  }

  const messageEvents = createMessageEvents({ state, deliverEvent });

  function own(userId: string, { channelId, ts }: MessageRef): Message {
    const found = findMessage(state, channelId, ts);
    if (found?.userId !== userId) throw new Error('People edit and delete only what they wrote themselves.');
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
    deliverEvent,
    say,
    speak,
    openHome,
    changeUser,
    inviteBot,
  };
}
