import { editDistance } from '../../session/edit-distance.ts';
import type { AskedFirst, Subcommand } from '../../session/intent.ts';
import {
  COMMAND_NAMES,
  commandNamed,
  commandSaid,
  isAddress,
  isFiller,
  isThanks,
  messageSaid,
  saysNothing,
  threadWordSaid,
} from '../../text/spoken.ts';
import { unescape } from '../blocks/text.ts';
import { scan, type Scan } from './flags.ts';
import { devinWord, onlyOption, optionsBeside } from './option-words.ts';
import { meantCommand, takesPerson, takesSession } from './subcommands.ts';
import { bareWord, CODE, isRepository, wordsOf, type Word } from './tokens.ts';
import { readValues } from './values.ts';

/** A text that may be no task, as the rules read it. */
type Said = Scan & {
  words: readonly Word[];
  /** Which word names a session; -1: none. */
  session: number;
  /** Without sessions and repositories: these say only what it is about. */
  plain: string;
};

type Rule = (said: Said) => AskedFirst | null;

/**
 * When the app asks before it starts a session, which costs money. The first rule that knows the text decides; if none does,
 * it's a task. To ask about a task costs a click.
 */
const RULES: readonly Rule[] = [
  /** `please mute this`, `sleep devin-1` */
  wordOfThread,
  /** `why was it refused`, `why fix the typo --mode ultra` */
  whyAsked,
  /** `set acu 5`; `fix it, max 10 ACU` */
  optionInWords,
  /** It says nothing but a command, in any words: `can you show my sessions`, `kill the login one`. */
  commandInWords,
  /** `tell the login one to use yarn` */
  messageToSession,
  /** It begins like a command, and is short or names what that takes: `stpo the server`, `say hello to devin-1`. */
  beginsLikeCommand,
  /** `<session> add tests`, `what about <session>` */
  aboutSession,
  /** `!ask how does the login work` */
  wordOfDevin,
  /** `refactor`, `set --acu 5`, `go ahead`, `thanks`, a log without a word */
  withoutTask,
];

/** At most this many words may be a command with what it doesn't take, or about the session they name. */
const SHORT = 3;
/** At most this many may say something to the session they begin with. */
const SENTENCE = 10;

/** What to ask about a text before it starts a session; null: nothing. */
export function questionAbout(scanned: Scan): AskedFirst | null {
  if (scanned.isTask) return optionAfterDash(scanned);
  const words = wordsOf(scanned.task);
  const session = words.findIndex((word) => word.session !== null);
  const said = { ...scanned, words, session, plain: plainOf(words) };
  for (const rule of RULES) {
    const question = rule(said);
    if (question !== null) return question;
  }
  return null;
}

/** The same for a text that is said to be a task: only an option in plain words asks. */
export function optionAsked(scanned: Scan): AskedFirst | null {
  return scanned.isTask ? optionAfterDash(scanned) : optionBeside(scanned);
}

function plainOf(words: readonly Word[]): string {
  const plain = words.map(({ raw, session }) => {
    if (session !== null) return /[</]/.test(raw) ? '' : raw.replace(session, ' ');
    return raw.includes('/') && isRepository(raw.replace(/[.,;:!?。、]+$/, '')) ? '' : raw;
  });
  return plain.join(' ').trim();
}

const hinted = (kind: NonNullable<AskedFirst['hint']>['kind'], typed: string): AskedFirst => ({
  about: null,
  meant: null,
  hint: { kind, typed },
});

const asked = (about: Subcommand | null, said: Said): AskedFirst => ({
  about,
  meant: about === 'defaults' ? defaultsMeant(said) : about && meantCommand(about, said.words, said.task),
  hint: null,
});

/** `set my default --acu 5`, `defualts channel --acu 5` */
function defaultsMeant({ words, flags }: Said): string {
  if (flags.length === 0) return 'defaults';
  const scope = words.map(({ raw }) => bareWord(raw)).find((word) => /^(?:channel|workspace)$/.test(word));
  return ['defaults', scope ?? 'me', ...flags].join(' ');
}

function wordOfThread(said: Said): AskedFirst | null {
  const typed = threadWordSaid(said.plain);
  if (typed === null) return null;
  return { ...asked(said.session >= 0 ? 'status' : null, said), hint: { kind: 'thread-word', typed } };
}

function optionInWords(said: Said): AskedFirst | null {
  const option = onlyOption(said.task);
  return option === null
    ? optionBeside(said)
    : { about: 'defaults', meant: `defaults me ${option}`.trim(), hint: null };
}

function optionBeside({ task, given, flags }: Scan): AskedFirst | null {
  const open = flags[given.findIndex((one) => one.kind === 'value' && one.mayGoOn === true)];
  if (open !== undefined) return hinted('first-word', unescape(open));
  const isGiven = (key: string): boolean => given.some((one) => 'field' in one && one.field.key === key);
  const options = optionsBeside(task, ({ key }) => isGiven(key));
  return options === '' ? null : hinted('option', options);
}

/** The options behind a dash in the middle of a task: `fix it -- it fails on CI --acu 5`, `fix it -- acu 5`. */
function optionAfterDash({ afterDash }: Scan): AskedFirst | null {
  const after = scan(afterDash);
  const { given, flags } = after;
  if (flags.length === 0) return optionBeside(after);
  const areOptions = given.every(({ kind }) => kind === 'value') && readValues(given).problems.length === 0;
  return areOptions ? hinted('option', flags.map(unescape).join(' ')) : null;
}

