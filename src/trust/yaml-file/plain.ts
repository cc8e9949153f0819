import { isMap, isNode, isScalar, visit, type Document, type Scalar, type YAMLMap } from 'yaml';

export type Path = readonly PropertyKey[];

export type PlainDocument = {
  value: unknown;
  /** `repeated`: a key that appears twice; null: something that the format has no use for. */
  faults: { offset: number; repeated: string | null }[];
  /** Where in the file a value begins, in characters; of one that is not there, the nearest around it. */
  offsetOf: (path: Path) => number;
  /** Where its key begins. */
  keyOffsetOf: (path: Path) => number;
};

/** The values of a document with where they are. Nothing can be repeated by an alias, so the file's size bounds them. */
export function toPlain(document: Document): PlainDocument {
  const faults: PlainDocument['faults'] = [];
  const fail = (node: unknown, repeated: string | null = null): void =>
    void faults.push({ offset: startOf(node), repeated });
  visit(document, {
    Alias: (_key, node) => fail(node),
    Value: (key, node) => {
      if (node.tag !== undefined || (isScalar(node) && key === 'value' && isCutOff(node))) fail(node);
      const wrong = isMap(node) ? wrongKeys(node) : [];
      for (const { at, repeated } of wrong) fail(at, repeated);
      return wrong.length > 0 ? visit.SKIP : undefined;
    },
  });
  const offsetOf = (path: Path): number => {
    const node = path.length === 0 ? document.contents : document.getIn(path, true);
    return isNode(node) || path.length === 0 ? startOf(node) : offsetOf(path.slice(0, -1));
  };
  return {
    value: faults.length > 0 ? null : document.toJS(),
    faults,
    offsetOf,
    keyOffsetOf: (path) => {
      const map = document.getIn(path.slice(0, -1), true);
      const pair = isMap(map)
        ? map.items.find(({ key }) => isScalar(key) && key.value === path.at(-1))
        : null;
      return isNode(pair?.key) ? startOf(pair.key) : offsetOf(path);
    },
  };
}

function wrongKeys({ items }: YAMLMap): { at: unknown; repeated: string | null }[] {
  const seen = new Set<string>();
  return items.flatMap(({ key: at }): { at: unknown; repeated: string | null }[] => {
    const key = isScalar(at) ? at.value : null;
    if (typeof key !== 'string') return [{ at, repeated: null }];
    if (seen.has(key)) return [{ at, repeated: key }];
    seen.add(key);
    return [];
  });
}

/** Text with a channel's name, which YAML takes for a comment: `say: Ask in #platform`. */
function isCutOff({ type, value, comment }: Scalar): boolean {
  return type === 'PLAIN' && typeof value === 'string' && /^\S/.test(comment ?? '');
}

function startOf(node: unknown): number {
  return isNode(node) ? (node.range?.[0] ?? 0) : 0;
}
