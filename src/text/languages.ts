import { LANGUAGES, type Language } from '../session/preferences.ts';
import { en } from './en.ts';
import { ja } from './ja.ts';
import type { Text } from './index.ts';

const CATALOGS: Record<Language, Text> = { en, ja };

/**
 * Linux desktops set LANGUAGE too, to locales in order, such as `de_DE:ja_JP:en`: the first that the app has counts.
 * https://www.gnu.org/software/gettext/manual/html_node/The-LANGUAGE-variable.html
 */
export function settingOfLanguage(given: string | undefined): string | undefined {
  if (given === undefined || !/[_:]/.test(given)) return given;
  const languages = given.split(':').map((locale) => locale.split(/[_.@]/)[0]);
  return languages.find((one) => LANGUAGES.some((known) => known === one));
}

/** What is not a language of the app is read as English: the check of the settings says so. */
export function readLanguage(given: string | undefined): Language {
  return LANGUAGES.find((known) => known === settingOfLanguage(given)) ?? 'en';
}

export type Languages = ReturnType<typeof createLanguages>;

export function createLanguages(language: Language) {
  const shared = CATALOGS[language];
  return {
    /** What several people see, and what the app says to the person who runs it. */
    shared,
    /** Logs are in English. */
    logged: en,
    /** What one person sees. `locale`: such as ja-JP, chosen or by the person's profile in Slack; null: not known. */
    forLocale(locale: string | null): Text {
      const spoken = LANGUAGES.find((known) => known === locale?.split(/[-_]/)[0]?.toLowerCase());
      return spoken === undefined ? shared : CATALOGS[spoken];
    },
  };
}
