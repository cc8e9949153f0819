const JAPANESE_END =
  /[\p{Script_Extensions=Hiragana}\p{Script_Extensions=Katakana}\p{Script_Extensions=Han}]$/u;

/** A name before Japanese words: with a space, unless it is itself written in Japanese. */
export function nameBefore(words: string, name: string): string {
  return JAPANESE_END.test(name) ? `${name}${words}` : `${name} ${words}`;
}
