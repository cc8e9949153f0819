import { editDistance, haveSameLetters } from '../../session/edit-distance.ts';
import { fields, type Field, type FieldInput } from '../../session/fields.ts';
import type { AskedFirst } from '../../session/intent.ts';
import { unescape } from '../blocks/text.ts';
import { namesOf } from './flag-names.ts';
import { scan } from './flags.ts';
import { CODE, DASHES } from './tokens.ts';
import { readValues } from './values.ts';

/** Options in plain words, as they would be typed: `--acu 5`. */
type LooseOption = {
  typed: string;
  /** It is all that was typed. */
  isAlone: boolean;
};

const oneOf = (words: readonly string[]): string => `(?:${words.join('|')})`;

const SETS = oneOf('please set use change switch me my the a default defaults max maximum to'.split(' '));
const SETTING = `(?:${SETS} +){1,5}`;
/** `リポジトリは acme/web` has a word for it. */
const SIGN = ' *[:=：＝は] *';
const IS = `(?:${SIGN}| +(?:(?:to|is|of) +)?)`;
const END = '[.!]?$';
const NUMBER = String.raw`(?<value>\d+)`;
const ANY = String.raw`(?<value>"[^"]+"|\S+?)`;
const REPOSITORY = String.raw`(?:<https?:[^<>]+>|(?:https?:\/\/)?[\w.-]+(?:\/[\w.-]+)+)`;
const REPOSITORIES = `(?<value>${REPOSITORY}(?:, *${REPOSITORY})*)`;
/** Not within a word. */
const START = String.raw`(?<![\w.-])`;
/** `in repo acme/web` is plain English, which Devin reads. */
const NOT_AFTER = String.raw`(?<!\s|\b${oneOf('a all an and at by each for from in into of on our same that the this to with'.split(' '))})`;

/** Each finds the value in its group; `setting`: without one, as in `set the default repo`. */
type Patterns = { field: Field; flag: string; alone: RegExp[]; beside: RegExp[]; setting: RegExp };

const PATTERNS = fields.flatMap(({ flag, ...field }): Patterns[] =>
  flag === null
    ? []
    : [
        {
          field: { flag, ...field },
          flag,
          alone: aloneOf(flag, field.input).map(find),
          beside: besideOf(flag, field.input).map(find),
          setting: find(`^(?=.*\\b(?:set|change|switch|defaults?) )${SETTING}${nameOf(flag)}${END}`),
        },
      ],
);

function find(pattern: string): RegExp {
  return new RegExp(pattern, 'iu');
}

function nameOf(flag: string): string {
  return oneOf(namesOf(flag).map((name) => name.replaceAll('-', '[ -]')));
}

/** For a text that is nothing else. */
function aloneOf(flag: string, input: FieldInput): string[] {
  const name = nameOf(flag);
  const named = (value: string): string => `^(?:${SETTING})?${name}${IS}${value}${END}`;
  switch (input.kind) {
    case 'number':
      return [named(NUMBER), `^(?:${SETTING})?${NUMBER} *${name}${END}`];
    case 'choice': {
      const value = optionOf(input);
      return [named(value), `^(?:${SETTING}${value}|(?:${SETTING})?${value} +${name})${END}`];
    }
    case 'text':
      // `change title to Home` is a task.
      return [input.lookup === undefined ? `^${name}${IS}${ANY}${END}` : named(ANY)];
    case 'list':
      return [named(ANY)];
    default:
      return [];
  }
}

function optionOf({ options }: { options: readonly string[] }): string {
  return `(?<value>${oneOf(options)})`;
}

/** For a task. `-r a/b` and `fix it--repo a/b` are slips. */
function besideOf(flag: string, input: FieldInput): string[] {
  const own = flag.slice(2);
  const slip = (value: string): string =>
    `(?:(?<!\\S)-${own.charAt(0)}|(?<=[\\p{L}\\p{N}])${DASHES}${own})(?: +|=)${value}(?!\\S)`;
  switch (input.kind) {
    case 'number': {
      const named = `${START}${own}s?(?:${SIGN}| +)${NUMBER}\\b`;
      return [named, `${START}${NUMBER} *${own}s?\\b`, slip(NUMBER)];
    }
    case 'choice': {
      const value = optionOf(input);
      const named = [`^${own}${IS}${value}\\b`, `${START}${nameOf(flag)}${SIGN}${value}\\b`];
      return [
        ...named,
        `(?:(?:^|[,;:.、。\n]) *|\\b(?:in|with|using|use|and) +)${value} +${own}\\b`,
        slip(value),
      ];
    }
    case 'list':
      return input.lookup === 'repositories' ? [...repositoriesBeside(flag), slip(REPOSITORIES)] : [];
    default:
      return [];
  }
}

