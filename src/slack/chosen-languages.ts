import type { Language } from '../session/language.ts';

const KNOWN_FOR_MS = 60_000;
const MOST_KNOWN = 10_000;

/** null: as in Slack. */
export type FindChosen = (userId: string) => Promise<Language | null>;

type Known = { language: Language | null; atMs: number };

/** The languages that people chose. A choice made in this process counts at once, others within a minute. */
export function createChosenLanguages(find: FindChosen, now: () => number) {
  const known = new Map<string, Known>();

  function learn(userId: string, language: Language | null): void {
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(userId, { language, atMs: now() });
  }

  return {
    learn,
    /** As it was last known. */
    last: (userId: string): Language | null => known.get(userId)?.language ?? null,
    async ask(userId: string): Promise<Language | null> {
      const before = known.get(userId);
      if (before !== undefined && now() - before.atMs < KNOWN_FOR_MS) return before.language;
      const found = await find(userId);
      const meanwhile = known.get(userId);
      // What was chosen while it was looked up is newer than what was found.
      if (meanwhile !== undefined && meanwhile !== before) return meanwhile.language;
      learn(userId, found);
      return found;
    },
  };
}
