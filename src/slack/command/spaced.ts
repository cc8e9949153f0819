import type { Field } from '../../session/fields.ts';
import { namesRepository } from '../../session/repository.ts';
import { unescape } from '../blocks/text.ts';
import { blankEnd, proseEnd, type Value } from './tokens.ts';

type Given = {
  /** Where its flag starts. */
  flagAt: number;
  value: Value;
  /** Whether another flag or mode word starts here. */
  isFlag: (at: number) => boolean;
};
type Meant = { text: string; end: number };

/**
 * A value that was probably meant to go on after a space: `--repo a/b c/d`, `fix it --title The login test`. null: it
 * ends where it ends.
 */
export function meantValue(text: string, { input, isText }: Field, given: Given): Meant | null {
  if (input.kind === 'list' && input.lookup === 'repositories') return moreRepositories(text, given);
  // Before the task, nobody can tell where a title would end.
  const isAfterTask = text.slice(0, given.flagAt).trim() !== '';
  return input.kind === 'text' && isText && isAfterTask ? restOfLine(text, given) : null;
}

const AND = /^(?:and|&amp;|&|,|と|、)$/i;

function moreRepositories(text: string, { value }: Given): Meant | null {
  const found = [value.text];
  let { end } = value;
  for (let next = wordAfter(text, end); next !== null;) {
    const word = AND.test(next.text) ? wordAfter(text, next.end) : next;
    if (word === null || !isRepository(word.text)) break;
    found.push(word.text);
    ({ end } = word);
    next = wordAfter(text, end);
  }
  return found.length === 1 ? null : { text: found.join(','), end };
}

function isRepository(typed: string): boolean {
  return namesRepository(unescape(typed.replace(/^<([^<>|]*)[^<>]*>$/, '$1')));
}

/** null: the line ends. */
function wordAfter(text: string, at: number): Meant | null {
  const start = blankEnd(text, at);
  const end = proseEnd(text, start);
  return start === at || end === start ? null : { text: text.slice(start, end), end };
}

/** A title has fewer words. */
const LONG_TITLE = 10;

function restOfLine(text: string, { value, isFlag }: Given): Meant | null {
  if (value.quoted) return null;
  const words = [value.text];
  let { end } = value;
  for (let next = wordAfter(text, end); next !== null; next = wordAfter(text, end)) {
    if (isFlag(next.end - next.text.length)) break;
    if (words.push(next.text) === LONG_TITLE) return null;
    ({ end } = next);
  }
  return words.length === 1 ? null : { text: words.join(' '), end };
}
