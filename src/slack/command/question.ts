import type { Subcommand } from '../../session/intent.ts';
import { commandOnPerson, nearestSubcommand } from './subcommands.ts';
import type { NearWord } from './subcommands.ts';
import { bareWord, wordsOf } from './words.ts';
import type { Word } from './words.ts';

/** A question about options and a task that is a question begin alike. */
const WHY = 'why' satisfies Subcommand;

/** `about`: the sub-command that was probably meant; null: it is one word, and near none. */
type Question = { about: Subcommand | null };

/** A task of at most this many words that begins like a sub-command may be one. */
const SHORT = 3;
/** In a text of at most this many words, a sub-command may come anywhere before the session. */
const SENTENCE = 10;
const NEAR_EDITS = 2;
const SHORT_WORD = 4;

/** What to ask about a task before a session is paid for; null: nothing. `hasOptions`: it came with some. */
export function questionAbout(task: string, hasOptions: boolean): Question | null {
  const words = wordsOf(task);
  const [first] = words;
  if (first === undefined) return null;
  if (hasOptions && bareWord(first.raw) === WHY) return { about: WHY };
  const onPerson = commandOnPerson(words);
  if (onPerson !== null) return { about: onPerson };
  const nearest = nearestSubcommand(bareWord(first.raw));
  const named = words.findIndex(({ session }) => session !== null);
  if (named !== -1) {
    const about = isNear(nearest) ? nearest.name : commandBefore(words, named);
    if (about !== null) return { about };
    if (words.length === 1) return { about: 'status' };
  }
  if (words.length <= SHORT && isNear(nearest) && isSlip(bareWord(first.raw), nearest)) {
    return { about: nearest.name };
  }
  return !hasOptions && isOneWord(task) ? { about: null } : null;
}

function isNear(nearest: NearWord | null): nearest is NearWord {
  return nearest !== null && nearest.edits <= NEAR_EDITS;
}

/** `test` is no slip of `list`, nor `look` of `link`: with no session named, two letters of a short word make another one. */
function isSlip(word: string, { edits }: NearWord): boolean {
  return edits <= 1 || word.length > SHORT_WORD;
}

/** `please stop S`. */
function commandBefore(words: readonly Word[], named: number): Subcommand | null {
  if (words.length > SENTENCE) return null;
  const before = words.slice(0, named).map(({ raw }) => nearestSubcommand(bareWord(raw)));
  return before.find((nearest) => nearest?.edits === 0)?.name ?? null;
}

/** Languages without blanks between words: a few characters of these are a sentence. */
export const UNSPACED =
  /(?:[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}ー]){5}/u;

function isOneWord(task: string): boolean {
  return !/\s/.test(task.trim()) && !UNSPACED.test(task);
}
