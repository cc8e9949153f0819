import { editDistance } from '../../session/edit-distance.ts';
import { fields, type Field } from '../../session/fields.ts';
import { blankEnd, CODE, DASHES, HYPHEN, match, proseEnd, readValue, spaceEnd } from './tokens.ts';
import { readValues } from './values.ts';

/** What a flag or a mode word sets, as Slack sends it; '': it has no value. */
export type Given = { field: Field; text: string };

/**
 * Looks like an option, and stays in the task. `typed`: the words, with a value if they have one; `meant`: what was
 * probably meant, as it would be typed; '': nobody can tell. Both as Slack sends them.
 */
type Unknown = { typed: string; meant: string };

export type Scan = {
  /** The task as Slack sends it, without the flags. */
  task: string;
  /** Also without what looks like an option. */
  rest: string;
  given: Given[];
  unknown: Unknown[];
};

type Cut = (Given | Unknown) & { end: number };

/** Splits a command into its task and its flags. */
export function scan(text: string): Scan {
  const given: Given[] = [];
  const unknown: Unknown[] = [];
  let [task, rest] = ['', ''];
  let at = 0;
  while (at < text.length) {
    const start = spaceEnd(text, at);
    const cut = readFlag(text, start) ?? readBang(text, start);
    const end = cut?.end ?? proseEnd(text, start);
    if (cut === null) rest += text.slice(at, end);
    if (cut !== null && 'field' in cut) given.push(cut);
    else task += text.slice(at, end);
    if (cut !== null && 'typed' in cut) unknown.push(cut);
    at = end;
  }
  return { task: task.trim(), rest: rest.trim(), given, unknown };
}

function readFlag(text: string, at: number): Cut | null {
  const flag = flagAt(text, at);
  if (flag === null) return null;
  const { field, isExact, isClear, end: nameEnd } = flag;
  const { start, ...value } = field === null ? noValue(nameEnd) : valueAfter(text, nameEnd, field);
  if (field !== null && isExact) return { field, ...value };
  if (field !== null && takes({ field, text: value.text })) {
    const meant = `${field.flag} ${text.slice(start, value.end)}`.trim();
    return { typed: text.slice(at, value.end), meant, end: value.end };
  }
  const end = proseEnd(text, nameEnd);
  return isClear ? { typed: text.slice(at, end), meant: '', end } : null;
}

const noValue = (at: number) => ({ start: at, text: '', end: at });

/** Between a name and its value. Japanese keyboards write wide ones. */
const SIGN = /[=＝]|[:：](?=\S)/y;
const YES_OR_NO = /(?:yes|no|true|false|off|never|はい|いいえ)(?![^\s.,;:!?])/iy;

/** None if another flag follows, or the task. Without a sign, a switch takes only a word that says yes or no. */
function valueAfter(text: string, nameEnd: number, { input }: Field) {
  const afterSign = match(SIGN, text, nameEnd);
  const start = afterSign ?? blankEnd(text, nameEnd);
  const isPlain = afterSign === null && input.kind === 'switch';
  if (isPlain && match(YES_OR_NO, text, start) === null) return noValue(nameEnd);
  if (afterSign === null && flagAt(text, start) !== null) return noValue(nameEnd);
  return { start, ...readValue(text, start, input.kind === 'list') };
}

const BANG = /[!！](\p{L}+)[.,;:!?]*(?=[\s)\]]|$)/uy;

/** A mode word at the start of a word, with the punctuation right after it. */
function readBang(text: string, at: number): Cut | null {
  BANG.lastIndex = at;
  const [, word = ''] = BANG.exec(text) ?? [];
  const field = byOption.get(plain(word));
  return field === undefined ? null : { field, text: word, end: BANG.lastIndex };
}

/** Fields that a command can set, by their flag's name. */
const byName = new Map(
  fields.flatMap((field) => (field.flag === null ? [] : [[field.flag.slice(2), field] as const])),
);

/** Devin's own words for modes (`!fast`): each option of each choice. https://docs.devin.ai/integrations/slack */
const byOption = new Map(
  fields.flatMap((field) =>
    field.input.kind === 'choice' ? field.input.options.map((option) => [option, field] as const) : [],
  ),
);

export const bangWords: readonly string[] = [...byOption.keys()].map((word) => `!${word}`);

/** Phones capitalize; Japanese keyboards write wide letters, too. */
function plain(name: string): string {
  return name.normalize('NFKC').toLowerCase();
}

type FoundFlag = {
  /** The one that has this name, or the one that was probably meant: one slip away. */
  field: Field | null;
  isExact: boolean;
  /** It has two hyphens, so it isn't prose. */
  isClear: boolean;
  /** After the name, at a possible sign. */
  end: number;
};

/** The name ends at a sign or with its word, or the word is no flag's name. */
const FLAG = new RegExp(
  `(${DASHES}|${HYPHEN})(\\p{L}[\\p{L}\\p{N}_-]*)(?:((?=${SIGN.source})|[.,;:!?]*(?!\\S))|)`,
  'uy',
);
const ONE_HYPHEN = new RegExp(`^${HYPHEN}$`);

/**
 * The flag at the start of a word. Phones make a dash of two hyphens: before a word that isn't close to a flag, it is prose.
 * One hyphen is another program's: before a flag's own name, two were probably meant.
 */
function flagAt(text: string, at: number): FoundFlag | null {
  FLAG.lastIndex = at;
  const [head, dash = '', name = '', nameEnd] = FLAG.exec(text) ?? [];
  if (head === undefined) return null;
  const isSingle = ONE_HYPHEN.test(dash);
  const isClear = dash === '--' || dash === '－－';
  const typed = nameEnd === undefined ? '' : plain(name);
  const known = byName.get(typed);
  const field = known ?? (isSingle ? null : nearTo(typed));
  if (field === null && !isClear) return null;
  return { field, isExact: known !== undefined && !isSingle, isClear, end: FLAG.lastIndex };
}

function nearTo(typed: string): Field | null {
  return [...byName].find(([name]) => editDistance(typed, name) <= 1)?.[1] ?? null;
}

/** How a number is said beside a task: `acu 5`, `max 10 ACU`. Devin reads the rest. */
const SAID = [...byName].flatMap(([name, field]) => {
  const [before, after] = [`${name}\\s{0,3}[:=：＝は]?\\s{0,3}(\\d+)`, `(\\d+)\\s{0,3}${name}s?(?![a-z\\d])`];
  const pattern = new RegExp(`(?<![\\p{L}\\p{N}.])${before}|(?<![\\w.-])${after}`, 'iu');
  return field.input.kind === 'number' ? [{ field, pattern }] : [];
});

/** Only the start of a long task is read. */
const LONGEST_READ = 4000;
const QUOTED = /"[^"\n]*"|“[^”\n]*”|「[^」\n]*」/g;

/** The options that were probably meant, as they would be typed; '': nobody can tell. */
export function meantOptions({ rest, given, unknown }: Scan): string {
  const words = rest.slice(0, LONGEST_READ).replaceAll(CODE, '`').replaceAll(QUOTED, '"').normalize('NFKC');
  const said = SAID.flatMap(({ field, pattern }) => {
    const text = pattern.exec(words)?.slice(1).find(Boolean) ?? '';
    return given.some((one) => one.field === field) || !takes({ field, text })
      ? []
      : [`${field.flag} ${text}`];
  });
  return [...unknown.map(({ meant }) => meant), ...said].filter(Boolean).join(' ');
}

/** Whether a flag takes this value. */
function takes(given: Given): boolean {
  return readValues([given]).problems.length === 0;
}
