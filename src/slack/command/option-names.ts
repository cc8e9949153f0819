import { editDistance } from '../../session/edit-distance.ts';
import { fields, type Field } from '../../session/fields.ts';
import { CODE, DASHES, HYPHEN, match } from './tokens.ts';
import { readValues } from './values.ts';

/** Fields that a command can set, by their flag's name in lower case: phones capitalize. */
const byName = new Map(
  fields.flatMap((field) => (field.flag === null ? [] : [[field.flag.slice(2), field] as const])),
);

/** People's other words for a flag. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  acus: 'acu',
  cap: 'acu',
  limit: 'acu',
  budget: 'acu',
  'max-acu': 'acu',
  'max-acu-limit': 'acu',
  'devin-mode': 'mode',
  repository: 'repo',
};

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
export function choiceOf(word: string): { field: Field; option: string } | null {
  return byOption.get(plain(word)) ?? null;
}

/** Japanese keyboards write wide letters, too. */
function plain(name: string): string {
  return name.normalize('NFKC').toLowerCase();
}

const LONGEST_SLIP = 40;

/** The flag that was probably meant, without its dashes: another word for it, or one slip away. */
function nearestFlag(typed: string): Field | null {
  if (typed.length > LONGEST_SLIP) return null;
  const name = plain(typed).replaceAll('_', '-');
  const other = byName.get(OTHER_NAMES[name] ?? name);
  return other ?? [...byName].find(([known]) => editDistance(name, known) <= 1)?.[1] ?? null;
}

export type FoundFlag = {
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
/** `document the --title option` names a flag. */
const NAMED =
  /[^\S\n]+(?:(?:argument|flag|option|parameter)s?(?![\p{L}\p{N}])|(?:オプション|フラグ)[がはもをに])/uy;

/** After the sign at `at`; null: there is none. */
export function signEnd(text: string, at: number): number | null {
  return match(SIGN, text, at);
}

/**
 * The flag at the start of a word. Phones make a dash of two hyphens: before a word that isn't close to a flag, it is prose.
 * One hyphen is another program's: before a flag's own name, two were probably meant.
 */
export function flagAt(text: string, at: number): FoundFlag | null {
  FLAG.lastIndex = at;
  const [head, dash, name] = FLAG.exec(text) ?? [];
  if (head === undefined || dash === undefined || name === undefined) return null;
  NAME_END.lastIndex = at + head.length;
  const isWhole = NAME_END.test(text);
  const end = isWhole ? NAME_END.lastIndex : at + head.length;
  const known = isWhole ? (byName.get(plain(name)) ?? null) : null;
  if (known?.input.kind !== 'switch' && match(NAMED, text, end) !== null) return null;
  if (ONE_HYPHEN.test(dash)) return known && { field: null, nearest: known, isClear: false, end };
  const nearest = known ?? (isWhole ? (choiceOf(name)?.field ?? nearestFlag(name)) : null);
  const isClear = dash === '--' || dash === '－－';
  return isClear || nearest !== null ? { field: known, nearest, isClear, end } : null;
}

const REPOSITORY = String.raw`(?:<https?:[^<>]+>|[\w.-]+(?:\/[\w.-]+)+)`;
const SIGNS = '\\s*[:=：＝は]\\s*';

/** How an option is said beside a task. `in repo acme/web` is plain English, which Devin reads. */
const SAID = [...byName].map(([name, { input, flag }]) => {
  const start = String.raw`(?<![\p{L}\p{N}.-])${name}`;
  const wordsFor = (value: string): string[] => [`${start}(?:${SIGNS}|\\s+)${value}`];
  const inWords = {
    number: [...wordsFor('(\\d+)'), `${start}(\\d+)`, `(?<![\\w.-])(\\d+)\\s*${name}s?(?![a-z\\d])`],
    choice: input.kind === 'choice' ? wordsFor(`(${input.options.join('|')})\\b`) : [],
    list: 'lookup' in input && input.lookup === 'repositories' ? [`${start}${SIGNS}(${REPOSITORY})`] : [],
    text: [],
    switch: [],
    secrets: [],
    json: [],
  }[input.kind];
  const asFlag = inWords.length === 0 ? [] : [`${DASHES}${name}(?:${SIGNS}|\\s+)([^\\s)\\]}*]+)`];
  return { flag, patterns: [...inWords, ...asFlag].map((pattern) => new RegExp(pattern, 'iu')) };
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
export function takes(field: Field | undefined, text: string | null): boolean {
  return field !== undefined && readValues([{ kind: 'value', field, text }]).problems.length === 0;
}
