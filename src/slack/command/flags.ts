import { fields } from '../../session/fields.ts';
import type { Field } from '../../session/fields.ts';
import { edits } from './edits.ts';

/** Fields that a command can set, by their flag's name in lower case: phones capitalise. */
const byName = new Map(
  fields.flatMap((field) =>
    field.flag === null ? [] : [[field.flag.slice(2).toLowerCase(), field] as const],
  ),
);

/** Devin's own words for modes (`!fast`): each option of each choice. https://docs.devin.ai/integrations/slack */
const byBang = new Map(
  fields.flatMap((field) =>
    field.input.kind === 'choice' ? field.input.options.map((word) => [word, field] as const) : [],
  ),
);

export const bangWords: readonly string[] = [...byBang.keys()].map((word) => `!${word}`);

export type FoundFlag = {
  /** null: there is no such flag. */
  field: Field | null;
  /** As typed, with its dashes. */
  typed: string;
  /** Behind the name, where `=` may stand. */
  end: number;
};

/** macOS and iOS make one dash of two. */
const FLAG = /(--|[—–])(\p{L}[\p{L}\p{N}_-]*)/uy;
/** After the name: the value, white space, the end, or a sentence's own mark. */
const NAME_END = /(?==)|[.,;:!?]*(?=\s|$)/y;

/** The flag at the start of a word. A long dash before a word that is no flag is prose, as is `--` before no letter. */
export function flagAt(text: string, at: number): FoundFlag | null {
  FLAG.lastIndex = at;
  const [head, dash, name] = FLAG.exec(text) ?? [];
  if (head === undefined || name === undefined) return null;
  NAME_END.lastIndex = at + head.length;
  const isWhole = NAME_END.test(text);
  const field = isWhole ? (byName.get(name.toLowerCase()) ?? null) : null;
  if (field === null && dash !== '--') return null;
  const end = isWhole ? NAME_END.lastIndex : at + head.length;
  return { field, typed: head, end };
}

export type FoundBang = { field: Field; value: string; end: number };

const BANG = /!(\p{L}+)[.,;:!?]*(?=[\s)\]]|$)/uy;

/** A mode's word at the start of a word; a mark of the sentence right behind goes with it. */
export function bangAt(text: string, at: number): FoundBang | null {
  BANG.lastIndex = at;
  const value = BANG.exec(text)?.[1]?.toLowerCase();
  const field = value === undefined ? undefined : byBang.get(value);
  return value === undefined || field === undefined ? null : { field, value, end: BANG.lastIndex };
}

/** The flag that was probably meant, if one is near. */
export function nearestField(typed: string): Field | null {
  const name = typed.replace(/^[-—–]+/, '').toLowerCase();
  const [nearest] = [...byName]
    .map(([known, field]) => ({ field, edits: isAbbreviation(name, known) ? 0 : edits(name, known), known }))
    .filter(({ edits, known }) => edits <= Math.max(name.length, known.length) / 3)
    .toSorted((a, b) => a.edits - b.edits);
  return nearest?.field ?? null;
}

/** `--schema` for `--schema-optional`, `--repository` for `--repo`. */
function isAbbreviation(a: string, b: string): boolean {
  return Math.min(a.length, b.length) >= 3 && (a.startsWith(b) || b.startsWith(a));
}
