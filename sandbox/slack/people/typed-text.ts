import type { Channel, User } from '../model.ts';
import type { State } from '../state.ts';

type Names = Pick<State, 'users' | 'channels'>;
type Tokens = { person: (user: User) => string; channel: (channel: Channel) => string };

/**
 * What Slack makes of typed text where a command says `should_escape`: mentions, channels and addresses become tokens.
 * https://docs.slack.dev/interactivity/implementing-slash-commands
 */
export function escapeTyped(names: Names, text: string): string {
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
