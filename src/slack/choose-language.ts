import type { Language } from '../session/language.ts';
import type { Person } from '../store/identities.ts';
import type { Settings } from '../store/settings.ts';
import type { LearnLanguage } from './text-for.ts';

type ChooseDeps = {
  defaults: Pick<Settings, 'preferencesFor' | 'setPreferences'>;
  learnLanguage: LearnLanguage;
};

/** null: as in Slack. */
export type ChooseLanguage = (person: Person, language: Language | null) => Promise<void>;

/** Stores the language that a person chose, and uses it from now on. */
export function createLanguageChooser({ defaults, learnLanguage }: ChooseDeps): ChooseLanguage {
  return async ({ teamId, userId }, language) => {
    const { person = {} } = await defaults.preferencesFor({ teamId, channelId: '', userId });
    const { language: _before, ...others } = person;
    const key = { teamId, scope: 'person', scopeId: userId } as const;
    await defaults.setPreferences(key, language === null ? others : { ...others, language }, userId);
    learnLanguage(userId, language);
  };
}
