import {
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
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
export const MAX_DEPTH = 12;
/** With what aliases repeat. */
const MAX_NODES = 50_000;

/** `at`: the place that is given for all that an alias repeats, in characters; null: each node has its own. */
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

/** Text with a channel's name, which YAML takes for a comment: `say: Ask in #platform`. */
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
