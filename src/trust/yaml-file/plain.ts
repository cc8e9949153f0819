import {
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  Lexer,
  type Alias,
  type Document,
  type Node,
  type Scalar,
  type YAMLMap,
} from 'yaml';

export type Path = readonly PropertyKey[];

export type DocumentFault =
  | { kind: 'tooDeep' | 'tooMany' | 'alias' | 'tag' | 'key' | 'comment' }
  | { kind: 'repeatedKey'; key: string };

export type PlainDocument = {
  value: unknown;
  faults: { offset: number; fault: DocumentFault }[];
  /** Where in the file a value begins, in characters; of one that is not there, the nearest around it. */
  offsetOf: (path: Path) => number;
  /** Where its key begins. */
  keyOffsetOf: (path: Path) => number;
};

/** Of lists and keys. */
const MAX_DEPTH = 12;
/** With what aliases repeat. */
const MAX_NODES = 50_000;
/** Of marks in one line that begin a list, a key or a value; of spaces before a line. */
const MAX_MARKS = 20;
const MAX_INDENT = 100;
const MAX_TOKENS = 40_000;

/** `at`: an alias's place, for all that it stands for; null: each node's own. */
type Visit = { path: Path; at: number | null };

/** The values of a document with where they are: bounded, whatever its aliases repeat. */
export function toPlain(document: Document): PlainDocument {
  const values = new Map<string, number>();
  const keys = new Map<string, number>();
  const faults: PlainDocument['faults'] = [];
  let nodes = 0;

  function fail(offset: number, fault: DocumentFault): null {
    faults.push({ offset, fault });
    return null;
  }

  function visit(node: unknown, { path, at }: Visit): unknown {
    if (!isNode(node)) return null;
    const offset = at ?? startOf(node);
    values.set(keyOf(path), offset);
    nodes += 1;
    if (nodes > MAX_NODES) return nodes === MAX_NODES + 1 ? fail(offset, { kind: 'tooMany' }) : null;
    if (path.length > MAX_DEPTH) return fail(offset, { kind: 'tooDeep' });
    if (node.tag !== undefined) return fail(offset, { kind: 'tag' });
    if (isAlias(node)) return followed(node, { path, at: offset });
    if (isSeq(node)) return node.items.map((item, index) => visit(item, { path: [...path, index], at }));
    if (isMap(node)) return record(node, { path, at });
    if (!isScalar(node)) return null;
    return isCutOff(node, path) ? fail(offset, { kind: 'comment' }) : node.value;
  }

  function followed(alias: Alias, { path, at }: Visit): unknown {
    const target = alias.resolve(document);
    return target === undefined ? fail(at ?? 0, { kind: 'alias' }) : visit(target, { path, at });
  }

  function record(map: YAMLMap, { path, at }: Visit): Record<string, unknown> {
    const read = new Map<string, unknown>();
    for (const { key, value } of map.items) {
      const offset = at ?? (isNode(key) ? startOf(key) : startOf(map));
      const name = isScalar(key) ? key.value : null;
      if (typeof name !== 'string') {
        fail(offset, { kind: 'key' });
        continue;
      }
      if (read.has(name)) fail(offset, { kind: 'repeatedKey', key: name });
      const inner = [...path, name];
      keys.set(keyOf(inner), offset);
      read.set(name, visit(value, { path: inner, at }));
    }
    return Object.fromEntries(read);
  }

  const value = visit(document.contents, { path: [], at: null });
  return {
    value,
    faults,
    offsetOf: (path) => nearest(values, path),
    keyOffsetOf: (path) => keys.get(keyOf(path)) ?? nearest(values, path),
  };
}

/** Text of a key that goes on with a channel's name, which YAML takes for a comment: `say: Ask in #platform`. */
function isCutOff({ type, value, comment }: Scalar, path: Path): boolean {
  const isText = type === 'PLAIN' && typeof value === 'string' && typeof path.at(-1) === 'string';
  return isText && /^\S/.test(comment ?? '');
}

function startOf({ range }: Node): number {
  return range?.[0] ?? 0;
}

function keyOf(path: Path): string {
  return JSON.stringify(path.map(String));
}

function nearest(offsets: ReadonlyMap<string, number>, path: Path): number {
  const found = offsets.get(keyOf(path));
  if (found !== undefined || path.length === 0) return found ?? 0;
  return nearest(offsets, path.slice(0, -1));
}

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
