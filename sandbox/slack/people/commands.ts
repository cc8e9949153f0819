import { answerOf, failureOf, type Dispatch, type Failure } from '../delivery/dispatch.ts';
import { findMessage } from '../messages.ts';
import type { Delivery, Message, Channel, User } from '../model.ts';
import { showResponse } from '../responses.ts';
import { addProblem, addResponseUrl, addTrigger, requireChannel, type State } from '../state.ts';
import { wireMessage } from '../wire.ts';
import { payloadBase, payloadChannelName, requireMember } from './payload.ts';

/** What the person sees at once: the app's direct answer, or Slack's failure notice. */
export type Reaction = {
  delivery: Delivery;
  failure: Failure | null;
  message: Message | null;
};

export type MessageRef = { channelId: string; ts: string };

export type CommandOptions = {
  /** The command; /devin by default. */
  name?: string;
};

export function createCommands({ state, dispatch }: { state: State; dispatch: Dispatch }) {
  return {
    async command(
      userId: string,
      channelId: string,
      text: string,
      options: CommandOptions = {},
    ): Promise<Reaction> {
      const { name = '/devin' } = options;
      const channel = requireChannel(state, channelId);
      const user = requireMember(state, userId);
      const { teamId, teamDomain, appId } = state.workspace;
      const delivery = await dispatch.deliver('command', {
        team_id: teamId,
        team_domain: teamDomain,
        channel_id: channel.id,
        channel_name: payloadChannelName(channel),
        user_id: user.id,
        user_name: user.name,
        command: name,
        text: escapeTyped(state, text),
        api_app_id: appId,
        is_enterprise_install: 'false',
        response_url: addResponseUrl(state, { userId, channelId, messageTs: null }),
        trigger_id: addTrigger(state, { userId, viewId: null }),
      });
      return { delivery, failure: failureOf(delivery), message: showAnswer(delivery) };
    },

    /** "More message shortcuts" on a message. Slack offers it wherever the person can read. */
    async shortcut(userId: string, { channelId, ts }: MessageRef, callbackId: string): Promise<Reaction> {
      requireMember(state, userId);
      const channel = requireChannel(state, channelId);
      const message = findMessage(state, channelId, ts);
      if (message === undefined || message.ephemeralFor !== null) {
        throw new Error(`Slack offers no shortcut on ${ts} in ${channelId}.`);
      }
      const delivery = await dispatch.deliver('interactive', {
        type: 'message_action',
        ...payloadBase(state, userId),
        callback_id: callbackId,
        action_ts: state.nextTs(),
        message_ts: ts,
        message: wireMessage(state, message),
        channel: { id: channelId, name: payloadChannelName(channel) },
        response_url: addResponseUrl(state, { userId, channelId, messageTs: null }),
        trigger_id: addTrigger(state, { userId, viewId: null }),
      });
      return { delivery, failure: failureOf(delivery), message: null };
    },
  };

  function showAnswer(delivery: Delivery): Message | null {
    const answer = answerOf(delivery);
    if (answer === null) return null;
    const userId = String(delivery.payload['user_id']);
    const channelId = String(delivery.payload['channel_id']);
    const { message, violations } = showResponse(state, { userId, channelId, messageTs: null }, answer);
    for (const violation of violations) addProblem(state, `the answer to a command: ${violation}`);
    return message;
  }
}

type Names = Pick<State, 'users' | 'channels'>;
type Tokens = { person: (user: User) => string; channel: (channel: Channel) => string };

/**
 * What Slack makes of typed text where a command says `should_escape`: mentions, channels and addresses become tokens.
 * https://docs.slack.dev/interactivity/implementing-slash-commands
 */
function escapeTyped(names: Names, text: string): string {
  return withTokens(names, escaped(text), {
    person: ({ id, name }) => `<@${id}|${name}>`,
    channel: ({ id, name, kind }) => `<#${id}|${kind === 'public' ? name : ''}>`,
  });
}

/** A typed message as Slack sends it. Code is left as it was typed. https://docs.slack.dev/messaging/formatting-message-text */
export function writeTyped(names: Names, text: string): string {
  const tokens: Tokens = {
    person: ({ id }) => `<@${id}>`,
    channel: ({ id, name }) => `<#${id}|${name}>`,
  };
  return escaped(text)
    .split(/(```[\s\S]*?```|`[^`\n]+`)/)
    .map((part) => (part.startsWith('`') ? part : withTokens(names, part, tokens)))
    .join('');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Up to what ends a sentence, or the brackets around it. */
const ADDRESS = /(?<![\w@])https?:\/\/(?:(?!&[lg]t;)[^\s`"'])*(?<![.,;:!?)])/g;

function withTokens({ users, channels }: Names, text: string, { person, channel }: Tokens): string {
  const people = new Map([...users.values()].map((user) => [user.name, person(user)]));
  const places = new Map([...channels.values()].map((one) => [one.name, channel(one)]));
  return text
    .replaceAll(ADDRESS, (url) => `<${url}>`)
    .replaceAll(/(?<![\w@./])@([\w.-]*\w)/g, (typed, name: string) => people.get(name) ?? typed)
    .replaceAll(/(?<![\w&#/])#([\w-]+)/g, (typed, name: string) => places.get(name) ?? typed);
}
