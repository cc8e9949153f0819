import type { Field } from '../../session/fields.ts';
import { choiceOf, flagNamed, isOwnValue, nearestFlag } from './option-names.ts';
import { blankEnd, DASHES, HYPHEN, match, readValue } from './tokens.ts';

export type FoundFlag = {
  /** null: no such flag. */
  field: Field | null;
  /** As typed, with its dashes. */
  typed: string;
  /** The same without them. */
  name: string;
  /** After the name, at a possible sign. */
  end: number;
};

const FLAG = new RegExp(`(${DASHES}|${HYPHEN})(\\p{L}[\\p{L}\\p{N}_-]*)`, 'uy');
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
 * The flag at the start of a word. A long dash before a word that isn't a flag is prose, and so is `--` without a
 * letter after it. Any dash before a mode is a slip, and so is one before what is close to a flag, with its value. One hyphen
 * is another program's, unless it's before a flag's own name: `webpack -mode production fails`, `git log -limit 5`.
 */
export function flagAt(text: string, at: number): FoundFlag | null {
  FLAG.lastIndex = at;
  const [head, dash, name] = FLAG.exec(text) ?? [];
  if (head === undefined || dash === undefined || name === undefined) return null;
  NAME_END.lastIndex = at + head.length;
  const isWhole = NAME_END.test(text);
  const known = isWhole ? flagNamed(name) : null;
  const end = isWhole ? NAME_END.lastIndex : at + head.length;
  const isHyphen = ONE_HYPHEN.test(dash);
  const isClear = known !== null && (!isHyphen || known.input.kind === 'switch');
  const mayBeMeant = known !== null || !isHyphen;
  const isSlip =
    isWhole && (isClear || choiceOf(name) !== null || (mayBeMeant && isMeant(text, { name, end })));
  if (!isSlip && dash !== '--' && dash !== '－－') return null;
  const field = isHyphen ? null : known;
  if (known?.input.kind !== 'switch' && match(NAMED, text, end) !== null) return null;
  return { field, typed: head, name, end };
}

const ONE_HYPHEN = new RegExp(`^${HYPHEN}$`);
const LONGEST_MEANT = 300;

/** Whether what follows is for the flag that a name is close to: only that takes it, or nothing comes after it. */
function isMeant(text: string, { name, end }: Pick<FoundFlag, 'name' | 'end'>): boolean {
  const nearest = nearestFlag(name);
  if (nearest === null) return false;
  const start = signEnd(text, end) ?? blankEnd(text, end);
  const near = text.slice(start, start + LONGEST_MEANT);
  const isSwitch = nearest.input.kind === 'switch';
  const value = isSwitch ? null : readValue(near, 0, nearest.input.kind === 'list');
  if (value !== null && isOwnValue(nearest, value.text)) return true;
  return match(/[^\S\n]*(?:\n|$)/y, near, value?.end ?? 0) !== null;
}
