import type { SettingScope } from './defaults.ts';
import type { FieldKey, StoredDraft } from './fields.ts';
import type { OWN_SETTINGS, Preferences } from './preferences.ts';
import type { UsageAsked } from './usage.ts';

/** Words that are commands, and not tasks, if alone or followed by exactly what they accept. */
export const SUBCOMMANDS = [
  'help',
  'list',
  'status',
  'why',
  'whoami',
  'usage',
  'follow',
  'say',
  'stop',
  'archive',
  'defaults',
  'settings',
  'link',
] as const;
export type Subcommand = (typeof SUBCOMMANDS)[number];

/** What is wrong with one flag, or with the whole request; `text/` makes the sentence. */
export type Problem =
  /** `flag`: with what seems to be its value. */
  | { kind: 'unknown-flag'; flag: string }
  | { kind: 'missing-value'; field: FieldKey }
  | { kind: 'bad-value'; field: FieldKey; value: string }
  | { kind: 'too-many'; field: FieldKey; most: number; given: number }
  /** Of a sub-command: words that it doesn't take, or too few. */
  | { kind: 'incomplete'; name: Subcommand }
  | { kind: 'no-task' };

/** What a person asks for; session secrets can't be typed. */
export type Wish = { draft: StoredDraft };

/** Why the app asks before it starts a session, which costs money. */
export type Doubt =
  /** It is short, or the app is only mentioned. */
  | { kind: 'perhaps-talk' }
  /** It begins like a sub-command. `meant`: one that can be run; null: something is missing. */
  | { kind: 'command'; name: Subcommand; meant: string | null }
  /**
   * It has what looks like an option. `typed`: the words that are only that; `meant`: as it would be typed, '' if nobody can
   * tell. Both as Slack sends them.
   */
  | { kind: 'option'; typed: string[]; meant: string }
  /** It has credentials, which everyone who sees the session could read. `starts`: of each. */
  | { kind: 'credential'; starts: string };

/** What a person wants, read from the text of a slash command, by its kind. */
type Intents = {
  create: Wish;
  'open-form': unknown;
  'ask-first': { doubt: Doubt } & Wish;
  /** Nothing is created; `draft` holds what could be read, for the form. */
  invalid: { problems: Problem[] } & Wish;
  help: { withOptions: boolean };
  /** A sub-command that can't be done as it was typed, and is no task either. */
  misused: { problems: Problem[] };
  list: { whose: 'mine' | 'all'; page: number };
  status: { session: string };
  follow: { session: string };
  usage: UsageAsked;
  stop: { session: string };
  archive: { session: string };
  say: { session: string; text: string };
  /** Which session to stop is chosen from a list. */
  pick: unknown;
  /** `devinUserId`: null removes the link. */
  link: { slackUserId: string; devinUserId: string | null };
  /** What the policy decides about these options. */
  why: Wish;
  /** `again`: asks Slack and Devin again. */
  whoami: { again: boolean };
  /** Sets what the draft has, and shows what applies here. */
  defaults: { scope: SettingScope } & Wish;
  'clear-defaults': { scope: SettingScope };
  /** Those of the channel; in a direct message, of the workspace. */
  settings: unknown;
  /** One's own. */
  'set-own': { chosen: Preferences; setting: (typeof OWN_SETTINGS)[number] };
};

type IntentKind = keyof Intents;
export type IntentOf<Kind extends IntentKind> = { [Each in Kind]: { kind: Each } & Intents[Each] }[Kind];
export type Intent = IntentOf<IntentKind>;

const DASHED_UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** A session's id as stored, from what a person typed: `devin-…` as in the API, bare as in a URL, or a dashed UUID. */
export function bareSessionId(typed: string): string {
  const bare = typed.trim().replace(/^devin-/i, '');
  return DASHED_UUID.test(bare) ? bare.replaceAll('-', '').toLowerCase() : bare;
}

const ID = /^(?:devin-[\w-]+|(?=[0-9a-f-]*\d)[0-9a-f][0-9a-f-]{7,40})$/i;

/** `devin-…`, or hex digits with dashes: 32 are a whole id, fewer are part of one. */
export function isSessionId(typed: string): boolean {
  return ID.test(typed);
}

/** The id, or the address of a session. */
export function isSessionRef(typed: string): boolean {
  return isSessionId(typed) || /^https?:\/\/\S+$/i.test(typed);
}