function commandInWords(said: Said): AskedFirst | null {
  const found = commandNamed(said.plain) ?? commandSaid(said.task);
  // Options are for a session to start, which isn't in the list.
  if (found === null || (found === 'list' && said.given.length > 0)) return null;
  const isOnSession = said.session >= 0;
  const question = asked(isOnSession && !takesSession(found) ? 'status' : found, said);
  // Without what it needs, it is more likely another word: `can you follow up on this`.
  return question.meant !== null || isOnSession ? question : null;
}

function messageToSession({ task }: Said): AskedFirst | null {
  const message = messageSaid(task);
  return message === null ? null : { about: 'say', meant: `say : ${message}`, hint: null };
}

function beginsLikeCommand(said: Said): AskedFirst | null {
  const { words, session } = said;
  const isShort = words.length <= SHORT && !words.slice(1).some(({ raw }) => isSentence(raw));
  const namesPerson = /^<?@/.test(words[1]?.raw ?? '');
  const name = session >= 0 || isShort || namesPerson ? commandBegun(said) : null;
  if (name === null) return null;
  if (session >= 0) return asked(takesSession(name) ? name : 'status', said);
  return isShort || takesPerson(name) ? asked(name, said) : null;
}

const LONG_NAME = 7;
const SHORT_NAME = 4;
/** More are another word. */
const MOST_SLIPS = 2;

/** The word for a sub-command that is closest to this one; null: none is close. */
function nearestSubcommand(word: string): { name: Subcommand; known: string; edits: number } | null {
  const words = [...COMMAND_NAMES]
    .filter(([known]) => Math.abs(known.length - word.length) <= MOST_SLIPS)
    .map(([known, name]) => ({ name, known, edits: editDistance(word, known) }));
  return words.toSorted((a, b) => a.edits - b.edits)[0] ?? null;
}

/** The command that the first word is, perhaps mistyped, which is more likely beside a session. */
function commandBegun({ words, session }: Said): Subcommand | null {
  const word = bareWord(words[0]?.raw ?? '');
  const nearest = word === '' ? null : nearestSubcommand(word);
  if (nearest === null || nearest.edits === 0) return nearest?.name ?? null;
  const { name, known, edits } = nearest;
  const onSession = session >= 0;
  const mayHaveTwo = known.length >= LONG_NAME || (onSession && word.length > SHORT_NAME);
  const isLikely = onSession || isSlip(word, known, words.length === 1);
  return edits <= (mayHaveTwo ? MOST_SLIPS : 1) && isLikely ? name : null;
}

/** Slips rarely change a word's first letter; in a sentence, another letter makes a short word another one: `lint`. */
function isSlip(word: string, known: string, isAlone: boolean): boolean {
  const [first = '', second = ''] = known;
  const startsAlike = word.startsWith(first) || word.startsWith(second + first);
  const isReplaced = word.length === known.length && !haveSameLetters(word, known);
  return startsAlike && (isAlone || known.length > SHORT_NAME || !isReplaced);
}

function haveSameLetters(a: string, b: string): boolean {
  const letters = (word: string): string => word.split('').toSorted().join('');
  return letters(a) === letters(b);
}

/** `why does the login test fail` is about something else than what the app decided. */
const WHY_TASK =
  /^why\s+(?!(?:is|are|was|were|do|does|did|has|have|had|ca|can|could|will|wo|would|should)(?:n?['’]?t)?\s)/i;

function whyAsked(said: Said): AskedFirst | null {
  const isWhy = commandNamed(said.plain) === 'why' || WHY_TASK.test(said.task);
  return isWhy ? { about: 'why', meant: ['why', ...said.flags].join(' '), hint: null } : null;
}

function aboutSession(said: Said): AskedFirst | null {
  const { words, session } = said;
  const word = words[session];
  if (word === undefined || isPartOfId(word)) return null;
  const isSaid = session <= 1;
  if (words.length > (isSaid ? SENTENCE : SHORT)) return null;
  return asked(isSaid && session < words.length - 1 ? 'say' : 'status', said);
}

/** In a task, it is a commit, a date or a number. */
const isPartOfId = ({ raw, session }: Word): boolean =>
  !raw.includes('/') && /^[\da-f-]{8,31}$/i.test(session ?? '');

function wordOfDevin({ task }: Said): AskedFirst | null {
  const word = devinWord(task);
  return word === null ? null : hinted('devin-word', word);
}

function withoutTask(said: Said): AskedFirst | null {
  const { task, plain, words, given } = said;
  const isCode = task.replaceAll(CODE, '').trim() === '';
  const parts = words.flatMap(({ raw }) => raw.toLowerCase().split(SCRIPTS));
  const says = new Set(parts.filter((part) => !isAddress(part)));
  const [word = ''] = says;
  const isOneWord = says.size <= 1 && !isSentence(word) && (given.length === 0 || isFiller(word));
  const isEmpty = saysNothing(plain) && !words.some(isPartOfId);
  return isCode || isOneWord || isEmpty || isThanks(task) ? asked(null, said) : null;
}

/** Languages without spaces between words: a few of these characters are a sentence. */
export const UNSPACED =
  /(?:[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}ー]\S*?){5}/u;

/** `READMEを更新` is two words. */
const SCRIPTS = /(?<=[!-~])(?=\p{sc=Hiragana})/u;

/** A word from another language: `アーカイブ`. */
const KATAKANA = /^[\p{sc=Katakana}ー]+$/u;

const isSentence = (word: string): boolean => UNSPACED.test(word) && !KATAKANA.test(word);
