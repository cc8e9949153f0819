import { DEVIN_MODES } from '../session/fields.ts';
import { SUBCOMMANDS, type Subcommand } from '../session/intent.ts';
import type { Language } from '../session/preferences.ts';
import { KEYWORD_KINDS, THREAD_WORDS, type ThreadWord } from '../session/reply.ts';
import { spoken as en } from './en/spoken.ts';
import { spoken as ja } from './ja/spoken.ts';

/**
 * What a whole message in a session's thread can be. `stop` ends the session; `ask-stop` asks first, since it may be a
 * message to Devin.
 */
export const THREAD_KEYWORDS = [...KEYWORD_KINDS, 'ask-stop', 'help'] as const;
export type ThreadKeyword = (typeof THREAD_KEYWORDS)[number];

/** Words and phrases in lower case and without signs, with commas between them: `help, whats up`. */
type Phrases = string;

export const phrasesIn = (phrases: Phrases): string[] =>
  phrases.split(',').flatMap((phrase) => phrase.trim() || []);

/** What people say to the app in one language. All other words are about a task. */
export type Spoken = {
  greetings: Phrases;
  /** Around what they ask for: `could you …`, `… please`. */
  polite: Phrases;
  /** What a command is about, besides sessions: `this`, `the last`. */
  objects: Phrases;
  /** What runs a command, besides its own name. */
  names: { readonly [Name in Subcommand]?: Phrases };
  /** What names a command in a text, besides these. */
  commands: { readonly [Name in Subcommand]?: Phrases };
  /** A session that is named by what it's about, as in `kill the login one`, and what it is without: `session`. */
  namedSession: readonly [named: RegExp, plain: string];
  /** A message to a session that is named so: `tell the login one to use yarn`. */
  message: RegExp;
  /** These say nothing about what they ask for; but together with no command, they may be a task: `change it`. */
  around: Phrases;
  /** Of these alone, nobody can tell a task. */
  empty: Phrases;
  thanks: Phrases;
  /** Words beside thanks that ask for nothing. */
  besideThanks: Phrases;
  /** What works only in a session's thread. */
  inThread: { readonly [Word in ThreadWord]: Phrases };
  /** What they type for each in a thread, as the whole message. Devin's own keywords are in English. */
  keywords: { readonly [Keyword in ThreadKeyword]: Phrases };
  /** What follows a name in a sentence about it, and not to it. */
  aboutName: RegExp;
};

/** People write in any of them, whatever language they read. */
export const SPOKEN: readonly Spoken[] = Object.values({ en, ja } satisfies Record<Language, Spoken>);

const AROUND_COMMANDS = ['greetings', 'polite', 'objects', 'around', 'empty'] as const;
type Meaning = Subcommand | ThreadWord | (typeof AROUND_COMMANDS)[number];

/** People call the app so, too. */
const APP_NAME = 'devin';
const THANKS = new Set(SPOKEN.flatMap(({ thanks }) => phrasesIn(thanks)));

const meaning = (phrases: Phrases, means: Meaning): [string, Meaning][] =>
  phrasesIn(phrases).map((phrase) => [phrase, means]);

/** What each phrase means: what is last in this list, if it has several meanings. */
const MEANINGS: ReadonlyMap<string, Meaning> = new Map([
  ...meaning([...DEVIN_MODES].join(','), 'around'),
  ...SPOKEN.flatMap((spoken) => [
    ...meaning(spoken.thanks, 'empty'),
    ...AROUND_COMMANDS.toReversed().flatMap((kind) => meaning(spoken[kind], kind)),
    ...SUBCOMMANDS.flatMap((name) =>
      [name.replace('-', ' '), spoken.names[name], spoken.commands[name]].flatMap((phrases) =>
        meaning(phrases ?? '', name),
      ),
    ),
    ...THREAD_WORDS.flatMap((word) => meaning(spoken.inThread[word], word)),
  ]),
  ...meaning(APP_NAME, 'polite'),
]);

/** What runs each command, in one word. */
export const COMMAND_NAMES: ReadonlyMap<string, Subcommand> = new Map(
  SUBCOMMANDS.flatMap((name) =>
    [name, ...SPOKEN.flatMap(({ names }) => phrasesIn(names[name] ?? ''))].map(
      (word) => [word, name] as const,
    ),
  ),
);

const IN_LATIN = String.raw`[\p{sc=Latin}\p{N}]`;

/** Finds the phrases that are all of a text; null: it has other words, too. Japanese has no spaces between words. */
function hearing(phrases: Iterable<string>): (plain: string) => string[] | null {
  const longestFirst = [...phrases].toSorted((one, other) => other.length - one.length);
  const inLatin = longestFirst.filter((said) => /^[ -~]*$/.test(said)).join('|');
  const others = longestFirst.filter((said) => !/^[ -~]*$/.test(said)).join('|');
  const known = new RegExp(`(?<!${IN_LATIN})(?:${inLatin})(?!${IN_LATIN})|${others}`, 'gu');
  return (plain) => (plain.replaceAll(known, '').trim() === '' ? (plain.match(known) ?? []) : null);
}