/** `repo: a/b` anywhere; without a sign, where a sentence begins or at the end. */
function repositoriesBeside(flag: string): string[] {
  const named = `${nameOf(flag)} +${REPOSITORIES}`;
  return [
    `${START}(?<!\\p{L})${nameOf(flag)}${SIGN}${REPOSITORIES}`,
    `(?:^|[,;.\n]) *${named}`,
    `${NOT_AFTER} +${named}${END}`,
  ];
}

/** An option is a few words. */
const LONGEST_ALONE = 200;
/** Only the start of a long task is read. */
const LONGEST_BESIDE = 4000;

/** `set acu 5`, `repo: acme/web`, `fast mode`; and beside a task, where such words set nothing. */
export function looseOption(task: string, isGiven: (field: Field) => boolean): LooseOption | null {
  const text = task.slice(0, LONGEST_BESIDE).replaceAll(CODE, ' ').trim();
  const typed = ({ field, flag }: Patterns, patterns: readonly RegExp[]): string[] => {
    const value = validValue(field, valueIn(text, patterns));
    return value === null ? [] : [`${flag} ${value}`];
  };
  const isShort = task.length <= LONGEST_ALONE;
  const [alone] = isShort ? PATTERNS.flatMap((one) => typed(one, one.alone)) : [];
  if (alone !== undefined) return { typed: alone, isAlone: true };
  if (PATTERNS.some(({ setting }) => setting.test(text))) return { typed: '', isAlone: true };
  const beside = PATTERNS.filter(({ field }) => !isGiven(field)).flatMap((one) => {
    const found = typed(one, one.beside);
    return found.length === 0 ? mistypedBang(one, text) : found;
  });
  return beside.length === 0 ? null : { typed: beside.join(' '), isAlone: false };
}

/** The options behind a dash in the middle of a task: `fix it -- it fails on CI --acu 5`. null: something else, or none. */
export function optionAfterDash(rest: string): AskedFirst['hint'] {
  const { given, flags } = scan(rest);
  const areOptions = given.every(({ kind }) => kind === 'value') && readValues(given).problems.length === 0;
  return flags.length > 0 && areOptions ? { kind: 'option', typed: flags.map(unescape).join(' ') } : null;
}

const BANG = /(?<!\S)[!！](?<word>\p{L}{3,12})(?=[\s.,:;]|$)/gu;

/** `!fastt` for `!fast`. If one letter is replaced by another, it's another word: `!line`. */
function mistypedBang({ field: { input }, flag }: Patterns, text: string): string[] {
  if (input.kind !== 'choice') return [];
  const said = [...text.matchAll(BANG)].map(({ groups }) => groups?.['word']?.toLowerCase() ?? '');
  const isSlip = (word: string, option: string): boolean =>
    editDistance(word, option) === 1 && (word.length !== option.length || haveSameLetters(word, option));
  const meant = input.options.find((option) => said.some((word) => isSlip(word, option)));
  return meant === undefined ? [] : [`${flag} ${meant}`];
}

function valueIn(text: string, patterns: readonly RegExp[]): string | null {
  const [value] = patterns.flatMap((pattern) => pattern.exec(text)?.groups?.['value'] ?? []);
  return value ?? null;
}

/** As it would be typed after a flag; null: the flag wouldn't take it. */
function validValue(field: Field, quoted: string | null): string | null {
  if (quoted === null) return null;
  const text = quoted.replace(/^"(.*)"$/, '$1');
  if (readValues([{ kind: 'value', field, text }]).problems.length > 0) return null;
  const typed = unescape(text.replaceAll(LINK, '$1'));
  return /\s/.test(typed) ? `"${typed}"` : typed;
}

const LINK = /<([^<>|]*)[^<>]*>/g;

/** What Devin's own Slack app understands, and this one doesn't. https://docs.devin.ai/integrations/slack */
const DEVIN_WORD = /(?<!\S)!(?:ask|channel|dana|data|deep|discovery|swe)(?=[\s.,:;]|$)/i;
const WINDOWS = /(?<!\S)!windows(?=[\s.,:;]|$)/i;

export function devinWord(task: string): AskedFirst['hint'] {
  const text = task.slice(0, LONGEST_BESIDE).replaceAll(CODE, ' ');
  const typed = DEVIN_WORD.exec(text)?.[0] ?? null;
  if (typed !== null) return { kind: 'devin-word', typed };
  return WINDOWS.test(text) ? { kind: 'option', typed: '--platform windows' } : null;
}
