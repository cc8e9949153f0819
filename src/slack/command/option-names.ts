import { editDistance } from '../../session/edit-distance.ts';
import { fields, type Field, type FieldInput } from '../../session/fields.ts';
import { unescape } from '../blocks/text.ts';
import { CODE, DASHES, proseEnd, spaceEnd } from './tokens.ts';
import { readValues } from './values.ts';

/** Fields that a command can set, by their flag's name in lower case: phones capitalize. */
const byName = new Map(
  fields.flatMap((field) =>
    field.flag === null ? [] : [[field.flag.slice(2).toLowerCase(), field] as const],
  ),
);

/** People's other words for a flag. */
const OTHER_NAMES: Readonly<Record<string, readonly string[]>> = {
  acu: ['acus', 'acu-cap', 'acu-limit', 'cap', 'limit', 'budget', '上限'],
  mode: ['モード'],
  repo: ['repos', 'repository', 'repositories', 'リポジトリ', 'レポジトリ'],
  tag: ['tags'],
};

/** Each name of a flag, without its dashes. */
export function namesOf(flag: string): string[] {
  const name = flag.slice(2);
  return [name, ...(OTHER_NAMES[name] ?? [])];
}

/** Also by people's other words, and by their names in Devin's API with `-` for `_`: `--max-acu-limit`. */
const byAnyName = new Map(
  [...byName.values()].flatMap((field) =>
    [field.key.replaceAll('_', '-'), ...namesOf(field.flag ?? '')].map((name) => [name, field] as const),
  ),
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
export function choiceOf(word: string): { field: Field; option: string } | null {
  return byOption.get(plain(word)) ?? null;
}

/** Without its dashes. */
export function flagNamed(name: string): Field | null {
  return byName.get(plain(name)) ?? null;
}

/** Japanese keyboards write wide letters, too. */
function plain(name: string): string {
  return name.normalize('NFKC').toLowerCase();
}

const LONGEST_SLIP = 40;

/** The flag that was probably meant, without its dashes; null: none is close. */
export function nearestFlag(typed: string): Field | null {
  if (typed.length > LONGEST_SLIP) return null;
  const name = plain(typed).replaceAll('_', '-');
  const [nearest] = [...byAnyName]
    .map(([known, field]) => ({
      field,
      edits: isAbbreviation(name, known) ? 0 : editDistance(name, known),
      known,
    }))
    .filter(({ edits, known }) => edits <= Math.max(name.length, known.length) / 3)
    .toSorted((a, b) => a.edits - b.edits);
  return byAnyName.get(name) ?? nearest?.field ?? null;
}

/** An option whose value isn't apart from its name: `--acu10`, `--modefast`. */
export function gluedOption(word: string): { nearest: Field; text: string } | null {
  if (word.length > LONGEST_SLIP) return null;
  const said = plain(word).replace(/^[^\p{L}]+/u, '');
  for (const [name, nearest] of byName) {
    const text = said.startsWith(name) ? said.slice(name.length) : '';
    const isValue = nearest.input.kind === 'number' ? /^\d+$/.test(text) : choiceOf(text)?.field === nearest;
    if (isValue) return { nearest, text };
  }
  return null;
}

/** `--schema` for `--schema-optional`, `--repository` for `--repo`. */
function isAbbreviation(a: string, b: string): boolean {
  return Math.min(a.length, b.length) >= 3 && (a.startsWith(b) || b.startsWith(a));
}

type Named = { field: Field; flag: string; names: readonly string[]; beside: readonly RegExp[] };

const oneOf = (words: readonly string[]): string => `(?:${words.join('|')})`;

/** `リポジトリは acme/web` has a word for it. */
const SIGN = ' *[:=：＝は] *';
const IS = `(?:${SIGN}| +)`;
const NUMBER = String.raw`(?<value>\d+)`;
const REPOSITORY = String.raw`(?:<https?:[^<>]+>|(?:https?:\/\/)?[\w.-]+(?:\/[\w.-]+)+)`;
const REPOSITORIES = `(?<value>${REPOSITORY}(?:, *${REPOSITORY})*)`;
/** Not within a word. */
const START = String.raw`(?<![\p{L}\w.-])`;
const CLAUSE = String.raw`(?:^|[,;:.、。\n]) *`;

const NAMED = fields.flatMap(({ flag, ...field }): Named[] => {
  if (flag === null) return [];
  const beside = besideOf(flag, field.input).map((pattern) => new RegExp(pattern, 'iu'));
  return [{ field: { flag, ...field }, flag, names: namesOf(flag), beside }];
});

/** How an option is said beside a task. `in repo acme/web` is plain English, which Devin reads. */
function besideOf(flag: string, input: FieldInput): string[] {
  const own = flag.slice(2);
  const name = oneOf(namesOf(flag).map((one) => one.replaceAll('-', '[ -]')));
  const named = (value: string): string[] => [
    `${START}${name}${SIGN}${value}`,
    `${CLAUSE}${name}${IS}${value}`,
  ];
  if (input.kind === 'number')
    return [`(?<![\\w.-])${own}s?(?:${IS})?${NUMBER}\\b`, `(?<![\\w.-])${NUMBER} *${own}s?\\b`];
  if (input.kind === 'choice') {
    const value = `(?<value>${oneOf(input.options)})\\b`;
    return [
      ...named(value),
      `(?:${CLAUSE}|\\b(?:in|with|using|use|and) +)${value} +${own}\\b`,
      `${START}${value} *モード`,
    ];
  }
  return input.kind === 'list' && input.lookup === 'repositories' ? named(REPOSITORIES) : [];
}

/** Only the start of a long task is read. */
const LONGEST_BESIDE = 4000;

/** Those in the words of a task: `acu 10 fix it`, `fix it, mode: fast`; '': none. */
export function optionsBeside(task: string, isGiven: (field: Field) => boolean): string {
  const text = task.slice(0, LONGEST_BESIDE).replaceAll(CODE, '`').normalize('NFKC').trim();
  const slips = [...slipsIn(text), ...bangsIn(text)];
  return NAMED.filter(({ field }) => !isGiven(field))
    .flatMap(({ field, flag, beside }) => {
      const said = beside.flatMap((pattern) => pattern.exec(text)?.groups?.['value'] ?? []);
      const slipped = slips.flatMap(({ name, value }) =>
        name === flag || name === flag.slice(1, 3) ? [value] : [],
      );
      const [value] = [...said, ...slipped].flatMap((one) => valueFor(field, one) ?? []);
      return value === undefined ? [] : [`${flag} ${value}`];
    })
    .join(' ');
}

type Slip = { name: string; value: string };

const SLIP = new RegExp(
  `(?:(?<!\\S)(?<letter>-[amr])|(?<=[^\\s"'“‘「])${DASHES}(?<name>[a-z]+))(?: +|=)(?<value>\\S+)`,
  'giu',
);

/** `fix it -r a/b`, `fix it--repo a/b`, `fix it (--repo a/b)` */
function slipsIn(text: string): Slip[] {
  return [...text.matchAll(SLIP)].map(({ groups }) => ({
    name: groups?.['letter'] ?? `--${groups?.['name']}`,
    value: groups?.['value']?.replace(/[\])}*_.,;:!?]+$/, '') ?? '',
  }));
}

