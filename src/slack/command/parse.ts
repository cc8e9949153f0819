import { credentialsInDraft } from '../../session/credentials.ts';
import type { StoredDraft } from '../../session/fields.ts';
import type { Doubt, Intent, IntentOf, Problem } from '../../session/intent.ts';
import { unescape } from '../views/text.ts';
import { meantOptions, readValues, scan, type Scan } from './flags.ts';
import { commandLike, meantCommand, misusedCommand, readSubcommand, wordsOf } from './subcommands.ts';

type Task = IntentOf<'create' | 'open-form' | 'invalid'>;

/**
 * What a person wants, from the text of a slash command as Slack sends it with `should_escape`.
 * https://docs.slack.dev/interactivity/implementing-slash-commands
 */
export function parseCommand(text: string): Intent {
  const typed = text.trim();
  const scanned = scan(typed);
  const command = readSubcommand(typed) ?? withOptions(scanned) ?? misusedCommand(typed);
  return command ?? unlessDoubted(scanned, readTask(scanned));
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

/** A sub-command that takes options: `defaults channel --repo acme/web`, `why --repo acme/web`. */
function withOptions(scanned: Scan): Intent | null {
  const command = readSubcommand(scanned.rest);
  if (command === null || !('draft' in command)) return null;
  const { draft, problems } = valuesOf(scanned);
  if (command.kind === 'defaults' && scanned.given.some(({ field }) => field.isOwn === true))
    problems.push({ kind: 'incomplete', name: 'defaults' });
  return problems.length > 0 ? { kind: 'misused', problems } : { ...command, draft };
}

/** Asks first if there is a doubt. An unknown option alone is one; with a wrong value nothing can start. */
function unlessDoubted(scanned: Scan, read: Task): Task | IntentOf<'ask-first'> {
  if (read.kind === 'open-form') return read;
  if (read.kind === 'invalid' && read.problems.some(({ kind }) => kind !== 'unknown-flag')) return read;
  const { draft } = read;
  const starts = credentialsInDraft(draft).join(', ');
  const doubt: Doubt | null = starts === '' ? doubtAbout(scanned) : { kind: 'credential', starts };
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
  const meant = meantOptions(scanned);
  const typed = scanned.unknown.map((one) => one.typed);
  // What looks like an option and was not read as one: `--rpeo acme/web`, `acu 5`, `max 10 ACU`.
  if (typed.length > 0 || meant !== '') return { kind: 'option', typed, meant };
  const isLong = words.length >= TASK_WORDS || UNSPACED.test(task);
  return isLong ? null : { kind: 'perhaps-talk' };
}

/** A task, as it was offered, with the options that were probably meant in it. */
export function readMeant(prompt: string): StoredDraft {
  const scanned = scan(prompt);
  return { ...readValues(scan(meantOptions(scanned)).given).draft, prompt: scanned.rest };
}
