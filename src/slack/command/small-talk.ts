import { SUBCOMMANDS, type Subcommand } from '../../session/intent.ts';
import { SPOKEN, THREAD_WORDS, type Spoken, type ThreadWord } from '../../text/spoken.ts';

const everyWord = (of: (spoken: Spoken) => readonly string[]): ReadonlySet<string> =>
  new Set(SPOKEN.flatMap(of));

const GREETINGS = everyWord(({ greetings }) => greetings);
const ENDINGS = everyWord(({ endings }) => endings);
const THANKS = everyWord(({ thanks }) => thanks);
const POLITE = everyWord(({ thanks, besideThanks }) => [...thanks, ...besideThanks]);
const WITHOUT_TASK = everyWord(({ withoutTask }) => withoutTask);
const EMPTY = everyWord(({ empty }) => empty);
const IN_WORDS = ['stop', 'archive', 'list'] as const satisfies Subcommand[];
const COMMAND_OF: ReadonlyMap<string, Subcommand> = new Map(
  SPOKEN.flatMap(({ asked }) =>
    SUBCOMMANDS.flatMap((name) => (asked[name] ?? []).map((said) => [said, name] as const)),
  ),
);

const MOST_POLITE_WORDS = 8;
const MOST_EMPTY_WORDS = 8;

/** People call the app so, too. */
const ADDRESS = 'devin';

/** Small talk is shorter. */
const LONGEST = 200;

const SIGNS = /:[a-z0-9_+-]+:|[\p{P}\p{S}]/gu;
const APOSTROPHES = /['’‘]/g;

/** `what's` is one word. */
function plainWords(typed: string): string[] {
  return typed
    .toLowerCase()
    .replaceAll(APOSTROPHES, '')
    .replaceAll(SIGNS, ' ')
    .split(/\s+/)
    .filter((word) => word !== '');
}

/** The sub-command that answers it, perhaps after a greeting; a greeting alone gets help. null: it's about something else. */
export function commandAsked(typed: string): Subcommand | null {
  if (typed.length > LONGEST) return null;
  const said = plainWords(typed);
  const asked = withoutAddress(said);
  if (asked === '') return said.includes(ADDRESS) && said.length === 1 ? null : 'help';
  return (
    COMMAND_OF.get(asked) ?? IN_WORDS.find((name) => SPOKEN.some((one) => one[name].test(asked))) ?? null
  );
}

/** After a greeting and the app's name. */
function withoutAddress(said: readonly string[]): string {
  const start = said.findIndex((word) => !GREETINGS.has(word) && word !== ADDRESS);
  return start === -1 ? '' : said.slice(start).join(' ');
}

/** The word of a session's thread that it says: `please mute this`. null: it's about something else. */
export function threadWordAsked(typed: string): ThreadWord | null {
  if (typed.length > LONGEST) return null;
  const asked = withoutAddress(plainWords(typed));
  return THREAD_WORDS.find((word) => SPOKEN.some(({ inThread }) => inThread[word].test(asked))) ?? null;
}

/** Another word for it. */
export function isEnding(word: string): boolean {
  return ENDINGS.has(word);
}

/** Signs alone count, too, but not questions. */
export function isThanks(typed: string): boolean {
  if (typed.length > LONGEST || /[?？]/.test(typed)) return false;
  const said = plainWords(typed);
  if (said.length === 0) return true;
  const isPolite = said.length <= MOST_POLITE_WORDS && said.every((word) => POLITE.has(word));
  return isPolite && said.some((word) => THANKS.has(word));
}

/** Small talk, or a session without a task: nobody would pay for it. */
export function saysNoTask(typed: string): boolean {
  if (typed.length > LONGEST) return false;
  const said = plainWords(typed);
  const isEmpty = said.length <= MOST_EMPTY_WORDS && said.every((word) => EMPTY.has(word));
  return isEmpty || isThanks(typed) || WITHOUT_TASK.has(said.join(' '));
}
