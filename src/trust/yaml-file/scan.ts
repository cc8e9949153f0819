import { Lexer } from 'yaml';

/** Of lists and keys in brackets; of marks in one line that begin a list, a key or a value; of spaces before a line. */
const MAX_DEPTH = 12;
const MAX_MARKS = 20;
const MAX_INDENT = 100;
const MAX_TOKENS = 40_000;

/** Tokens of the lexer that are not in the source: https://eemeli.org/yaml/#lexer */
const BEGINS_SCALAR = '\u001F';
const CONTROL = new Set(['\u0002', '\u0018', BEGINS_SCALAR]);

type Excess = { offset: number; kind: 'tooDeep' | 'tooMany' };

/**
 * What makes composing a document take time that grows with its square, or more than the stack holds; null: nothing.
 * The lexer alone is linear.
 */
export function excessIn(source: string): Excess | null {
  let [offset, count, depth, marks] = [0, 0, 0, 0];
  let [isScalar, isLineStart] = [false, true];
  for (const token of new Lexer().lex(source)) {
    count += 1;
    if (count > MAX_TOKENS) return { offset, kind: 'tooMany' };
    const isText = isScalar;
    isScalar = token === BEGINS_SCALAR;
    if (CONTROL.has(token)) continue;
    if (!isText && token.includes('\n')) marks = 0;
    if (!isText) depth += nesting(token);
    if (!isText && isMark(token, depth)) marks += 1;
    const isDeepLine =
      isLineStart && token.length > MAX_INDENT && token.trim() === '' && !token.includes('\n');
    if (depth > MAX_DEPTH || marks > MAX_MARKS || isDeepLine) return { offset, kind: 'tooDeep' };
    isLineStart = !isText && token.includes('\n');
    offset += token.length;
  }
  return null;
}

function nesting(token: string): number {
  if (token === '[' || token === '{') return 1;
  return token === ']' || token === '}' ? -1 : 0;
}

function isMark(token: string, depth: number): boolean {
  if (token === '-' || token === '?' || (token === ':' && depth === 0)) return true;
  return token.startsWith('&') || token.startsWith('!');
}
