import type { Log } from '../../log.ts';
import type { Language } from '../../session/preferences.ts';
import type { Text } from '../../text/index.ts';
import type { Languages } from '../../text/languages.ts';
import { createInTime } from '../../time.ts';
import type { People } from './people.ts';

/**
 * The texts for one person, in the language they chose, otherwise in that of their Slack. Never fails: without an
 * answer in time it uses the shared language.
 */
export type TextFor = (userId: string) => Promise<Text>;

/** Part of Slack's 3 s for an answer. Slack itself is asked only about people whom nobody looked up for a day. */
const LANGUAGE_MS = 500;
const LOCALE_FOR_MS = 24 * 60 * 60 * 1000;

export function createTextFor({
  languages,
  people,
  findChosen,
  log,
}: {
  languages: Languages;
  people: Pick<People, 'find'>;
  /** null: as in Slack. */
  findChosen: (userId: string) => Promise<Language | null>;
  log: Log;
}): TextFor {
  const inTime = createInTime(log);

  async function find(userId: string): Promise<Text> {
    const chosen = await findChosen(userId);
    if (chosen !== null) return languages.of(chosen);
    return languages.forLocale((await people.find(userId, LOCALE_FOR_MS))?.locale ?? null);
  }

  return async (userId) =>
    inTime(find(userId), {
      withinMs: LANGUAGE_MS,
      otherwise: languages.shared,
      what: 'the language of a person',
    });
}
