import { fields, type Field, type FieldInput } from '../../session/fields.ts';
import type { AskedFirst } from '../../session/intent.ts';
import { unescape } from '../blocks/text.ts';
import { readValues } from './values.ts';

/** An option in plain words, as it would be typed: `--acu 5`. */
type LooseOption = {
  typed: string;
  /** It is all that was typed. */
  isAlone: boolean;
};

const oneOf = (words: readonly string[]): string => `(?:${words.join('|')})`;

const SETS = oneOf('please set use change switch me my the a default defaults max maximum to'.split(' '));
const SETTING = `(?:${SETS} +){1,5}`;
const IS = '(?: *[:=] *| +(?:(?:to|is|of) +)?)';
const END = '[.!]?$';

/** People's other words for an option. */
const ALSO: Readonly<Record<string, readonly string[]>> = {
  '--acu': ['acus', '(?:acu )?cap', '(?:acu )?limit'],
  '--repo': ['repos', 'repository', 'repositories'],
  '--tag': ['tags'],
};

/** Each finds the value in its group; `setting`: without one, as in `set the default repo`. */
type Patterns = { field: Field; flag: string; alone: RegExp[]; beside: RegExp[]; setting: RegExp };

const PATTERNS = fields.flatMap(({ flag, ...field }): Patterns[] =>
  flag === null
    ? []
    : [{ field: { flag, ...field }, flag, setting: settingOf(flag), ...patternsOf(flag, field.input) }],
);

function settingOf(flag: string): RegExp {
  return new RegExp(`^(?=.*\\b(?:set|change|switch|defaults?) )${SETTING}${nameOf(flag)}${END}`, 'i');
}

function nameOf(flag: string): string {
  return oneOf([flag.slice(2), ...(ALSO[flag] ?? [])]);
}

function patternsOf(flag: string, input: FieldInput): Pick<Patterns, 'alone' | 'beside'> {
  const own = flag.slice(2);
  const name = nameOf(flag);
  const named = (value: string): string => `^(?:${SETTING})?${name}${IS}(?<value>${value})${END}`;
  const find = (pattern: string): RegExp => new RegExp(pattern, 'i');
  switch (input.kind) {
    case 'number': {
      const value = '(?<value>\\d+)';
      return {
        alone: [find(named('\\d+')), find(`^(?:${SETTING})?${value} *${name}${END}`)],
        beside: [
          find(`(?<![\\w.-])${own}s?(?: *[:=] *| +)${value}\\b`),
          find(`(?<![\\w.-])${value} *${own}s?\\b`),
        ],
      };
    }
    case 'choice': {
      const value = `(?<value>${oneOf(input.options)})`;
      return {
        alone: [
          find(named(oneOf(input.options))),
          find(`^(?:${SETTING}${value}|(?:${SETTING})?${value} +${name})${END}`),
        ],
        beside: [
          find(`^${own}${IS}${value}\\b`),
          find(`(?:^|\\b(?:in|with|using|use) +)${value} +${own}\\b`),
        ],
      };
    }
    case 'text':
    case 'list':
      return { alone: [find(named('"[^"]+"|\\S+?'))], beside: [] };
    default:
      return { alone: [], beside: [] };
  }
}

/** An option is a few words. */
const LONGEST_ALONE = 200;
/** Only the start of a long task is read. */
const LONGEST_BESIDE = 4000;

/** `set acu 5`, `repo: acme/web`, `fast mode`; and beside a task, where such words set nothing. */
export function looseOption(task: string, isGiven: (field: Field) => boolean): LooseOption | null {
  const text = task.slice(0, LONGEST_BESIDE).replaceAll(CODE, ' ').trim();
  for (const { field, flag, alone, beside, setting } of PATTERNS) {
    const aloneValue = task.length > LONGEST_ALONE ? null : validValue(field, valueIn(text, alone));
    if (aloneValue !== null) return { typed: `${flag} ${aloneValue}`, isAlone: true };
    if (setting.test(text)) return { typed: '', isAlone: true };
    const besideValue = isGiven(field) ? null : validValue(field, valueIn(text, beside));
    if (besideValue !== null) return { typed: `${flag} ${besideValue}`, isAlone: false };
  }
  return null;
}

const CODE = /```[^]*?```|`[^`\n]*`/g;

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
