import { inTime } from '../in-time.ts';
import type { Log } from '../log.ts';
import type { Text } from '../text/index.ts';
import type { Languages } from '../text/languages.ts';
import { forAMinute } from './for-a-minute.ts';
import type { People } from './people.ts';

/** The words for one person, in the language of their Slack. Never fails: without an answer it is the shared language. */
export type TextFor = (userId: string) => Promise<Text>;

type TextForDeps = {
  languages: Languages;
  findPerson: People['find'];
  now: () => number;
  log: Log;
};

/** Of Slack's 3 s for an answer. What takes longer is known the next time. */
const QUICK_MS = 100;
const PATIENT_MS = 3000;
const MOST_KNOWN = 10_000;

/** `quickTextFor`: for what Slack waits for. What is known of a person is used while it is looked up again. */
export function createTextFor({ languages, findPerson, now, log }: TextForDeps) {
  const known = new Map<string, string | null>();
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
    const what = 'the language of a person';
    return async (userId) => {
      const before = known.get(userId);
      const asking = inTime(ask(userId), { withinMs, otherwise: null, log, what });
      return languages.forLocale(before === undefined ? await asking : before);
    };
  }

  return { textFor: within(PATIENT_MS), quickTextFor: within(QUICK_MS) };
}
