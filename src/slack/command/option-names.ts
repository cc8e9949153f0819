import { editDistance } from '../../session/edit-distance.ts';
import { fields, type Field } from '../../session/fields.ts';
import { readValues } from './values.ts';

/** Fields that a command can set, by their flag's name in lower case: phones capitalize. */
const byName = new Map(
  fields.flatMap((field) =>
    field.flag === null ? [] : [[field.flag.slice(2).toLowerCase(), field] as const],
  ),
);

/** People's other words for a flag. */
const OTHER_NAMES: Readonly<Record<string, readonly string[]>> = {
  acu: ['acus', 'acu-cap', 'acu-limit', 'cap', 'limit', 'budget', '上限', '予算'],
  mode: ['モード'],
  repo: ['repos', 'repository', 'repositories', 'リポジトリ', 'レポジトリ'],
  tag: ['tags', 'タグ'],
  title: ['タイトル'],
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
  const exact = byAnyName.get(name);
  if (exact !== undefined) return exact;
  const most = (known: string): number => Math.max(name.length, known.length) / 3;
  const [nearest] = [...byAnyName]
    .filter(([known]) => isAbbreviation(name, known) || Math.abs(name.length - known.length) <= most(known))
    .map(([known, field]) => ({
      field,
      edits: isAbbreviation(name, known) ? 0 : editDistance(name, known),
      known,
    }))
    .filter(({ edits, known }) => edits <= most(known))
    .toSorted((a, b) => a.edits - b.edits);
  return nearest?.field ?? null;
}

/** Whether this is a value of the field, which doesn't take any word: `10` for a cap, `a/b` for a repository. */
export function isOwnValue(field: Field, typed: string): boolean {
  const takes = (text: string): boolean => readValues([{ kind: 'value', field, text }]).problems.length === 0;
  return takes(typed) && !takes('word');
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
