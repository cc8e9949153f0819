import {
  fields,
  storedDraftSchema,
  type Field,
  type FieldInput,
  type FieldKey,
  type StoredDraft,
} from '../../session/fields.ts';
import type { Problem } from '../../session/intent.ts';
import { isOneSlip } from '../../session/slip.ts';
import { unescape } from '../views/text.ts';

/**
 * The options in a command, as Slack sends it: nothing is decoded here, so that Slack's `<…>` tokens stay whole. Patterns
 * are matched at a position, and each takes time in proportion to what it reads.
 */

/** What a flag or a mode word sets, as Slack sends it; '': it has no value. */
export type Given = { field: Field; text: string };

export type Scan = {
  /** The task as Slack sends it, without the flags. */
  task: string;
  /** Also without what looks like an option. */
  rest: string;
  given: Given[];
  /**
   * What looks like an option, and stays in the task. `typed`: the words, with a value if they have one; `meant`: what was
   * probably meant, as it would be typed; '': nobody can tell. Both as Slack sends them.
   */
  unknown: { typed: string; meant: string }[];
};

type Option = (Given | Scan['unknown'][number]) & { end: number };

/** Splits a command into its task and its flags. */
export function scan(text: string): Scan {
  const given: Given[] = [];
  const unknown: Scan['unknown'] = [];
  let [task, rest] = ['', ''];
  let at = 0;
  while (at < text.length) {
    const start = endOf(SPACE, text, at) ?? at;
    const option = readFlag(text, start) ?? readBang(text, start);
    const end = option?.end ?? endOf(WORD, text, start) ?? text.length;
    const words = text.slice(at, end);
    at = end;
    if (option !== null && 'field' in option) {
      given.push(option);
      continue;
    }
    task += words;
    if (option === null) rest += words;
    else unknown.push(option);
  }
  return { task: task.trim(), rest: rest.trim(), given, unknown };
}

/** After what the pattern matches at `at`; null: nothing. */
function endOf(sticky: RegExp, text: string, at: number): number | null {
  sticky.lastIndex = at;
  return sticky.test(text) ? sticky.lastIndex : null;
}

/** White space, and characters without width that come with copied text: a flag after them is still a flag. */
const SPACE = /[\s\u200B\u200E\u200F\u202A-\u202E\u2060\u2066-\u2069]+/y;

/** Japanese keyboards make wide hyphens, minus signs, bars or the mark of a long vowel; copied text has others. */
const HYPHEN = '[-－ー−―‐‑]';
/** What people type for two hyphens: macOS and iOS make one dash of them, and of one more. */
export const DASHES = `(?:${HYPHEN}{2,3}|${HYPHEN}?[—–]{1,2}${HYPHEN}?)`;

/** Marks that close each other: smart quotes from phones and other languages come mixed. */
const KINDS = ['"“”„«»', "'‘’‚", '「」『』', '`'];
/** The mark that closes a quote ends a word. */
const QUOTE_END = '(?=[\\s)\\]},，、.;:!?…]|$)';
/** On one line. The same mark closes it, or the next of its kind. A mark that is never closed costs one short search. */
const QUOTED = [...KINDS.join('').split(''), ...KINDS]
  .map((marks) => `[${marks}](?:[^\\n${marks}]{0,1000}[${marks}]){1,10}?${QUOTE_END}`)
  .join('|');

/** ```…``` over lines, `…` within one. */
export const CODE = /```[^]*?```|`[^`\n]+`/g;
/** Such as `<@U…|name>` and `<https://…|label>`: a name or label can hold spaces. */
const TOKEN = '<[^<>\\n]+>';

/**
 * A word of prose: code spans, quotes and Slack's tokens are part of it, with their spaces. Inside a word, a quotation mark
 * is an apostrophe or means inches.
 */
const WORD = new RegExp(`[([{]*(?:${CODE.source}|${QUOTED})?(?:${CODE.source}|${TOKEN}|\\S)*`, 'uy');

/** A value is a word, or text in quotes. */
const VALUE = new RegExp(`(?:${QUOTED})?(?:${TOKEN}|\\S)*`, 'uy');
/** Japanese keyboards write wide ones. */
const COMMA = '[,，、]';
const ITEM = `(?:${QUOTED})?(?:${TOKEN}|(?!${COMMA})\\S)*`;
/** After a comma, a list continues on the same line, unless another flag follows. */
const NEXT_ITEM = `${COMMA}(?:[^\\S\\n]*(?=\\S)(?!${DASHES}\\p{L}))?${ITEM}`;
const LIST = new RegExp(`${ITEM}(?:${NEXT_ITEM})*`, 'uy');

