import { isSessionId, SUBCOMMANDS, type Subcommand } from '../../session/intent.ts';
import { THREAD_WORDS, type ThreadWord } from '../../session/reply.ts';
import { SPOKEN, type Spoken } from '../../text/spoken.ts';
import { unescape } from '../blocks/text.ts';
import { CODE, isRepository } from './tokens.ts';

/** A word of a command as Slack sends it. `<…|label>` is one word, whatever is in the label. */
export type Word = {
  raw: string;
  /** Where it starts and ends. */
  at: number;
  end: number;
  /** The id of the session it names. */
  session: string | null;
};

/** Slack sends links as `<url>` or `<url|label>`: https://docs.slack.dev/messaging/formatting-message-text */
const WORD = /<[^<>\n]+>|[^\s<]+|</g;

/** Commands are short: after this many characters, the text is a task or a message. */
const READ_LENGTH = 8000;

export function wordsOf(text: string): Word[] {
  return [...text.slice(0, READ_LENGTH).matchAll(WORD)].map(({ 0: raw, index: at }) => ({
    raw,
    at,
    end: at + raw.length,
    session: sessionNamed(raw),
  }));
}

const BARE = /\p{L}[\p{L}\p{N}]*(?:-[\p{L}\p{N}]+)*/u;
const LONGEST_COMMAND = 40;

/** The word without punctuation, in lower case: `Stop:` is `stop`; '' for a link. */
export function bareWord(raw: string): string {
  return raw.startsWith('<') ? '' : (BARE.exec(raw.slice(0, LONGEST_COMMAND))?.[0].toLowerCase() ?? '');
}

const PATH = '/sessions/';
const ADDRESS = /^(?:https?:\/\/[^/]|[\w-]+\.[\w.-]+\/)/i;
const LONGEST_WORD = 2083;

/** The session that a word names by its id or its address in Devin. */
function sessionNamed(raw: string): string | null {
  if (raw.length > LONGEST_WORD) return null;
  const [target = ''] = raw.replace(/^</, '').split(/[|>]/);
  const path = target.lastIndexOf(PATH);
  if (path > 0 && ADDRESS.test(target)) return /^[\w-]+/.exec(target.slice(path + PATH.length))?.[0] ?? null;
  if (target.includes('/')) return null;
  const parts = unescape(target).split(/[^\w-]+/);
  return parts.find(isSessionId) ?? null;
}

/** Slack runs no slash command in a thread or after a mention, so people send it as a message. Others type it twice. */
export function withoutCommand(said: string, command: string): string {
  const [first = ''] = said.split(/\s/, 1);
  return first === command ? said.slice(command.length).trim() : said;
}

const everyWord = (of: (spoken: Spoken) => readonly string[]): ReadonlySet<string> =>
  new Set(SPOKEN.flatMap(of));

const GREETINGS = everyWord(({ greetings }) => greetings);
const ENDINGS = everyWord(({ endings }) => endings);
const THANKS = everyWord(({ thanks }) => thanks);
const POLITE = everyWord(({ thanks, besideThanks }) => [...thanks, ...besideThanks]);
const WITHOUT_TASK = everyWord(({ withoutTask }) => withoutTask);
const EMPTY = everyWord(({ empty }) => empty);
const AROUND = everyWord(({ empty, around }) => [...empty, ...around]);
const IN_WORDS = ['stop', 'archive', 'say', 'list'] as const satisfies Subcommand[];
const COMMAND_OF: ReadonlyMap<string, Subcommand> = new Map(
  SPOKEN.flatMap(({ asked }) =>
    SUBCOMMANDS.flatMap((name) => asked[name].map((said) => [said, name] as const)),
  ),
);

const MOST_POLITE_WORDS = 8;
const MOST_EMPTY_WORDS = 8;

/** People call the app so, too. */
const APP_NAME = 'devin';

/** Small talk is shorter. */
const LONGEST_PHRASE = 200;

