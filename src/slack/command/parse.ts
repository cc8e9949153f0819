import { credentialsInDraft } from '../../session/credentials.ts';
import type { StoredDraft } from '../../session/fields.ts';
import type { Doubt, Intent, IntentOf } from '../../session/intent.ts';
import { unescape } from '../views/text.ts';
import { optionsInWords, scan, type Scan } from './flags.ts';
import {
  commandLike,
  defaultsSetBeside,
  meantCommand,
  misusedCommand,
  readSubcommand,
} from './subcommands.ts';
import { wordsOf } from './tokens.ts';
import { readValues } from './values.ts';

/** `ownTag`: the app adds a tag of its own to each session. */
type Rules = { ownTag: boolean };

type Task = IntentOf<'create' | 'open-form' | 'invalid'>;

/**
 * What a person wants, from the text of a slash command as Slack sends it with `should_escape`.
 * https://docs.slack.dev/interactivity/implementing-slash-commands
 */
export function parseCommand(text: string, rules: Rules = { ownTag: true }): Intent {
  const typed = text.trim();
  const scanned = scan(typed);
  const misused = misusedCommand(typed);
  const command = readSubcommand(typed) ?? readOptions(scanned, rules);
  if (command !== null) return command;
  return misused === null
    ? asking(readTask(scanned, rules), scanned, doubtAbout)
    : { kind: 'misused', name: misused };
}

/** The same for a text that is said to be a task: only a credential and what looks like an option ask first. */
export function parseNew(text: string, rules: Rules): Task | IntentOf<'ask-first'> {
  const scanned = scan(text.trim());
  return asking(readTask(scanned, rules), scanned, optionLike);
}

/** The same for a text that must be a task: an unknown option is a problem. */
export function parseTask(text: string, rules: Rules = { ownTag: true }): Task {
  return readTask(scan(text.trim()), rules);
}

function readTask({ task, given }: Scan, { ownTag }: Rules): Task {
  const { draft: options, problems } = readValues(given, ownTag);
  const prompt = unescape(task).trim();
  if (prompt === '') {
    if (given.length === 0) return { kind: 'open-form' };
    return { kind: 'invalid', problems: [...problems, { kind: 'no-task' }], draft: options };
  }
  const draft = { ...options, prompt };
  return problems.length === 0 ? { kind: 'create', draft } : { kind: 'invalid', problems, draft };
}

/** `defaults channel --repo acme/web`, `why --repo acme/web`. */
function readOptions(
  { task, given }: Scan,
  { ownTag }: Rules,
): IntentOf<'set-defaults' | 'why' | 'misused'> | null {
  if (given.length === 0) return null;
  const unknown = given.flatMap((one) => (one.kind === 'unknown' ? [one.typed] : []));
  const words = withoutOptions(task, unknown).toLowerCase();
  if (words === 'why') return { kind: 'why', ...readValues(given, ownTag) };
  const scope = defaultsSetBeside(words);
  if (scope === null) return null;
  return given.some((one) => one.kind !== 'unknown' && one.field.isOwn)
    ? { kind: 'misused', name: 'defaults' }
    : { kind: 'set-defaults', scope, ...readValues(given, ownTag) };
}

/** A task without the words that were meant as options. */
function withoutOptions(task: string, typed: readonly string[]): string {
  return typed.reduce((left, one) => left.replace(one, () => ''), task).trim();
}

/** Asks first if there is a doubt. An unknown option alone is one; with a wrong value nothing can start. */
function asking(
  read: Task,
  scanned: Scan,
  doubt: (scanned: Scan) => Doubt | null,
): Task | IntentOf<'ask-first'> {
  if (read.kind === 'open-form') return read;
  if (read.kind === 'invalid' && read.problems.some(({ kind }) => kind !== 'unknown-flag')) return read;
  const { draft } = read;
  const why = credentialDoubt(draft) ?? doubt(scanned);
  return why === null ? read : { kind: 'ask-first', doubt: why, draft };
}

/** At most this many words may be a command with what it doesn't take. */
const SHORT = 3;
/** Fewer words are no task, unless the language has no spaces: then fewer than five characters. */
const TASK_WORDS = 3;
const UNSPACED =
  /(?:[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}ー]\S*?){5}/u;

/** THE rule when the app asks before it starts a session: nothing else about a text is interpreted. null: it starts. */
function doubtAbout(scanned: Scan): Doubt | null {
  const { task, isTask } = scanned;
  const words = wordsOf(task);
  const namesSession = words.some(({ session }) => session !== null);
  const name = isTask ? null : commandLike(words);
  if (name !== null && (words.length <= SHORT || namesSession))
    return { kind: 'command', name, meant: meantCommand(name, words, task) };
  const option = optionLike(scanned);
  if (option !== null) return option;
  const isLong = words.length >= TASK_WORDS || UNSPACED.test(task);
  return isLong || isTask ? null : { kind: 'perhaps-talk' };
}

/** What looks like an option and was not read as one: `--rpeo acme/web`, `acu 5`, `max 10 ACU`. */
function optionLike({ task, given, isTask }: Scan): Doubt | null {
  const unknown = given.flatMap((one) => (one.kind === 'unknown' ? [one] : []));
  const typed = unknown.map((one) => one.typed);
  const set = new Set(given.flatMap((one) => (one.kind === 'unknown' ? [] : [one.field.flag ?? ''])));
  const inWords = isTask ? '' : optionsInWords(withoutOptions(task, typed), set);
  if (unknown.length === 0 && inWords === '') return null;
  const meant = [...unknown.flatMap((one) => one.meant ?? []), inWords].filter((one) => one !== '');
  // Without a task, nothing can start.
  const isAlone = withoutOptions(task, typed) === '';
  return { kind: 'option', typed, meant: isAlone ? '' : meant.join(' ') };
}

/** A task, as it was offered, with the options that were probably meant in it. */
export function readMeant(prompt: string): { prompt: string; options: StoredDraft } {
  const doubt = optionLike(scan(prompt));
  const { typed, meant } = doubt?.kind === 'option' ? doubt : { typed: [], meant: '' };
  return { prompt: withoutOptions(prompt, typed), options: readValues(scan(meant).given).draft };
}

/** null: there are no credentials in a task. */
function credentialDoubt(draft: StoredDraft): Doubt | null {
  const found = credentialsInDraft(draft);
  return found.length === 0 ? null : { kind: 'credential', starts: found.join(', ') };
}