/** The mark comes first, so that nothing is looked back at for other characters. */
const itemStart = (marks: string): string => `(?=[${marks}])(?<=^|${COMMA}\\s*)`;
const QUOTED_ITEM = new RegExp(`${itemStart(KINDS.join(''))}(?:${QUOTED})`, 'gu');
/** Other marks begin words, too: `'90s`, `「ログイン」画面`. */
const UNCLOSED = new RegExp(`${itemStart(`${KINDS[0]}\``)}(?!${QUOTED})`, 'u');

/** The value at `start`; '' if its quotes aren't closed: the rest of it could be anywhere. */
function readValue(text: string, start: number, isList: boolean): { text: string; end: number } {
  const end = endOf(isList ? LIST : VALUE, text, start) ?? start;
  const typed = text.slice(start, end);
  return {
    text: UNCLOSED.test(typed) ? '' : typed.replaceAll(QUOTED_ITEM, (item) => item.slice(1, -1)),
    end,
  };
}

/** Between a name and its value. Japanese keyboards write wide ones. */
const SIGN = /[=＝]|[:：](?=\S)/y;
/** Without a sign, another flag is no value, and a switch takes only a word that says yes or no. */
const BEFORE_VALUE = new RegExp(`[^\\S\\n]+(?=\\S)(?!${DASHES}\\p{L})`, 'uy');
const BEFORE_YES_OR_NO = /[^\S\n]+(?=(?:yes|no|true|false|off|never|はい|いいえ)(?![^\s.,;:!?]))/iy;

function valueAfter(text: string, nameEnd: number, { input }: Field): { text: string; end: number } {
  const before = input.kind === 'switch' ? BEFORE_YES_OR_NO : BEFORE_VALUE;
  const start = endOf(SIGN, text, nameEnd) ?? endOf(before, text, nameEnd);
  return start === null ? { text: '', end: nameEnd } : readValue(text, start, input.kind === 'list');
}

/** The name ends at a sign or with its word; what doesn't is no flag's name. */
const FLAG = new RegExp(
  `(?<dashes>${DASHES})(?:(?<name>\\p{L}[\\p{L}\\p{N}_-]*)(?:(?=${SIGN.source})|[.,;:!?]*(?!\\S))|\\p{L})`,
  'uy',
);
/** Phones make a dash of two hyphens: before a word that isn't close to a flag, it is prose. */
const CLEAR_DASHES = new Set(['--', '－－']);

function readFlag(text: string, at: number): Option | null {
  FLAG.lastIndex = at;
  const found = FLAG.exec(text)?.groups;
  // Most words are none, and what is near to a name takes long to find.
  if (found === undefined) return null;
  const { dashes = '', name = '' } = found;
  const nameEnd = FLAG.lastIndex;
  const known = byName.get(plain(name));
  const field = known ?? nearTo(plain(name));
  if (field !== null) {
    const value = valueAfter(text, nameEnd, field);
    if (known !== undefined) return { field, ...value };
    const meant = field.flag + text.slice(nameEnd, value.end);
    if (takes({ field, text: value.text }))
      return { typed: text.slice(at, value.end), meant, end: value.end };
  }
  if (!CLEAR_DASHES.has(dashes)) return null;
  const end = endOf(WORD, text, at) ?? nameEnd;
  return { typed: text.slice(at, end), meant: '', end };
}

const BANG = /[!！](?<word>\p{L}+)[.,;:!?]*(?=[\s)\]]|$)/uy;

/** A mode word at the start of a word, with the punctuation right after it. */
function readBang(text: string, at: number): Option | null {
  BANG.lastIndex = at;
  const { word = '' } = BANG.exec(text)?.groups ?? {};
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

/** The one that was probably meant: one slip away. */
function nearTo(typed: string): Field | null {
  return [...byName].find(([name]) => isOneSlip(typed, name))?.[1] ?? null;
}

/** How a number is said beside a task: `acu 5`, `max 10 ACU`. Devin reads the rest. */
const SAID = [...byName].flatMap(([name, field]) => {
  const [before, after] = [`${name}\\s{0,3}[:=：＝は]?\\s{0,3}(\\d+)`, `(\\d+)\\s{0,3}${name}s?(?![a-z\\d])`];
  const pattern = new RegExp(`(?<![\\p{L}\\p{N}.])${before}|(?<![\\w.-])${after}`, 'iu');
  return field.input.kind === 'number' ? [{ field, pattern }] : [];
});

/** Only the start of a long task is read. */
const LONGEST_READ = 4000;
const SPEECH = /"[^"\n]*"|“[^”\n]*”|「[^」\n]*」/g;

/** The options that were probably meant, as they would be typed; '': nobody can tell. */
export function meantOptions({ rest, given, unknown }: Scan): string {
  const words = rest.slice(0, LONGEST_READ).replaceAll(CODE, '`').replaceAll(SPEECH, '"').normalize('NFKC');
  const said = SAID.filter(({ field }) => !given.some((one) => one.field === field)).flatMap(
    ({ field, pattern }) => {
      const text = pattern.exec(words)?.slice(1).find(Boolean) ?? '';
      return takes({ field, text }) ? [`${field.flag} ${text}`] : [];
    },
  );
  return [...unknown.map(({ meant }) => meant), ...said].filter(Boolean).join(' ');
}

