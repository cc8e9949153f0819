import { haveSameLetters } from '../../session/edit-distance.ts';
import type { AskedFirst, Subcommand } from '../../session/intent.ts';
import type { Scan } from './flags.ts';
import { devinWord, looseOption, optionAfterDash } from './loose-options.ts';
import {
  commandOnPerson,
  meantCommand,
  nearestSubcommand,
  subcommandNamed,
  takesSession,
  type NearWord,
} from './subcommands.ts';
import {
  bareWord,
  commandAsked,
  commandOf,
  commandOnNamed,
  isEnding,
  saysNoTask,
  subjectOf,
  threadWordAsked,
  wordsOf,
  type Word,
} from './words.ts';

/** A task of at most this many words that starts like a sub-command, or names a session, may be one. */
const SHORT = 3;
/** In a text of at most this many words, a sub-command can come anywhere before the session. */
const SENTENCE = 10;
const NEAR_EDITS = 2;
const SHORT_WORD = 4;
const LONG_WORD = 7;

/**
 * What to ask about a task before starting a session, which costs money; null: nothing. It asks about a text that is a
 * command in other words, mistyped, or on a session; about one that, without the words that say nothing, names only
 * commands or nothing; and about an option in plain words.
 */
export function questionAbout({ task, given, isTask, afterDash }: Scan): AskedFirst | null {
  if (isTask) {
    const late = optionAfterDash(afterDash);
    return late && { ...asked(null, task), hint: late };
  }
  const words = wordsOf(task);
  const about = commandAbout(task, words);
  const threadWord =
    threadWordAsked(task) ?? (hasSession(words) ? threadWordAsked(words[0]?.raw ?? '') : null);
  if (threadWord !== null) return { ...asked(about, task), hint: { kind: 'thread-word', typed: threadWord } };
  if (about !== null) return asked(about, task);
  const option = looseOption(task, ({ key }) => given.some((one) => 'field' in one && one.field.key === key));
  if (option?.isAlone === true)
    return { about: 'defaults', meant: `defaults me ${option.typed}`.trim(), hint: null };
  const hint = option === null ? devinWord(task) : { kind: 'option' as const, typed: option.typed };
  if (hint !== null) return { ...asked(null, task), hint };
  return saysNoTask(task) || (given.length === 0 && isOneWord(task)) ? asked(null, task) : null;
}

function asked(about: Subcommand | null, task: string): AskedFirst {
  return { about, meant: about && meantCommand(about, task), hint: null };
}

/** The sub-command that was probably meant; null: none. */
function commandAbout(task: string, words: readonly Word[]): Subcommand | null {
  const [first] = words;
  if (first === undefined) return null;
  if (bareWord(first.raw) === WHY && !isQuestion(task)) return WHY;
  const found = commandAsked(task) ?? commandOnPerson(words) ?? commandOnNamed(task);
  if (found !== null) return found;
  const named = words.findIndex(({ session }) => session !== null);
  const onSession = (named === -1 ? null : commandOnSession(words, named)) ?? commandOnSessions(words);
  return onSession ?? (words.length <= SHORT ? slipOf(words, first) : null) ?? loneCommand(task);
}

/** Both a question about options and a task can start with this word. */
export const WHY = 'why' satisfies Subcommand;

const CODE_BLOCK = '```';

/** About something else than what the app decided: `why does the login test fail?`. */
const ABOUT_THE_WORLD =
  /^why(?:['’]s| (?:is|are|was|were|do|does|did|has|have|had|can|could|will|wo|would|should)(?:n?['’]t| not)?) (?!(?:i|you|my|it|this|that)\b)\S/i;

function isQuestion(task: string): boolean {
  return task.includes(CODE_BLOCK) || ABOUT_THE_WORLD.test(task.trim().replaceAll(/\s+/g, ' '));
}

