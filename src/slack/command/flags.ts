import { editDistance } from '../../session/edit-distance.ts';
import { fields, type Field } from '../../session/fields.ts';
import {
  blankEnd,
  CODE,
  DASHES,
  HYPHEN,
  match,
  proseEnd,
  readValue,
  spaceEnd,
  type Value,
} from './tokens.ts';
import { readValues } from './values.ts';

/** What one flag or mode word says. */
export type Given =
  /** `text` as Slack sends it; null: a switch without a value. */
  | { kind: 'value'; field: Field; text: string | null }
  | { kind: 'missing'; field: Field }
  | { kind: 'unclosed'; field: Field; text: string }
  /**
   * Looks like an option, and stays in the task. `typed`: the words, with a value if they have one; `meant`: what was
   * probably meant, as it would be typed. Both as Slack sends them.
   */
  | { kind: 'unknown'; typed: string; meant: string | null };

export type Scan = {
  /** The task as Slack sends it, without the flags. */
  task: string;
  given: Given[];
  /** A separate `--` says that the rest is a task. */
  isTask: boolean;
};

/** A word of the task with the white space before it; null: a flag was cut out here. */
type FlagPart = { space: string; word: string | null };
type Cut = { given: Given; end: number };

/** Splits a command into its task and its flags. */
export function scan(text: string): Scan {
  const parts: FlagPart[] = [];
  const given: Given[] = [];
  let at = 0;
  while (at < text.length) {
    const start = spaceEnd(text, at);
    const space = text.slice(at, start);
    if (endsFlags(text, start)) {
      // Between words of the task it could be a dash, and stays.
      const isDash = parts.at(-1)?.word != null;
      const rest = isDash ? start : spaceEnd(text, start + 2);
      if (!isDash) parts.push({ space, word: null });
      parts.push({ space: isDash ? space : text.slice(start + 2, rest), word: text.slice(rest) });
      return { task: join(parts), given, isTask: !isDash };
    }
    const cut: Cut | null = readFlag(text, start) ?? readBang(text, start);
    if (cut !== null) given.push(cut.given);
    at = cut?.end ?? proseEnd(text, start);
    const stays = cut === null || cut.given.kind === 'unknown';
    parts.push({ space, word: stays ? text.slice(start, at) : null });
  }
  return { task: join(parts), given, isTask: false };
}

function endsFlags(text: string, at: number): boolean {
  return /^--(?:\s|$)/.test(text.slice(at, at + 3));
}

const YES_OR_NO = /[^\S\n]+=?[^\S\n]*(yes|no|true|false|off|never|0|はい|いいえ)[.,;!。]*(?=\s|$)/iy;

function readFlag(text: string, at: number): Cut | null {
  const flag = flagAt(text, at);
  if (flag === null) return null;
  const { field, end } = flag;
  if (field === null) {
    const { given, end: unknownEnd } = unknownFlag(text, at, flag);
    return flag.isClear || given.meant !== null ? { given, end: unknownEnd } : null;
  }
  if (field.input.kind === 'switch' && signEnd(text, end) === null) {
    // Without a sign, its value is the next word only if that says yes or no.
    YES_OR_NO.lastIndex = end;
    const said = YES_OR_NO.exec(text)?.[1] ?? null;
    return { given: { kind: 'value', field, text: said }, end: said === null ? end : YES_OR_NO.lastIndex };
  }
  const value = valueAfter(text, flag, field);
  if (value === null) return { given: { kind: 'missing', field }, end };
  const { unclosed, end: valueEnd } = value;
  if (unclosed) return { given: { kind: 'unclosed', field, text: value.text }, end: valueEnd };
  if (value.text.trim() === '') return { given: { kind: 'missing', field }, end: Math.max(valueEnd, end) };
  return { given: { kind: 'value', field, text: value.text }, end: valueEnd };
}

/** null: another flag follows, or the task. */
function valueAfter(text: string, { end }: FoundFlag, { input }: Field): Value | null {
  const afterSign = signEnd(text, end);
  const start = afterSign ?? blankEnd(text, end);
  if (afterSign === null && (flagAt(text, start) !== null || endsFlags(text, start))) return null;
  return readValue(text, start, input.kind === 'list');
}

/** With the value that was probably meant for the flag it is close to. */
function unknownFlag(text: string, at: number, flag: FoundFlag) {
  const { nearest, end } = flag;
  const unknown = (typedEnd: number, meant: string | null) => ({
    given: { kind: 'unknown' as const, typed: text.slice(at, typedEnd), meant },
    end: typedEnd,
  });
  const wordEnd = proseEnd(text, end);
  if (nearest === null) return unknown(wordEnd, null);
  if (nearest.input.kind === 'switch') return unknown(wordEnd, wordEnd === end ? nearest.flag : null);
  const value = valueAfter(text, flag, nearest);
  if (value === null || value.unclosed || !takes(nearest, value.text)) return unknown(wordEnd, null);
  const start = signEnd(text, end) ?? blankEnd(text, end);
  return unknown(value.end, `${nearest.flag} ${text.slice(start, value.end)}`);
}

const BANG = /[!！](\p{L}+)[.,;:!?]*(?=[\s)\]]|$)/uy;

/** A mode word at the start of a word, with the punctuation right after it. */
function readBang(text: string, at: number): Cut | null {
  BANG.lastIndex = at;
  const word = BANG.exec(text)?.[1];
  const choice = word === undefined ? null : choiceOf(word);
  if (choice === null) return null;
  return { given: { kind: 'value', field: choice.field, text: choice.option }, end: BANG.lastIndex };
}

