import type { Log } from '../log.ts';
import type { Language } from '../session/preferences.ts';
import type { Person } from '../store/identities.ts';
import type { Settings } from '../store/settings.ts';
import type { Text } from '../text/index.ts';
import type { Languages } from '../text/languages.ts';
import { forAMinute, inTime } from '../time.ts';
import type { People } from './people.ts';

/**
 * The texts for one person, in the language they chose, otherwise in that of their Slack. Never fails: without an
 * answer it uses the shared language. `chosen`: as it was just read, so that it isn't read again; null: none.
 */
export type TextFor = (userId: string, chosen?: Language | null) => Promise<Text>;

/** A person chose a language in this process; null: that of their Slack. */
type LearnLanguage = (userId: string, language: Language | null) => void;

type TextForDeps = {
  languages: Languages;
  findPerson: People['find'];
  findChosen: FindChosen;
  now: () => number;
  log: Log;
};

/** Part of Slack's 3 s for an answer. A language that takes longer is known the next time. */
const QUICK_MS = 100;
const PATIENT_MS = 3000;
const MOST_KNOWN = 10_000;

/** `quickTextFor`: for what Slack waits for. It uses what is known about a person while it looks them up again. */
export function createTextFor({ languages, findPerson, findChosen, now, log }: TextForDeps) {
  const known = new Map<string, string | null>();
  const chosenLanguages = createChosenLanguages(findChosen, now);
  const ask = forAMinute(
    async (userId: string) => {
      const locale = (await findPerson(userId))?.locale ?? null;
      if (known.size >= MOST_KNOWN) known.clear();
      known.set(userId, locale);
      return locale;
    },
    { keyOf: (userId) => userId, most: MOST_KNOWN, now },
  );

  function within(withinMs: number): TextFor {
    const bound = { withinMs, log, what: 'the language of a person' };
    return async (userId, given) => {
      const before = known.get(userId);
      const asking = inTime(ask(userId), { ...bound, otherwise: null });
      const last = chosenLanguages.last(userId);
      const chosen =
        given === undefined
          ? await inTime(chosenLanguages.ask(userId), { ...bound, otherwise: last })
          : given;
      if (chosen !== null) return languages.of(chosen);
      return languages.forLocale(before === undefined ? await asking : before);
    };
  }

  return {
    textFor: within(PATIENT_MS),
    quickTextFor: within(QUICK_MS),
    learnLanguage: chosenLanguages.learn,
  };
}

type ChooseDeps = {
  settings: Pick<Settings, 'changePreferences'>;
  learnLanguage: LearnLanguage;
};

/** null: as in Slack. */
export type ChooseLanguage = (person: Person, language: Language | null) => Promise<void>;

/** Stores the language that a person chose, and uses it from now on. */
export function createLanguageChooser({ settings, learnLanguage }: ChooseDeps): ChooseLanguage {
  return async ({ teamId, userId }, language) => {
    const key = { teamId, scope: 'person', scopeId: userId } as const;
    await settings.changePreferences(key, { language }, userId);
    learnLanguage(userId, language);
  };
}

const KNOWN_FOR_MS = 60_000;
const MOST_CHOSEN = 10_000;

/** null: as in Slack. */
type FindChosen = (userId: string) => Promise<Language | null>;

type Known = { language: Language | null; atMs: number };

/** The languages that people chose. A choice made in this process counts at once, others within a minute. */
function createChosenLanguages(find: FindChosen, now: () => number) {
  const known = new Map<string, Known>();

  function learn(userId: string, language: Language | null): void {
    if (known.size >= MOST_CHOSEN) known.clear();
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
      // A choice made during the look-up is newer than what it found.
      if (meanwhile !== undefined && meanwhile !== before) return meanwhile.language;
      learn(userId, found);
      return found;
    },
  };
}
