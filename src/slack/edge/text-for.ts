import type { Log } from '../../log.ts';
import type { Language } from '../../session/preferences.ts';
import type { Text } from '../../text/index.ts';
import type { Languages } from '../../text/languages.ts';
import { createInTime } from '../../time.ts';
import type { People } from './people.ts';

/**
 * The texts for one person, in the language they chose, otherwise in that of their Slack. Never fails: without an
 * answer it uses the shared language. `chosen`: as it was just read, so that it isn't read again; null: none.
 */
export type TextFor = (userId: string, chosen?: Language | null) => Promise<Text>;

type TextForDeps = {
  languages: Languages;
  findPerson: People['find'];
  /** null: as in Slack. */
  findChosen: (userId: string) => Promise<Language | null>;
  now: () => number;
  log: Log;
};

/** Part of Slack's 3 s for an answer. A language that takes longer is known the next time. */
const QUICK_MS = 100;
const PATIENT_MS = 3000;

/**
 * `quickTextFor`: for what Slack waits for. It uses what is known about a person while it looks them up again.
 * `learnLanguage`: they chose one in this process; null: as in Slack.
 */
export function createTextFor({ languages, findPerson, findChosen, now, log }: TextForDeps) {
  const locales = createMemory(async (userId) => (await findPerson(userId))?.locale ?? null, now);
  const choices = createMemory(findChosen, now);
  const inTime = createInTime(log);

  function within(withinMs: number): TextFor {
    const bound = { withinMs, what: 'the language of a person' };
    return async (userId, given) => {
      const before = locales.last(userId);
      const asking = inTime(locales.ask(userId), { ...bound, otherwise: null });
      const last = choices.last(userId) ?? null;
      const chosen =
        given === undefined ? await inTime(choices.ask(userId), { ...bound, otherwise: last }) : given;
      if (chosen !== null) return languages.of(chosen);
      return languages.forLocale(before === undefined ? await asking : before);
    };
  }

  return { textFor: within(PATIENT_MS), quickTextFor: within(QUICK_MS), learnLanguage: choices.learn };
}

const KNOWN_FOR_MS = 60_000;
const MOST_KNOWN = 10_000;

/** Something about each person. What is learned in this process counts at once, anything else within a minute. */
function createMemory<T>(find: (userId: string) => Promise<T>, now: () => number) {
  const known = new Map<string, { value: T; atMs: number }>();

  function learn(userId: string, value: T): void {
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(userId, { value, atMs: now() });
  }

  return {
    learn,
    /** As it was last known; undefined: never. */
    last: (userId: string): T | undefined => known.get(userId)?.value,
    async ask(userId: string): Promise<T> {
      const before = known.get(userId);
      if (before !== undefined && now() - before.atMs < KNOWN_FOR_MS) return before.value;
      const found = await find(userId);
      const meanwhile = known.get(userId);
      // What was learned during the look-up is newer than what it found.
      if (meanwhile !== undefined && meanwhile !== before) return meanwhile.value;
      learn(userId, found);
      return found;
    },
  };
}
