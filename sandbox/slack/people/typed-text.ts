import type { State } from '../state.ts';

type Names = Pick<State, 'users' | 'channels'>;

/**
 * What Slack makes of typed text where a command says `should_escape`: mentions, channels and links become tokens.
 * https://docs.slack.dev/interactivity/implementing-slash-commands
 */
export function escapeTyped(state: Names, text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/(?<![\w@])https?:\/\/[^\s`"']+/g, (url) => `<${url}>`)
    .replaceAll(/(?<![\w@./])@([\w.-]*\w)/g, (typed, name: string) => mention(state, name) ?? typed)
    .replaceAll(/(?<![\w&#/])#([\w-]+)/g, (typed, name: string) => channelLink(state, name) ?? typed);
}

function mention(state: Names, name: string): string | undefined {
  const user = [...state.users.values()].find((one) => one.name === name);
  return user === undefined ? undefined : `<@${user.id}|${user.name}>`;
}

function channelLink(state: Names, name: string): string | undefined {
  const channel = [...state.channels.values()].find((one) => one.name === name);
  return channel === undefined ? undefined : `<#${channel.id}|${channel.kind === 'public' ? name : ''}>`;
}
