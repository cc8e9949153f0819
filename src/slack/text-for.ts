import { inTime } from '../in-time.ts';
import type { Log } from '../log.ts';
import type { Language } from '../session/language.ts';
import type { Text } from '../text/index.ts';
import type { Languages } from '../text/languages.ts';
import { createChosenLanguages } from './chosen-languages.ts';
import type { FindChosen } from './chosen-languages.ts';
import { forAMinute } from './for-a-minute.ts';
import type { People } from './people.ts';

/**
 * The words for one person, in the language they chose, else in that of their Slack. Never fails: without an answer it
 * is the shared language. `chosen`: as it was just read, so that it need not be asked; null: none.
 */
export type TextFor = (userId: string, chosen?: Language | null) => Promise<Text>;

/** A person chose a language in this process; null: that of their Slack. */
export type LearnLanguage = (userId: string, language: Language | null) => void;

type TextForDeps = {
  languages: Languages;
  findPerson: People['find'];
  findChosen: FindChosen;
  now: () => number;
  log: Log;
};

/** Of Slack's 3 s for an answer. What takes longer is known the next time. */
const QUICK_MS = 100;
const PATIENT_MS = 3000;
const MOST_KNOWN = 10_000;

/** `quickTextFor`: for what Slack waits for. What is known of a person is used while it is looked up again. */
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
