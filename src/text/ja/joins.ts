import type { Text } from '../index.ts';

/** After these no space is needed. */
const FULL_STOP = /[。！？）\n]$/;

export const joins: Text['joins'] = {
  sentences: (parts) =>
    parts
      .filter((part) => part !== '')
      .reduce(
        (said, part) => (FULL_STOP.test(said) || said === '' ? `${said}${part}` : `${said} ${part}`),
        '',
      ),
  list: (parts) => parts.join('、'),
  moment: '{date_short_pretty} {time}',
  labeled: (label, value) => `${label}: ${value}`,
};

const JAPANESE_END =
  /[\p{Script_Extensions=Hiragana}\p{Script_Extensions=Katakana}\p{Script_Extensions=Han}]$/u;

/** A name before Japanese words: with a space, unless it is itself written in Japanese. */
export function nameBefore(words: string, name: string): string {
  return JAPANESE_END.test(name) ? `${name}${words}` : `${name} ${words}`;
}