/** After Japanese, there is no space. */
const BANG = /(?<=^|\s|(?<glued>[^!-~]))[!！](?<word>\p{L}{3,12})(?=[\s.,:;]|$)/giu;

function bangsIn(text: string): Slip[] {
  return [...text.matchAll(BANG)].flatMap(({ groups }) => {
    const word = groups?.['word']?.toLowerCase() ?? '';
    if (word === 'windows') return [{ name: '--platform', value: word }];
    return NAMED.flatMap(({ flag, field: { input } }) =>
      input.kind === 'choice'
        ? input.options
            .filter((option) => editDistance(word, option) === 1 || (word === option && groups?.['glued']))
            .map((value) => ({ name: flag, value }))
        : [],
    );
  });
}

/** As it would be typed after a flag; null: the flag wouldn't take it. */
function valueFor(field: Field, typed: string): string | null {
  const text = typed.replace(/^"(.*)"$/, '$1');
  if (readValues([{ kind: 'value', field, text }]).problems.length > 0) return null;
  const value = unescape(text.replaceAll(LINK, '$1')).replace(/[.,;!?]+$/, '');
  return /\s/.test(value) ? `"${value}"` : value;
}

const LINK = /<([^<>|]*)[^<>]*>/g;

/** What Devin's own Slack app understands, and this one doesn't. https://docs.devin.ai/integrations/slack */
const DEVIN_WORD = /(?<!\S)!(?:ask|channel|dana|data|deep|discovery|swe)(?=[\s.,:;]|$)/i;

export function devinWord(task: string): string | null {
  return DEVIN_WORD.exec(task.slice(0, LONGEST_BESIDE).replaceAll(CODE, ' '))?.[0] ?? null;
}

/** An option is a few words. */
const LONGEST_ALONE = 200;
/** They say that something is set, but not what. */
const SETTING = new Set(
  'please set use go change switch me my the a max maximum to is of default defaults に設定 に設定して に変更 に変更して にして を は'.split(
    ' ',
  ),
);
const CHANGING = /\b(?:set|change|switch|defaults?)\b/i;

/** The option that is all of a text: `set the ACU cap to 5`, `fast mode`; '': only its name, as in `change the mode`; null: none. */
export function onlyOption(task: string): string | null {
  if (task.length > LONGEST_ALONE) return null;
  const typed = wordsIn(task);
  const words = typed.filter((word) => !SETTING.has(word.toLowerCase()));
  for (const { field, flag, names } of NAMED) {
    const isName = (word: string): boolean => names.includes(word.toLowerCase());
    const [value, ...others] = words.filter((word) => !isName(word));
    const isNamed = words.some(isName);
    if (value === undefined && isNamed && CHANGING.test(task)) return '';
    if (value === undefined || others.length > 0) continue;
    const at = typed.indexOf(value);
    const isBeside = [typed[at - 1], typed[at + 1]].some((word = '') => isName(word));
    const isSaid = isNamed && (isBeside || /^(?:to|is|of)$/i.test(typed[at - 1] ?? ''));
    const isChoice = typed.length > 1 && choiceOf(value)?.field.key === field.key;
    const isVerb = at === 0 && /^[a-z]+$/i.test(value) && !isChoice;
    // `change title to Home` and `rotate secret` are tasks.
    const isTask = isVerb || (field.isText && (typed.length > 2 || at === 0));
    const found = isTask || !(isSaid || isChoice) ? null : valueFor(field, value);
    if (found !== null) return `${flag} ${found}`;
  }
  return null;
}

const SIGNED = /(?<=^|\s)([\p{L}-]+)[:=：＝は](?=[^:=])/giu;

/** Quotes and Slack's tokens are one word; a sign after a name is none. */
function wordsIn(task: string): string[] {
  const text = task.replaceAll(SIGNED, '$1 ').replace(/[.!]$/, '');
  const words: string[] = [];
  for (let at = spaceEnd(text, 0); at < text.length;) {
    const end = proseEnd(text, at);
    words.push(text.slice(at, end));
    at = spaceEnd(text, end);
  }
  return words;
}
