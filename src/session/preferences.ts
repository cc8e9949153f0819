import { z } from 'zod';
import type { SettingScope } from './defaults.ts';

/** The languages of the app. */
export const LANGUAGES = ['en', 'ja'] as const;
export type Language = (typeof LANGUAGES)[number];

/** Each in its own language, so that people recognize theirs. */
export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = { en: 'English', ja: '日本語' };

/** What a person can choose: `slack` follows the language of their Slack. */
export const LANGUAGE_CHOICES = [...LANGUAGES, 'slack'] as const;
export type LanguageChoice = (typeof LANGUAGE_CHOICES)[number];

/** Where a person is notified: in the thread, by direct message, or only on the card. */
export const NOTIFY = ['thread', 'dm', 'card'] as const;
export type Notify = (typeof NOTIFY)[number];
/** Who can answer, stop and archive: only the requester, or every member of the organization. */
export const STEER = ['requester', 'members'] as const;
export type Steer = (typeof STEER)[number];
/** Which messages of a thread go to Devin: all, or those that mention the app. */
export const LISTEN = ['thread', 'mentions'] as const;
export type Listen = (typeof LISTEN)[number];

export const preferencesSchema = z.object({
  notify: z.enum(NOTIFY).optional(),
  steer: z.enum(STEER).optional(),
  /** Whether what people write in Devin's web app appears in the thread. */
  webMessages: z.boolean().optional(),
  listen: z.enum(LISTEN).optional(),
  /** The person's language in the app; left out: as in Slack. */
  language: z.enum(LANGUAGES).optional(),
});
export type Preferences = z.infer<typeof preferencesSchema>;

const DEFAULT_PREFERENCES = {
  notify: 'thread',
  steer: 'members',
  webMessages: true,
} as const satisfies Omit<Required<Preferences>, 'listen' | 'language'>;

/** The preferences of each scope, if it has any. */
type PreferenceLayers = Partial<Record<SettingScope | 'policy', Preferences>>;

export type EffectivePreferences = {
  notify: Notify;
  steer: Steer;
  webMessages: boolean;
  /** null: the default of the thread. */
  listen: Listen | null;
  /** null: as in Slack. */
  language: Language | null;
};

/** The policy wins, then the nearest scope. Who can steer isn't up to the person who wants to. */
export function effectivePreferences({
  workspace = {},
  channel = {},
  person = {},
  policy = {},
}: PreferenceLayers): EffectivePreferences {
  return {
    notify: person.notify ?? channel.notify ?? workspace.notify ?? DEFAULT_PREFERENCES.notify,
    steer: policy.steer ?? channel.steer ?? workspace.steer ?? DEFAULT_PREFERENCES.steer,
    webMessages: channel.webMessages ?? workspace.webMessages ?? DEFAULT_PREFERENCES.webMessages,
    listen: policy.listen ?? channel.listen ?? workspace.listen ?? null,
    language: person.language ?? null,
  };
}