const hearAny = hearing(MEANINGS.keys());
const hearCourtesies = hearing([
  ...THANKS,
  ...SPOKEN.flatMap(({ besideThanks }) => phrasesIn(besideThanks)),
  APP_NAME,
]);

/** Small talk is shorter. */
const LONGEST_PHRASE = 200;

/** Some letters are invisible, such as the Hangul filler. */
const SIGNS = /:[a-z0-9_+-]+:|[\p{P}\p{S}\p{Default_Ignorable_Code_Point}]/gu;
const APOSTROPHES = /['’‘]/g;

/** In lower case and without signs: `what's` is one word, and so is `stop stop stop`. */
function plainWords(typed: string): string[] {
  return typed
    .toLowerCase()
    .replaceAll(APOSTROPHES, '')
    .replaceAll(SIGNS, ' ')
    .split(/\s+/)
    .filter((word, at, all) => word !== '' && word !== all[at - 1]);
}

/** What a short text says, phrase by phrase; null: it has other words, too. */
function hear(plain: string): Meaning[] | null {
  return hearAny(plain)?.map((phrase) => MEANINGS.get(phrase) ?? 'empty') ?? null;
}

const heard = (typed: string): Meaning[] | null =>
  typed.length > LONGEST_PHRASE ? null : hear(plainWords(typed).join(' '));

const isCommand = (one: Meaning): one is Subcommand => SUBCOMMANDS.some((name) => name === one);
const isThreadWord = (one: Meaning): one is ThreadWord => THREAD_WORDS.some((word) => word === one);
const isAside = (one: Meaning): boolean => ['greetings', 'polite', 'objects'].includes(one);

/** Of several, the last one is what it's about: `help me stop a session`. Sessions may only be what that works on. */
function commandOf(meanings: readonly Meaning[]): Subcommand | null {
  const named = meanings.filter(isCommand);
  return named.findLast((name) => name !== 'list') ?? named[0] ?? null;
}

/** The command that is all that is said, with polite words: `could you stop this, please`. A greeting alone gets help. */
export function commandSaid(typed: string): Subcommand | null {
  const meanings = heard(typed);
  if (meanings?.every((one) => isAside(one) || isCommand(one)) !== true) return null;
  return commandOf(meanings) ?? (meanings.length === 0 || meanings.includes('greetings') ? 'help' : null);
}

/** The word of a session's thread that is all that is said: `please mute this`. */
export function threadWordSaid(typed: string): ThreadWord | null {
  const meanings = heard(typed);
  const isSaid = meanings?.every((one) => isAside(one) || one === 'list' || isThreadWord(one));
  return isSaid === true ? (meanings?.find(isThreadWord) ?? null) : null;
}

/** The same with sessions named by what they're about: `kill the login one`. */
function heardOfSessions(typed: string): Meaning[] | null {
  if (typed.length > LONGEST_PHRASE) return null;
  const said = plainWords(typed).join(' ');
  return hear(SPOKEN.reduce((left, { namedSession }) => left.replace(...namedSession), said));
}

/** The command that is named in a text about nothing else: `how much did we spend`, `kill the login one`. */
export function commandNamed(typed: string): Subcommand | null {
  return commandOf(heardOfSessions(typed) ?? []);
}

/** The message to a session that is named by what it's about: `tell the login one to use yarn`. */
export function messageSaid(typed: string): string | null {
  const [said] = SPOKEN.flatMap(({ message }) => message.exec(typed)?.groups?.['message'] ?? []);
  return said ?? null;
}

/** Small talk, or a session without a task: nobody would pay for it. */
export function saysNothing(typed: string): boolean {
  return heardOfSessions(typed)?.every((one) => ['empty', 'list'].includes(one) || isAside(one)) === true;
}

/** A greeting, or a polite word. */
export function isAddress(word: string): boolean {
  return plainWords(word).every((one) => ['greetings', 'polite'].includes(MEANINGS.get(one) ?? ''));
}

/** A word that says nothing about what a text asks for. */
export function isFiller(word: string): boolean {
  return AROUND_COMMANDS.some((kind) => kind === MEANINGS.get(word.toLowerCase()));
}

const MOST_POLITE_WORDS = 8;

/** Signs alone count, too, but not questions. */
export function isThanks(typed: string): boolean {
  if (typed.length > LONGEST_PHRASE || /[?？]/.test(typed)) return false;
  const said = plainWords(typed);
  const phrases = said.length > MOST_POLITE_WORDS ? null : hearCourtesies(said.join(' '));
  return said.length === 0 || phrases?.some((phrase) => THANKS.has(phrase)) === true;
}
