/** Looks up a word of Slack's or Devin's; `constructor` is not an entry just because every object has one. */
export function ownEntry<Entry>(table: Readonly<Record<string, Entry>>, word: string): Entry | undefined {
  return Object.hasOwn(table, word) ? table[word] : undefined;
}