function join(parts: FlagPart[]): string {
  let task = '';
  let gap = '';
  let afterCut = false;
  for (const { space, word } of parts) {
    gap = afterCut ? meet(gap, space) : space;
    afterCut = word === null;
    if (word !== null) task += task === '' ? word : gap + word;
  }
  return task.trim();
}

/** The white space that stays after a flag between `before` and `after` is cut out. */
function meet(before: string, after: string): string {
  return after === '' || after.includes('\n') ? after : before;
}

/** Fields that a command can set, by their flag's name in lower case: phones capitalize. */
const byName = new Map(
  fields.flatMap((field) => (field.flag === null ? [] : [[field.flag.slice(2), field] as const])),
);

/** Devin's own words for modes (`!fast`): each option of each choice. https://docs.devin.ai/integrations/slack */
const byOption = new Map(
  fields.flatMap((field) =>
    field.input.kind === 'choice'
      ? field.input.options.map((option) => [option, { field, option }] as const)
      : [],
  ),
);

export const bangWords: readonly string[] = [...byOption.keys()].map((word) => `!${word}`);

/** The choice that has this word as an option; null: none has. */
function choiceOf(word: string): { field: Field; option: string } | null {
  return byOption.get(plain(word)) ?? null;
}

/** Japanese keyboards write wide letters, too. */
function plain(name: string): string {
  return name.normalize('NFKC').toLowerCase();
}

const LONGEST_SLIP = 40;

/** The flag that was probably meant, without its dashes: one slip away. */
function nearestFlag(typed: string): Field | null {
  if (typed.length > LONGEST_SLIP) return null;
  const name = plain(typed);
  return [...byName].find(([known]) => editDistance(name, known) <= 1)?.[1] ?? null;
}

type FoundFlag = {
  /** null: no such flag. */
  field: Field | null;
  /** What was probably meant if there is no such flag. */
  nearest: Field | null;
  /** It has two hyphens, so it isn't prose. */
  isClear: boolean;
  /** After the name, at a possible sign. */
  end: number;
};

const FLAG = new RegExp(`(${DASHES}|${HYPHEN})(\\p{L}[\\p{L}\\p{N}_-]*)`, 'uy');
const ONE_HYPHEN = new RegExp(`^${HYPHEN}$`);
/** Between a name and its value. Japanese keyboards write wide ones. */
const SIGN = /[=＝]|[:：](?=\S)/y;
/** After the name: a value, white space, the end, or punctuation. */
const NAME_END = new RegExp(`(?=${SIGN.source})|[.,;:!?]*(?=\\s|$)`, 'y');
/** After the sign at `at`; null: there is none. */
function signEnd(text: string, at: number): number | null {
  return match(SIGN, text, at);
}

/**
 * The flag at the start of a word. Phones make a dash of two hyphens: before a word that isn't close to a flag, it is prose.
 * One hyphen is another program's: before a flag's own name, two were probably meant.
 */
function flagAt(text: string, at: number): FoundFlag | null {
  FLAG.lastIndex = at;
  const [head, dash, name] = FLAG.exec(text) ?? [];
  if (head === undefined || dash === undefined || name === undefined) return null;
  NAME_END.lastIndex = at + head.length;
  const isWhole = NAME_END.test(text);
  const end = isWhole ? NAME_END.lastIndex : at + head.length;
  const known = isWhole ? (byName.get(plain(name)) ?? null) : null;
  if (ONE_HYPHEN.test(dash)) return known && { field: null, nearest: known, isClear: false, end };
  const nearest = known ?? (isWhole ? nearestFlag(name) : null);
  const isClear = dash === '--' || dash === '－－';
  return isClear || nearest !== null ? { field: known, nearest, isClear, end } : null;
}

const SIGNS = '\\s*[:=：＝は]\\s*';

/** How an option is said beside a task: `acu 5`, `max 10 ACU`, `(--repo acme/web)`. Devin reads the rest. */
const SAID = [...byName].map(([name, { input, flag }]) => {
  const start = String.raw`(?<![\p{L}\p{N}.-])${name}`;
  const inWords = [`${start}(?:${SIGNS}|\\s*)(\\d+)`, `(?<![\\w.-])(\\d+)\\s*${name}s?(?![a-z\\d])`];
  const asFlag = `${DASHES}${name}(?:${SIGNS}|\\s+)([^\\s)\\]}*]+)`;
  const patterns = input.kind === 'number' ? [...inWords, asFlag] : [asFlag];
  return { flag, patterns: patterns.map((pattern) => new RegExp(pattern, 'iu')) };
});

/** Only the start of a long task is read. */
const LONGEST_READ = 4000;
const QUOTED = /"[^"\n]*"|“[^”\n]*”|「[^」\n]*」/g;

/** What looks like an option in the words of a task, as it would be typed: `acu 5`, `max 10 ACU`, `(--acu 5)`; '': nothing. */
export function optionsInWords(task: string, given: ReadonlySet<string>): string {
  const text = task.slice(0, LONGEST_READ).replaceAll(CODE, '`').replaceAll(QUOTED, '"').normalize('NFKC');
  return SAID.flatMap(({ flag, patterns }) => {
    if (flag === null || given.has(flag)) return [];
    const said = patterns.flatMap((pattern) => pattern.exec(text)?.slice(1) ?? []);
    const value = said.find((one) => takes(byName.get(flag.slice(2)), one));
    return value === undefined ? [] : [`${flag} ${value}`];
  }).join(' ');
}

/** Whether a flag takes this value, as Slack sends it. */
function takes(field: Field | undefined, text: string | null): boolean {
  return field !== undefined && readValues([{ kind: 'value', field, text }]).problems.length === 0;
}
