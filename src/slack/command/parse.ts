import { credentialsInDraft } from '../../session/credentials.ts';
import type { AskedFirst, Intent, IntentOf, Wish } from '../../session/intent.ts';
import { unescape } from '../blocks/text.ts';
import { scan, type Scan } from './flags.ts';
import { optionAsked, questionAbout } from './question.ts';
import { defaultsSetBeside, readSubcommand } from './subcommands.ts';
import { readValues } from './values.ts';

/** Slack cuts a message here: https://docs.slack.dev/changelog/2018-04-truncating-really-long-messages */
const LONGEST = 40_000;

/** `ownTag`: the app adds a tag of its own to each session. */
type Rules = { ownTag: boolean };

/**
 * What a person wants, from the text of a slash command as Slack sends it with `should_escape`.
 * https://docs.slack.dev/interactivity/implementing-slash-commands
 */
export function parseCommand(text: string, rules: Rules = { ownTag: true }): Intent {
  const typed = text.trim();
  if (typed === '') return { kind: 'open-form' };
  if (typed.length > LONGEST) return tooLong(typed);
  const subcommand = readSubcommand(typed);
  if (subcommand !== null) return subcommand;
  const scanned = scan(typed);
  const task = readOptions(scanned, rules) ?? readTask(scanned, rules);
  const credential = task.kind === 'create' ? doubtAboutCredential(task) : null;
  if (credential !== null) return credential;
  if (task.kind === 'create') return asking(questionAbout, scanned, task, rules) ?? task;
  return task.kind === 'invalid' && !scanned.isTask ? (readMisfit(scanned, typed) ?? task) : task;
}

/** The same for a text that must be a task: sub-commands are not recognized. */
export function parseTask(
  text: string,
  rules: Rules = { ownTag: true },
): IntentOf<'create' | 'open-form' | 'invalid'> {
  const typed = text.trim();
  if (typed === '') return { kind: 'open-form' };
  return typed.length > LONGEST ? tooLong(typed) : readTask(scan(typed), rules);
}

/** The same for a text that is said to be a task: only a credential and an option in plain words ask first. */
export function parseNew(text: string, rules: Rules): ReturnType<typeof parseTask> | IntentOf<'ask-first'> {
  const task = parseTask(text, rules);
  const credential = task.kind === 'create' ? doubtAboutCredential(task) : null;
  if (credential !== null) return credential;
  return task.kind === 'create' ? (asking(optionAsked, scan(text.trim()), task, rules) ?? task) : task;
}

function readTask({ task, given }: Scan, { ownTag }: Rules): IntentOf<'create' | 'invalid'> {
  const { draft: options, reset, problems } = readValues(given, ownTag);
  const prompt = unescape(task).trim();
  if (prompt === '')
    return { kind: 'invalid', problems: [...problems, { kind: 'no-task' }], draft: options, reset };
  const draft = { ...options, prompt };
  return problems.length === 0
    ? { kind: 'create', draft, reset }
    : { kind: 'invalid', problems, draft, reset };
}

function tooLong(typed: string): IntentOf<'invalid'> {
  return {
    kind: 'invalid',
    problems: [{ kind: 'too-long', max: LONGEST }],
    draft: { prompt: unescape(typed).trim() },
    reset: [],
  };
}

/** `defaults channel --repo acme/web`, `why --repo acme/web`. */
function readOptions(scanned: Scan, { ownTag }: Rules): IntentOf<'set-defaults' | 'why'> | null {
  const { given } = scanned;
  if (given.length === 0) return null;
  const words = wordsBeside(scanned).toLowerCase();
  if (words === 'why') return { kind: 'why', ...readValues(given, ownTag) };
  const scope = defaultsSetBeside(words);
  return scope === null ? null : { kind: 'set-defaults', scope, ...readValues(given, ownTag) };
}

/** The value of an unknown flag is still among the words after it. */
function wordsBeside({ task, given, before }: Scan): string {
  return unescape(given.some(({ kind }) => kind === 'unknown') ? before : task).trim();
}

/** If an option may be meant in the words of a task, it is set: the person sees it before anything starts. */
function asking(
  ask: (scanned: Scan) => AskedFirst | null,
  scanned: Scan,
  { draft, reset }: Wish,
  { ownTag }: Rules,
): IntentOf<'ask-first'> | null {
  const question = ask(scanned);
  if (question === null) return null;
  const option = question.hint?.kind === 'option' ? scan(question.hint.typed).given : [];
  return { kind: 'ask-first', ...question, draft: { ...draft, ...readValues(option, ownTag).draft }, reset };
}

/** What to ask if there are credentials in a task; null: there are none. */
export function doubtAboutCredential({ draft, reset }: Wish): IntentOf<'ask-first'> | null {
  const found = credentialsInDraft(draft);
  if (found.length === 0) return null;
  const hint = { kind: 'credential', typed: found.join(', ') } as const;
  return { kind: 'ask-first', about: null, meant: null, hint, draft, reset };
}

/** A command with an option that it doesn't have: `list --all`, `usage --since yesterday`, `fix it --help`. */
function readMisfit({ given, before }: Scan, typed: string): IntentOf<'ask-first'> | null {
  const [first, ...others] = given.flatMap((one) =>
    one.kind === 'unknown' ? [one.typed.toLowerCase().replace(/^[^\p{L}]+/u, '')] : [],
  );
  if (first === undefined) return null;
  const command = before.trim();
  const named = command === '' ? '' : `${command} ${first}`;
  const couldBeMeant = [first, ...others].includes('help') ? ['help'] : [named, command];
  const meant = couldBeMeant.find((one) => readSubcommand(one) !== null);
  return meant === undefined ? null : asCommand(meant, typed);
}

/** Asks whether a text is this command, or the task that it would be otherwise. */
export function asCommand(meant: string, typed: string): IntentOf<'ask-first'> {
  return { kind: 'ask-first', about: null, meant, hint: null, draft: { prompt: unescape(typed) }, reset: [] };
}
