import type { z } from 'zod';
import type { Text } from '../../text/index.ts';
import type { Path, PlainDocument } from './plain.ts';

type Issue = z.core.$ZodIssue;
type Sentence = { offset: number; sentence: string };
/** The part of a format that the sentences need. */
type Words = {
  format: {
    keys: Readonly<Record<string, readonly string[]>>;
    name: string;
    faults: Readonly<Record<string, unknown>>;
  };
  text: Text;
};

/** What the schema found, each at its place in the file, as a sentence for the person who wrote it. */
export function issueSentences(issue: Issue, plain: PlainDocument, words: Words): Sentence[] {
  const { path } = issue;
  const { format, text } = words;
  const { faults } = text.policy;
  if (issue.code === 'unrecognized_keys') {
    const known = (format.keys[placeOf(path)] ?? []).join(', ');
    return issue.keys.map((key) => ({
      offset: plain.keyOffsetOf([...path, key]),
      sentence: faults.unknownKey(key, known),
    }));
  }
  if (isMissing(plain.value, path))
    return [{ offset: plain.offsetOf(path), sentence: faults.missing(String(path.at(-1))) }];
  return [{ offset: plain.offsetOf(path), sentence: `${label(path, format.name)}${reason(issue, words)}` }];
}

function reason(issue: Issue, { format, text }: Words): string {
  const { faults } = text.policy;
  switch (issue.code) {
    case 'invalid_type':
      return entryOf(faults.type, issue.expected) ?? faults.wrong;
    case 'invalid_value':
      return faults.values(issue.values.map(String).join(faults.or));
    case 'too_small':
      return issue.origin === 'string' || issue.origin === 'array'
        ? faults.empty
        : faults.atLeast(String(issue.minimum));
    case 'too_big':
      return tooBig(issue.origin, String(issue.maximum), faults);
    default:
      return entryOf(format.faults, issue.message) ?? faults.wrong;
  }
}

function tooBig(origin: string, most: string, faults: Text['policy']['faults']): string {
  if (origin === 'string') return faults.tooLong(most);
  return origin === 'array' ? faults.tooManyEntries(most) : faults.atMost(most);
}

function entryOf(table: Readonly<Record<string, unknown>>, key: string): string | undefined {
  const entry = Object.hasOwn(table, key) ? table[key] : undefined;
  return typeof entry === 'string' ? entry : undefined;
}

function isMissing(value: unknown, path: Path): boolean {
  const [last] = path.slice(-1);
  let inner = value;
  for (const part of path.slice(0, -1)) inner = childOf(inner, part);
  return (
    typeof last === 'string' && typeof inner === 'object' && inner !== null && !Object.hasOwn(inner, last)
  );
}

function childOf(value: unknown, part: PropertyKey): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return new Map<PropertyKey, unknown>(Object.entries(value)).get(String(part));
}

function placeOf(path: Path): string {
  return path.map((part) => (typeof part === 'number' ? '*' : String(part))).join('.');
}

/** Before its sentence, which goes on from it. */
function label(path: Path, whole: string): string {
  const name = path.findLast((part) => typeof part === 'string');
  return name === undefined ? `${whole} ` : `${name} `;
}
