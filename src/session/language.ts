/** The languages of the app. */
export const LANGUAGES = ['en', 'ja'] as const;
export type Language = (typeof LANGUAGES)[number];

/** Each in its own words: a person finds theirs, whatever else is on the screen. */
export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = { en: 'English', ja: '日本語' };

/** What a person can choose: `slack` follows the language of their Slack. */
export const LANGUAGE_CHOICES = [...LANGUAGES, 'slack'] as const;
export type LanguageChoice = (typeof LANGUAGE_CHOICES)[number];
