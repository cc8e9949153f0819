import type { LocalSlack } from '../slack/index.ts';

/** Up to what ends a sentence, or the brackets around it. */
const ADDRESS = /(?<![\w@])https?:\/\/(?:(?!&[lg]t;)[^\s"'])*(?<![.,;:!?)])/g;

/**
 * What Slack makes of a typed message: mentions, channels and addresses become tokens, all else is escaped. Code is
 * left as it was typed.
 * https://docs.slack.dev/messaging/formatting-message-text
 */
export function writeTyped(slack: LocalSlack, typed: string): string {
  return typed
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .split(/(```[\s\S]*?```|`[^`\n]+`)/)
    .map((part) => (part.startsWith('`') ? part : linked(slack, part)))
    .join('');
}

function linked({ users, channels }: LocalSlack, text: string): string {
  const people = new Map([...users.values()].map(({ id, name }) => [name, `<@${id}>`]));
  const places = new Map([...channels.values()].map(({ id, name }) => [name, `<#${id}|${name}>`]));
  return text
    .replaceAll(ADDRESS, (url) => `<${url}>`)
    .replaceAll(/(?<![\w@./])@([\w.-]*\w)/g, (whole, name: string) => people.get(name) ?? whole)
    .replaceAll(/(?<![\w&#/])#([\w-]+)/g, (whole, name: string) => places.get(name) ?? whole);
}