/** `can you list`, `change language`, `how much did we spend`. */
function loneCommand(task: string): Subcommand | null {
  const subject = subjectOf(task, (word) => subcommandNamed(word) !== null);
  const names = [subject, ...subject.split(' ')].map((word) => subcommandNamed(word) ?? commandOf(word));
  // Of several, the last one is what it's about: `stop notifications`.
  const name = names[0] ?? (names.slice(1).includes(null) ? null : names.at(-1)) ?? null;
  // Without what it needs, it is more likely another word: `can you follow up on this`.
  return name !== null && meantCommand(name, name) !== null ? name : null;
}

/** `cancel my last session`. */
function commandOnSessions([first, ...others]: readonly Word[]): Subcommand | null {
  const name = first === undefined ? null : subcommandNamed(bareWord(first.raw));
  if (name === null || !takesSession(name) || others.length >= SENTENCE) return null;
  return others.some(({ raw }) => /^sessions?$/.test(bareWord(raw))) ? name : null;
}

function hasSession(words: readonly Word[]): boolean {
  return words.length <= SHORT && words.some(({ session }) => session !== null);
}

function isNear(nearest: NearWord | null): nearest is NearWord {
  return nearest !== null && nearest.edits <= NEAR_EDITS;
}

/**
 * Slips rarely change a word's first letter, and two changed letters make a short word another one: `modify` isn't a
 * slip of `notify`. In short words, one changed letter does that, too (`lint`), unless the word is alone.
 */
function slipOf(words: readonly Word[], { raw }: Word): Subcommand | null {
  const word = bareWord(raw);
  const nearest = nearestSubcommand(word);
  if (nearest === null || nearest.edits === 0) return nearest?.name ?? null;
  const { name, known, edits } = nearest;
  const [first, second] = known;
  const startsAlike = word.startsWith(first ?? '') || word.startsWith(`${second}${first}`);
  if (!startsAlike || edits > (known.length < LONG_WORD ? 1 : NEAR_EDITS)) return null;
  const isSure = words.length === 1 || known.length > SHORT_WORD || word.length !== known.length;
  return isSure || haveSameLetters(word, known) ? name : null;
}

/** A command that is mistyped, comes later or is missing; null: a task that only mentions a session. */
function commandOnSession(words: readonly Word[], named: number): Subcommand | null {
  const first = bareWord(words[0]?.raw ?? '');
  const nearest = nearestSubcommand(first);
  const isClose = isNear(nearest) && (nearest.edits <= 1 || first.length > SHORT_WORD);
  if (isClose && takesSession(nearest.name)) return nearest.name;
  const before = commandBefore(words, named);
  if (before !== null || isPartOfId(words[named])) return before;
  const isShort = words.length <= (named <= 1 ? SENTENCE : SHORT);
  if (!isShort && !isNear(nearest)) return null;
  return named < words.length - 1 && named <= 1 ? 'say' : 'status';
}

/** In a task, it is a commit, a date or a number. */
function isPartOfId(word: Word | undefined): boolean {
  return word !== undefined && !word.raw.includes('/') && /^[\da-f-]{8,31}$/i.test(word.session ?? '');
}

/** `please stop S`, `kill S`. */
function commandBefore(words: readonly Word[], named: number): Subcommand | null {
  if (words.length > SENTENCE) return null;
  const before = words.slice(0, named).map(({ raw }) => bareWord(raw));
  if (named <= SHORT + 1 && isEnding(before.find((word) => word !== 'please') ?? '')) return 'stop';
  return before.map(subcommandNamed).find((name) => name !== null) ?? null;
}

/** Languages without spaces between words: a few of these characters are a sentence. */
export const UNSPACED =
  /(?:[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}ー]){5}/u;

/** A word from another language: `アーカイブ`. */
const KATAKANA = /^[\p{sc=Katakana}ー]+$/u;

function isOneWord(task: string): boolean {
  const word = task.trim();
  return !/\s/.test(word) && (KATAKANA.test(word) || !UNSPACED.test(word));
}
