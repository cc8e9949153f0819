import type { SettingScope } from './defaults.ts';
import type { FieldKey, SessionDraft } from './fields.ts';
import type { Notify, Steer } from './preferences.ts';

/** Words that are not a task when they stand alone, or in front of exactly what they take. */
export const SUBCOMMANDS = [
  'help',
  'list',
  'status',
  'follow',
  'say',
  'stop',
  'archive',
  'defaults',
  'notify',
  'steer',
  'web-messages',
  'link',
] as const;
export type Subcommand = (typeof SUBCOMMANDS)[number];

/** What is wrong with one flag, or with the whole request; `text/` makes the sentence. */
export type Problem =
  | { kind: 'unknown-flag'; flag: string; nearest: FieldKey | null }
  | { kind: 'missing-value'; field: FieldKey }
  | { kind: 'bad-value'; field: FieldKey; value: string }
  | { kind: 'unclosed-quote'; field: FieldKey; value: string }
  | { kind: 'repeated'; field: FieldKey }
  | { kind: 'no-task' }
  /** More characters than are read. */
  | { kind: 'too-long'; max: number }
  /** A sub-command's word without what it takes. */
  | { kind: 'incomplete'; subcommand: Subcommand }
  /** A sub-command's word with one behind it that it does not take: meant as a command, or as a task. */
  | { kind: 'ambiguous'; subcommand: Subcommand };

/** Settings that administrators make for others. */
export type SharedScope = Exclude<SettingScope, 'person'>;

/** What a person wants, read from the text of a slash command. */
export type Intent =
  | { kind: 'create'; draft: SessionDraft }
  | { kind: 'open-form' }
  | { kind: 'help' }
  | { kind: 'list'; whose: 'mine' | 'all'; page: number }
  | { kind: 'status'; session: string }
  | { kind: 'follow'; session: string }
  | { kind: 'stop' | 'archive'; session: string }
  | { kind: 'say'; session: string; text: string }
  | { kind: 'link'; slackUserId: string; devinUserId: string }
  | { kind: 'defaults' }
  /** With problems nothing is set. */
  | { kind: 'set-defaults'; scope: SettingScope; draft: SessionDraft; problems: Problem[] }
  | { kind: 'clear-defaults'; scope: SettingScope }
  /** `session`: about this one only; null: about all of one's own. */
  | { kind: 'notify'; where: Notify; session: string | null }
  | { kind: 'steer'; who: Steer; scope: SharedScope }
  /** Whether what people write in Devin's web app appears in threads. */
  | { kind: 'web-messages'; shown: boolean; scope: SharedScope }
  /** Nothing is created; `draft` holds what could be read, for the form. */
  | { kind: 'invalid'; problems: Problem[]; draft: SessionDraft };

export type IntentOf<Kind extends Intent['kind']> = Extract<Intent, { kind: Kind }>;
