import { sessionDraftSchema } from '../../session/fields.ts';
import type { Intent, IntentOf, Problem, Subcommand } from '../../session/intent.ts';
import { unescape } from '../blocks/text.ts';
import { scan } from './flags.ts';
import type { Scan } from './flags.ts';
import {
  commandOnPerson,
  defaultsSetBeside,
  meantCommand,
  nearestSubcommand,
  readSubcommand,
  takesSession,
} from './subcommands.ts';
import type { NearWord } from './subcommands.ts';
import { readValues } from './values.ts';
import { commandAsked, saysNoTask } from './small-talk.ts';
import { bareWord, wordsOf } from './words.ts';
import type { Word } from './words.ts';

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
  const task = readSetDefaults(scanned, rules) ?? readWhy(scanned, rules) ?? readTask(scanned, rules);
  return task.kind === 'create' && !scanned.isTask ? (readQuestion(scanned, task) ?? task) : task;
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

function readTask({ task, given }: Scan, { ownTag }: Rules): IntentOf<'create' | 'invalid'> {
  const { values, reset, problems } = readValues(given, ownTag);
  const prompt = unescape(task).trim();
  const draft = sessionDraftSchema.parse(prompt === '' ? values : { ...values, prompt });
  const missing: Problem[] = prompt === '' ? [{ kind: 'no-task' }] : [];
  const all = [...problems, ...missing];
  return all.length === 0
    ? { kind: 'create', draft, reset }
    : { kind: 'invalid', problems: all, draft, reset };
}

function tooLong(typed: string): IntentOf<'invalid'> {
  return {
    kind: 'invalid',
    problems: [{ kind: 'too-long', max: LONGEST }],
    draft: { prompt: unescape(typed).trim() },
    reset: [],
  };
}

function readSetDefaults(scanned: Scan, { ownTag }: Rules): IntentOf<'set-defaults'> | null {
  const { given } = scanned;
  const scope = given.length === 0 ? null : defaultsSetBeside(wordsBeside(scanned));
  if (scope === null) return null;
  const { values, reset, problems } = readValues(given, ownTag);
  return { kind: 'set-defaults', scope, draft: sessionDraftSchema.parse(values), reset, problems };
}

/** `why --repo acme/web`. */
function readWhy(scanned: Scan, { ownTag }: Rules): IntentOf<'why'> | null {
  const { given } = scanned;
  if (given.length === 0 || wordsBeside(scanned).toLowerCase() !== 'why') return null;
  const { values, reset, problems } = readValues(given, ownTag);
  return { kind: 'why', draft: sessionDraftSchema.parse(values), reset, problems };
}

/** The value of an unknown flag is still among the words after it. */
function wordsBeside({ task, given, before }: Scan): string {
  return unescape(given.some(({ kind }) => kind === 'unknown') ? before : task).trim();
}

function readQuestion(
  { task, given }: Scan,
  { draft, reset }: IntentOf<'create'>,
): IntentOf<'ask-first'> | null {
  const question = questionAbout(task, given.length > 0);
  if (question === null) return null;
  const { about } = question;
  return { kind: 'ask-first', about, meant: about && meantCommand(about, task), draft, reset };
}

/** Both a question about options and a task can start with this word. */
const WHY = 'why' satisfies Subcommand;

/** `about`: the sub-command that was probably meant; null: it is a single word, close to none, or says no task. */
type Question = { about: Subcommand | null };

/** A task of at most this many words that starts like a sub-command, or names a session, may be one. */
const SHORT = 3;
/** In a text of at most this many words, a sub-command can come anywhere before the session. */
const SENTENCE = 10;
const NEAR_EDITS = 2;
const SHORT_WORD = 4;

/**
 * What to ask about a task before starting a session, which costs money; null: nothing. `hasOptions`: it came with
 * options.
 */
function questionAbout(task: string, hasOptions: boolean): Question | null {
  const words = wordsOf(task);
  const [first] = words;
  if (first === undefined) return null;
  if (hasOptions && bareWord(first.raw) === WHY) return { about: WHY };
  const asked = commandAsked(task);
  if (asked !== null) return { about: asked };
  const onPerson = commandOnPerson(words);
  if (onPerson !== null) return { about: onPerson };
  const nearest = nearestSubcommand(bareWord(first.raw));
  const named = words.findIndex(({ session }) => session !== null);
  if (named !== -1) {
    const about = commandOnSession(words, named);
    if (about !== null) return { about };
  }
  const onSessions = commandOnSessions(words, nearest);
  if (onSessions !== null) return { about: onSessions };
  if (words.length <= SHORT && isNear(nearest) && isSlip(bareWord(first.raw), nearest)) {
    return { about: nearest.name };
  }
  return saysNoTask(task) || (!hasOptions && isOneWord(task)) ? { about: null } : null;
}

/** `cancel my last session`, `show my sessions`. */
function commandOnSessions(words: readonly Word[], nearest: NearWord | null): Subcommand | null {
  if (words.length <= SHORT && isOwnSessions(words.slice(-2))) return 'list';
  if (nearest?.edits !== 0 || !takesSession(nearest.name) || words.length > SENTENCE) return null;
  return words.slice(1).some(({ raw }) => /^sessions?$/.test(bareWord(raw))) ? nearest.name : null;
}

function isOwnSessions(words: readonly Word[]): boolean {
  const [whose, what] = words.map(({ raw }) => bareWord(raw));
  return whose === 'my' && what === 'sessions';
}

function isNear(nearest: NearWord | null): nearest is NearWord {
  return nearest !== null && nearest.edits <= NEAR_EDITS;
}

/** `test` isn't a slip of `list`, nor `show` of `stop`: two changed letters make a short word another one. */
function isSlip(word: string, { edits }: NearWord): boolean {
  return edits <= 1 || word.length > SHORT_WORD;
}

/** A command that is mistyped, comes later or is missing; null: a task that only mentions a session. */
function commandOnSession(words: readonly Word[], named: number): Subcommand | null {
  const first = bareWord(words[0]?.raw ?? '');
  const nearest = nearestSubcommand(first);
  if (isNear(nearest) && isSlip(first, nearest) && takesSession(nearest.name)) return nearest.name;
  const before = commandBefore(words, named);
  if (before !== null) return before;
  const isShort = words.length <= (named <= 1 ? SENTENCE : SHORT);
  if (!isShort && !isNear(nearest)) return null;
  return named < words.length - 1 && named <= 1 ? 'say' : 'status';
}

/** `please stop S`. */
function commandBefore(words: readonly Word[], named: number): Subcommand | null {
  if (words.length > SENTENCE) return null;
  const before = words.slice(0, named).map(({ raw }) => nearestSubcommand(bareWord(raw)));
  return before.find((nearest) => nearest?.edits === 0)?.name ?? null;
}

/** Languages without spaces between words: a few of these characters are a sentence. */
export const UNSPACED =
  /(?:[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}ー]){5}/u;

function isOneWord(task: string): boolean {
  return !/\s/.test(task.trim()) && !UNSPACED.test(task);
}