/** Some letters are invisible, such as the Hangul filler. */
const SIGNS = /:[a-z0-9_+-]+:|[\p{P}\p{S}\p{Default_Ignorable_Code_Point}]/gu;
const APOSTROPHES = /['’‘]/g;

/** `what's` is one word, and so is `stop stop stop`. */
function plainWords(typed: string): string[] {
  return typed
    .toLowerCase()
    .replaceAll(APOSTROPHES, '')
    .replaceAll(SIGNS, ' ')
    .split(/\s+/)
    .filter((word, at, all) => word !== '' && word !== all[at - 1]);
}

/** `use acme/api` says only where. */
function withoutRepositories(typed: string): string {
  return typed
    .split(/\s+/)
    .filter((word) => !(word.includes('/') && isRepository(word.replace(/[.,;:!?。、]+$/, ''))))
    .join(' ');
}

/** The sub-command that answers it, perhaps after a greeting; a greeting alone gets help. null: it's about something else. */
export function commandAsked(typed: string): Subcommand | null {
  if (typed.length > LONGEST_PHRASE) return null;
  const said = plainWords(typed);
  const asked = withoutAddress(said);
  if (asked === '') return said.includes(APP_NAME) && said.length === 1 ? null : 'help';
  return commandOf(asked) ?? commandInWords(asked);
}

/** The same for a session that is named by what it's about: `kill the login one`, `reply to the login one: use yarn`. */
export function commandOnNamed(typed: string): Subcommand | null {
  const [said = ''] = typed.slice(0, LONGEST_PHRASE).split(/[:：]\s/, 1);
  const asked = withoutAddress(plainWords(said));
  return commandInWords(SPOKEN.reduce((left, { namedSession }) => left.replace(...namedSession), asked));
}

function commandInWords(asked: string): Subcommand | null {
  return IN_WORDS.find((name) => SPOKEN.some((one) => one[name].test(asked))) ?? null;
}

/**
 * What is left of a short text without the words around what it asks about: `can you list`, `change my language`.
 * `isName`: words that are kept. It may be a task all the same.
 */
export function subjectOf(typed: string, isName: (word: string) => boolean): string {
  const said = typed.length > LONGEST_PHRASE ? [] : plainWords(typed);
  if (said.length > MOST_EMPTY_WORDS) return '';
  const left = said.filter((word) => isName(word) || !(AROUND.has(word) || word === APP_NAME)).join(' ');
  return SPOKEN.reduce((subject, { ending }) => subject.replace(ending, ''), left);
}

/** The sub-command that answers what is asked with these words. */
export function commandOf(asked: string): Subcommand | null {
  return COMMAND_OF.get(asked) ?? null;
}

/** After a greeting and the app's name, without polite words. */
function withoutAddress(said: readonly string[]): string {
  const start = said.findIndex((word) => !GREETINGS.has(word) && word !== APP_NAME);
  const asked = start === -1 ? '' : said.slice(start).join(' ');
  return SPOKEN.reduce((left, { polite }) => left.replaceAll(polite, ''), asked);
}

/** The word of a session's thread that it says: `please mute this`. null: it's about something else. */
export function threadWordAsked(typed: string): ThreadWord | null {
  if (typed.length > LONGEST_PHRASE) return null;
  const asked = withoutAddress(plainWords(typed));
  return THREAD_WORDS.find((word) => SPOKEN.some(({ inThread }) => inThread[word].test(asked))) ?? null;
}

/** A word that says nothing about what a text asks for. */
export function isFiller(word: string): boolean {
  return AROUND.has(word.toLowerCase());
}

/** Another word for it. */
export function isEnding(word: string): boolean {
  return ENDINGS.has(word);
}

/** Signs alone count, too, but not questions. */
export function isThanks(typed: string): boolean {
  if (typed.length > LONGEST_PHRASE || /[?？]/.test(typed)) return false;
  const said = plainWords(typed);
  if (said.length === 0) return true;
  const isPolite =
    said.length <= MOST_POLITE_WORDS && said.every((word) => POLITE.has(word) || word === APP_NAME);
  return isPolite && said.some((word) => THANKS.has(word));
}

/** Small talk, a session without a task, or a log or a table without a word: nobody would pay for it. */
export function saysNoTask(typed: string): boolean {
  if (typed.replaceAll(CODE, '').trim() === '') return true;
  if (typed.length > LONGEST_PHRASE) return false;
  const said = plainWords(withoutRepositories(typed));
  const isEmpty = said.length <= MOST_EMPTY_WORDS && said.every((word) => EMPTY.has(word));
  return isEmpty || isThanks(typed) || WITHOUT_TASK.has(said.join(' '));
}
