import { editDistance } from '../../session/edit-distance.ts';
import { fields, type Field, type FieldInput } from '../../session/fields.ts';
import { unescape } from '../blocks/text.ts';
import { choiceOf, namesOf } from './option-names.ts';
import { CODE, DASHES, proseEnd, spaceEnd } from './tokens.ts';
import { readValues } from './values.ts';

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
const CLAUSE = String.raw`(?:^|[,;:.、。\n]|\s[-—–]+(?=\s)) *`;

/** What limits a session: `budget: 10`, `max 10`. If the task goes on, it limits something else: `limit: 10 requests`. */
const SPEND = String.raw`(?:(?:do not|don['’]?t|never) )?spend (?:at most|up to|no more than|more than)`;
const MOST = `(?:max(?:imum)? )?(?:cap(?:ped)?|limit|max(?:imum)?|budget(?: of)?|上限|最大|予算)(?:(?: it)? at)?`;
/** `a memory limit: 10` is about a program. After Japanese, a space begins another clause. */
const BEFORE_CAP = String.raw`(?:(?:^|[,;.、。\n(]|\s[-—–]+(?=\s)) *|\bit |\bwith an? |[^ -~] )`;
const CAP = `(?:${SPEND}|${MOST})(?:${SIGN}| *)${NUMBER}`;
const CLAUSE_END = String.raw`(?=(?: credits?)? *(?:[)\],;:.!、。](?!\d)|\n|$|で|まで|以内|に(?:して|設定)))`;
/** Beside another number, a cap is probably one of the task's: `a slider, min 0, max 100`. */
const NO_NUMBER = String.raw`(?:\D|(?<=[\w#/.-])\d)*`;
const CAPS = [
  `^${NO_NUMBER}${BEFORE_CAP}${CAP}${CLAUSE_END}${NO_NUMBER}$`,
  // `max 10 fix it`
  String.raw`^${CAP}(?= +\p{L}+ (?:the|it|this|that|my|our)\b)`,
];

const NAMED = fields.flatMap(({ flag, ...field }): Named[] => {
  if (flag === null) return [];
  const beside = besideOf(flag, field.input).map((pattern) => new RegExp(pattern, 'iu'));
  const names = [...namesOf(flag), ...(field.input.kind === 'number' ? ['max', 'maximum', '最大'] : [])];
  return [{ field: { flag, ...field }, flag, names, beside }];
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
    return [
      `(?<![\\w.-])${own}s?(?: *(?:${MOST}))?(?:${IS})?${NUMBER}\\b`,
      `(?<![\\w.-])${NUMBER} *${own}s?\\b`,
      ...CAPS,
    ];
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
  'please set use go change switch me my the a to is of default defaults に設定 に設定して に変更 に変更して にして を は'.split(
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
    const isSaid = isNamed && (isBeside || /^(?:to|is|of|は|を)$/i.test(typed[at - 1] ?? ''));
    const isChoice = typed.length > 1 && choiceOf(value)?.field.key === field.key;
    const isVerb = at === 0 && /^[a-z]+$/i.test(value) && !isChoice;
    // `change title to Home` and `rotate secret` are tasks.
    const isTask = isVerb || (field.isText && (typed.length > 2 || at === 0));
    const found = isTask || !(isSaid || isChoice) ? null : valueFor(field, value);
    if (found !== null) return `${flag} ${found}`;
  }
  return null;
}

/** `タイトルを変更して` names no value. */
const SIGNED = /(?<=^|\s)([\p{L}-]+)(?:[:=](?=[^:=])|[はを](?=[!-~]))/giu;
/** `上限20に設定`, `fastに変更` */
const BETWEEN_SCRIPTS = /(?<=[^ -~])(?=\d)|(?<=\d)(?=[^ -~])|(?<=[a-z])(?=に)/giu;

/** Quotes and Slack's tokens are one word; a sign after a name is none. */
function wordsIn(task: string): string[] {
  const text = task
    .normalize('NFKC')
    .replaceAll(SIGNED, '$1 ')
    .replaceAll(BETWEEN_SCRIPTS, ' ')
    .replace(/[.!。]$/, '');
  const words: string[] = [];
  for (let at = spaceEnd(text, 0); at < text.length;) {
    const end = proseEnd(text, at);
    words.push(text.slice(at, end));
    at = spaceEnd(text, end);
  }
  return words;
}
