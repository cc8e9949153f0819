import { credentialsInDraft } from '../../session/credentials.ts';
import type { StoredDraft } from '../../session/fields.ts';
import type { Doubt, Intent, IntentOf, Problem } from '../../session/intent.ts';
import { unescape } from '../views/text.ts';
import { meantOptions, readValues, scan, type Scan } from './flags.ts';
import {
  commandLike,
  defaultsSetBeside,
  meantCommand,
  misusedCommand,
  readSubcommand,
  wordsOf,
} from './subcommands.ts';

type Task = IntentOf<'create' | 'open-form' | 'invalid'>;

/**
 * What a person wants, from the text of a slash command as Slack sends it with `should_escape`.
 * https://docs.slack.dev/interactivity/implementing-slash-commands
 */
export function parseCommand(text: string): Intent {
  const typed = text.trim();
  const scanned = scan(typed);
  const command = readSubcommand(typed) ?? readOptions(scanned) ?? misusedCommand(typed);
  return command ?? asking(scanned, doubtAbout);
}

/** The same for a text that is said to be a task: only a credential and what looks like an option ask first. */
export function parseNew(text: string): Task | IntentOf<'ask-first'> {
  return asking(scan(text.trim()), optionLike);
}

/** The same for a text that must be a task: an unknown option is a problem. */
export function parseTask(text: string): Task {
  return readTask(scan(text.trim()));
}

function readTask(scanned: Scan): Task {
  const { task, rest, given } = scanned;
  if (task === '' && given.length === 0) return { kind: 'open-form' };
  const { draft: options, problems } = valuesOf(scanned);
  if (rest === '') return { kind: 'invalid', problems: [...problems, { kind: 'no-task' }], draft: options };
  const draft = { ...options, prompt: unescape(task).trim() };
  return problems.length === 0 ? { kind: 'create', draft } : { kind: 'invalid', problems, draft };
}

function valuesOf({ given, unknown }: Scan): { draft: StoredDraft; problems: Problem[] } {
  const { draft, problems } = readValues(given);
  const unread = unknown.map(({ typed }) => ({
    kind: 'unknown-flag' as const,
    flag: unescape(typed).trim(),
  }));
  return { draft, problems: [...unread, ...problems] };
}

/** `defaults channel --repo acme/web`, `why --repo acme/web`. */
function readOptions(scanned: Scan): IntentOf<'set-defaults' | 'why' | 'misused'> | null {
  const { given, unknown } = scanned;
  if (given.length + unknown.length === 0) return null;
  const words = scanned.rest.toLowerCase();
  if (words === 'why') return { kind: 'why', ...valuesOf(scanned) };
  const scope = defaultsSetBeside(words);
  if (scope === null) return null;
  return given.some(({ field }) => field.isOwn === true)
    ? { kind: 'misused', name: 'defaults' }
    : { kind: 'set-defaults', scope, ...valuesOf(scanned) };
}

/** Asks first if there is a doubt. An unknown option alone is one; with a wrong value nothing can start. */
function asking(scanned: Scan, doubtIn: (scanned: Scan) => Doubt | null): Task | IntentOf<'ask-first'> {
  const read = readTask(scanned);
  if (read.kind === 'open-form') return read;
  if (read.kind === 'invalid' && read.problems.some(({ kind }) => kind !== 'unknown-flag')) return read;
  const { draft } = read;
  const starts = credentialsInDraft(draft).join(', ');
  const doubt: Doubt | null = starts === '' ? doubtIn(scanned) : { kind: 'credential', starts };
  return doubt === null ? read : { kind: 'ask-first', doubt, draft };
}

/** At most this many words may be a command with what it doesn't take. */
const SHORT = 3;
/** Fewer words are no task, unless the language has no spaces: then fewer than five characters. */
const TASK_WORDS = 3;
const UNSPACED =
  /(?:[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}ー]\S*?){5}/u;

/** THE rule when the app asks before it starts a session: nothing else about a text is interpreted. null: it starts. */
function doubtAbout(scanned: Scan): Doubt | null {
  const { task } = scanned;
  const words = wordsOf(task);
  const name = commandLike(words);
  if (name !== null && (words.length <= SHORT || words.some(({ session }) => session !== null)))
    return { kind: 'command', name, meant: meantCommand(name, words, task) };
  const isLong = words.length >= TASK_WORDS || UNSPACED.test(task);
  return optionLike(scanned) ?? (isLong ? null : { kind: 'perhaps-talk' });
}

/** What looks like an option and was not read as one: `--rpeo acme/web`, `acu 5`, `max 10 ACU`. */
function optionLike(scanned: Scan): Doubt | null {
  const meant = meantOptions(scanned);
  const typed = scanned.unknown.map((one) => one.typed);
  return typed.length === 0 && meant === '' ? null : { kind: 'option', typed, meant };
}

/** A task, as it was offered, with the options that were probably meant in it. */
export function readMeant(prompt: string): StoredDraft {
  const scanned = scan(prompt);
  return { ...readValues(scan(meantOptions(scanned)).given).draft, prompt: scanned.rest };
}