/** Whether a flag takes this value. */
function takes(given: Given): boolean {
  return readValues([given]).problems.length === 0;
}

/** What flags set, and what is wrong with them. */
export function readValues(given: readonly Given[]): { draft: StoredDraft; problems: Problem[] } {
  const values: Partial<Record<FieldKey, unknown>> = {};
  const problems: Problem[] = [];
  for (const [field, all] of Map.groupBy(given, (one) => one.field)) {
    const read = readTexts(
      field,
      all.map(({ text }) => text),
    );
    problems.push(...read.problems);
    if (read.value !== undefined) values[field.key] = read.value;
  }
  return { draft: storedDraftSchema.parse(values), problems };
}

/** What a field gets of all that is typed for it. Two values that mean the same are one. */
function readTexts(field: Field, texts: readonly string[]): { value?: unknown; problems: Problem[] } {
  const { key, input } = field;
  const isList = input.kind === 'list';
  const items = isList ? texts.flatMap(splitList) : texts;
  if (input.kind !== 'switch' && items.every((item) => item.trim() === ''))
    return { problems: [{ kind: 'missing-value', field: key }] };
  const isNone = (item: string): boolean => isList && item.toLowerCase() === 'none';
  // An empty list differs from no list.
  if (isList && input.none && items.every(isNone)) return { value: [], problems: [] };
  const read = items.map((item) => ({ item, taken: isNone(item) ? [] : accept(field, item) }));
  const problems: Problem[] = read
    .filter(({ taken }) => taken.length === 0)
    .map(({ item }) => ({ kind: 'bad-value', field: key, value: asTyped(item) }));
  const values = [...new Set(read.flatMap(({ taken }) => taken))];
  const most = isList ? (input.max ?? Infinity) : 1;
  if (values.length > most) problems.push({ kind: 'too-many', field: key, most, given: values.length });
  return { value: isList && values.length > 0 ? values : values[0], problems };
}

/**
 * At commas, wide ones included, and line breaks outside Slack's tokens: an address can hold a comma, and end with what
 * ends a sentence elsewhere.
 */
function splitList(text: string): string[] {
  const items = text.match(/(?:<[^<>\n]+>|[^,，、\n])+/g) ?? [];
  return items.map((item) => withoutMarks(item.trim(), LIST_MARKS)).filter((item) => item !== '');
}

const WEB_LINK = /<(https?:[^<>|]*)\|([^<>]*)>/gi;

/**
 * Slack turns what looks like an address into a link, so the value is the label, as it was typed; if the field takes no such
 * value, it is the address. Empty: nothing is taken.
 */
function accept(field: Field, text: string): unknown[] {
  const byLabel = check(field, asTyped(text));
  return byLabel.length > 0 ? byLabel : check(field, unescape(text.replaceAll(WEB_LINK, '<$1>')));
}

function asTyped(text: string): string {
  return unescape(text.replaceAll(WEB_LINK, '$2')).trim();
}

/** What the field's schema makes of it. */
function check(field: Field, text: string): unknown[] {
  const { success, data } = field.schema.safeParse(toInput(field.input, text));
  if (!success) return [];
  return Array.isArray(data) ? data : [data];
}

function toInput(input: FieldInput, text: string): unknown {
  switch (input.kind) {
    case 'text':
      return text;
    case 'list':
      return [text];
    case 'choice':
      return input.options.find((option) => option.toLowerCase() === plainWord(text));
    case 'number':
      return Number(plainWord(text));
    case 'switch':
      return toSwitch(input.initially, plainWord(text));
    case 'secrets':
    case 'json':
      // Too secret or too long for a command: such a field has no flag.
      return undefined;
  }
}

/** The flag alone says yes. */
const YES_OR_NO = new Map([
  ...['', 'on', 'yes', 'true', '1', 'はい'].map((word) => [word, true] as const),
  ...['off', 'no', 'false', 'never', '0', 'いいえ'].map((word) => [word, false] as const),
]);

/** Yes flips the switch, no leaves it. */
function toSwitch(initially: boolean, word: string): boolean | undefined {
  const isFlipped = YES_OR_NO.get(word);
  return isFlipped === undefined ? undefined : isFlipped !== initially;
}

const SENTENCE_MARKS = '.,;:!?';
/** Before anything is decoded, `;` ends `&amp;`. */
const LIST_MARKS = '.:!?';

/** In lower case, without wide characters (`１０`) and the punctuation after it: `--mode fast, --acu 10.` */
function plainWord(typed: string): string {
  return withoutMarks(typed.normalize('NFKC').toLowerCase(), SENTENCE_MARKS);
}

function withoutMarks(text: string, marks: string): string {
  let end = text.length;
  while (end > 0 && marks.includes(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}
