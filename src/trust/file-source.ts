import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { LineCounter, parseDocument, type Document, isMap, isNode, isScalar, visit } from 'yaml';
import type { z } from 'zod';
import type { Log } from '../log.ts';
import { mappingSchema, type Mapping } from '../session/identity.ts';
import { policySchema, type Policy } from '../session/policy/schema.ts';
import { codeOf } from '../store/sql.ts';
import { type Text, issueWords } from '../text/index.ts';
import { OperatorError } from '../text/operator-error.ts';
import { type Interval, repeat } from '../time.ts';

export type FileSource<T> = {
  /** What is in force. */
  current: () => T;
  /** Of the file in force; null: there is none. */
  sha256: () => string | null;
  /** What is wrong with the current file, a line each; empty if it is in force. */
  problems: () => readonly string[];
  /** Checks the file once. */
  look: () => Promise<void>;
  /** `onLoaded`: called now and after each change with the SHA-256 of the file in force; null: none. */
  start: (onLoaded: (sha256: string | null) => Promise<void>) => Promise<Interval>;
};

/** What a file may contain. */
export type Format<T> = {
  /** The setting with its path. */
  variable: 'POLICY_FILE' | 'IDENTITY_FILE';
  /** Its name in the log. */
  name: string;
  schema: z.ZodType<T>;
  /** Sentences by the messages of the schema's own checks; `whole` begins one about all of it. */
  faults: (text: Text) => Readonly<Record<string, unknown>> & { whole: string };
};

export const POLICY_FILE: Format<Policy> = {
  variable: 'POLICY_FILE',
  name: 'policy',
  schema: policySchema,
  faults: ({ policy }) => policy.faults,
};

export const IDENTITY_FILE: Format<Mapping> = {
  variable: 'IDENTITY_FILE',
  name: 'identity',
  schema: mappingSchema,
  faults: ({ mapping }) => mapping.faults,
};

/** Never throws: if the file can't be read, that is one of its problems. */
export async function readYamlFile<T>(name: string, format: Format<T>, text: Text): Promise<YamlResult<T>> {
  return parseYaml(await readSource(name), { name, format, text });
}

/** An error if it can't be read. */
async function readSource(path: string): Promise<Source> {
  return readFile(path, 'utf8').catch((error: unknown) => ({ unreadable: codeOf(error) ?? String(error) }));
}

/** Rejects if the file has errors: the app doesn't start without a file that it was given. */
export async function openFile<T>(
  path: string | null,
  format: Format<T>,
  c: {
    /** Mounted files send no events when they change, so they are read again. */
    everyMs: number;
    text: Text;
    log: Log;
  },
): Promise<FileSource<T>> {
  const { name, variable, schema } = format;
  const read = async () => (path === null ? null : readSource(path));
  const parsed = (source: Source | null): YamlResult<T> =>
    source === null || path === null
      ? { ok: true, value: schema.parse({}), sha256: null }
      : parseYaml(source, { name: path, format, text: c.text });
  let seen = await read();
  let handled = seen;
  const first = parsed(seen);
  if (!first.ok) {
    const lines = first.problems.map((problem) => `${variable} ${problem}`);
    throw new OperatorError('file', () => lines.join('\n'));
  }
  let { value, sha256 } = first;
  let problems: readonly string[] = [];
  let told = async (_sha256: string | null): Promise<void> => Promise.resolve();

  async function look(): Promise<void> {
    const source = await read();
    // Until two looks find the same, it may be half written: a policy without its last rules allows more.
    const isSettled = isDeepStrictEqual(source, seen);
    seen = source;
    if (!isSettled || isDeepStrictEqual(source, handled)) return;
    const result = parsed(source);
    if (result.ok) {
      // What couldn't be recorded isn't in force, and is read again.
      await told(result.sha256);
      ({ value, sha256 } = result);
      problems = [];
      c.log.info({ sha256 }, `the ${name} file has changed; the new one is in force`);
    } else {
      ({ problems } = result);
      c.log.error({ problems }, `the ${name} file has errors; the last valid one stays in force`);
    }
    handled = source;
  }

  const lookSafely = async (): Promise<void> =>
    look().catch((error: unknown) =>
      c.log.warn({ err: error }, `a change of the ${name} file could not be recorded`),
    );

  return {
    current: () => value,
    sha256: () => sha256,
    problems: () => problems,
    look,
    start: async (onLoaded) => {
      told = onLoaded;
      await told(sha256);
      return repeat(lookSafely, c.everyMs);
    },
  };
}

const MAX_BYTES = 256 * 1024;
/** More than anyone corrects at once. */
const MAX_PROBLEMS = 50;

/** The text of a file. */
type Source = string | { unreadable: string };
/** `problems`: `FILE:line:column: what`, a line each. `sha256`: of the file; null: there is none. */
type YamlResult<T> = { ok: true; value: T; sha256: string | null } | { ok: false; problems: string[] };
type FileProblem = { offset: number; sentence: string };

export function parseYaml<T>(
  source: Source,
  { name, format, text }: { name: string; format: Format<T>; text: Text },
): YamlResult<T> {
  const { faults } = text.policy;
  const lines = new LineCounter();
  const refused = (problems: readonly FileProblem[]): YamlResult<T> => ({
    ok: false,
    problems: problems
      .toSorted((a, b) => a.offset - b.offset)
      .slice(0, MAX_PROBLEMS)
      .map(({ offset, sentence }) => {
        const { line, col } = lines.linePos(offset);
        return `${name}:${Math.max(line, 1)}:${Math.max(col, 1)}: ${sentence}`;
      }),
  });
  const refusedWhole = (sentence: string): YamlResult<T> => refused([{ offset: 0, sentence }]);
  if (typeof source !== 'string') return refusedWhole(faults.unreadable(source.unreadable));
  // What a failed write leaves: a policy without its rules allows everything.
  if (source.trim() === '') return refusedWhole(faults.blank);
  if (Buffer.byteLength(source) > MAX_BYTES) return refusedWhole(faults.tooLarge(MAX_BYTES));
  const document = parseDocument(source, {
    lineCounter: lines,
    // Both take time that grows with the square of the file.
    prettyErrors: false,
    uniqueKeys: false,
    // With `silent` a second document goes unnoticed.
    logLevel: 'error',
  });
  const invalid = syntaxProblems(document, text);
  if (invalid.length > 0) return refused(invalid);
  const notPlain = plainProblems(document, text);
  if (notPlain.length > 0) return refused(notPlain);
  // A file with nothing but comments asks for nothing.
  const read = format.schema.safeParse(document.toJS() ?? {}, { reportInput: true });
  if (read.success)
    return { ok: true, value: read.data, sha256: createHash('sha256').update(source).digest('hex') };
  const issues = read.error.issues.slice(0, MAX_PROBLEMS);
  return refused(issues.flatMap((issue) => issueProblems(issue, document, { format, text })));
}

/** Also tags that YAML doesn't know, and a second document. */
function syntaxProblems({ errors, warnings }: Document, { policy: { faults } }: Text): FileProblem[] {
  return [...errors, ...warnings].map(({ message, pos: [offset] }) => ({
    offset,
    sentence: faults.syntax(`${message.split('\n', 1).join('')}.`),
  }));
}

/** Aliases, which could make more of a file than its size, keys that appear twice or are no words, and text that is cut off. */
function plainProblems(document: Document, { policy: { faults } }: Text): FileProblem[] {
  const found: FileProblem[] = [];
  const fail = (node: unknown, sentence: string): void =>
    void found.push({ offset: startOf(node), sentence });
  visit(document, {
    Alias: (_key, node) => fail(node, faults.notPlain),
    Scalar: (key, node) => {
      // Plain text that goes on with a channel would end before it: YAML takes `#platform` for a comment.
      const isText = key === 'value' && node.type === 'PLAIN' && typeof node.value === 'string';
      if (isText && /^\S/.test(node.comment ?? '')) fail(node, faults.notPlain);
    },
    Map: (_key, { items }) => {
      const seen = new Set<unknown>();
      for (const { key } of items) {
        const name = isScalar(key) ? key.value : null;
        if (typeof name !== 'string') fail(key, faults.notPlain);
        else if (seen.has(name)) fail(key, faults.repeatedKey(name));
        seen.add(name);
      }
    },
  });
  return found;
}

/** What the schema found, each at its place in the file, as a sentence for the person who wrote it. */
function issueProblems(
  issue: z.core.$ZodIssue,
  document: Document,
  { format, text }: { format: Pick<Format<unknown>, 'faults'>; text: Text },
): FileProblem[] {
  const { path } = issue;
  const { faults } = text.policy;
  if (issue.code === 'unrecognized_keys') {
    const part = document.getIn(path, true);
    return issue.keys.slice(0, MAX_PROBLEMS).map((key) => ({
      offset: startOf(
        isMap(part) && part.items.find((one) => isScalar(one.key) && one.key.value === key)?.key,
      ),
      sentence: faults.unknownKey(key),
    }));
  }
  const offset = offsetOf(document, path);
  if (issue.input === undefined) return [{ offset, sentence: faults.missing(String(path.at(-1))) }];
  const own = format.faults(text);
  const name = path.findLast((part) => typeof part === 'string');
  const reason = Object.entries(own).find(([key]) => key === issue.message)?.[1];
  const words = typeof reason === 'string' ? reason : issueWords(issue, text);
  return [{ offset, sentence: `${name === undefined ? own.whole : `${name} `}${words}` }];
}

/** Where a value begins; of one that is not there, the nearest around it. */
function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  const node = document.getIn(path, true);
  return isNode(node) || path.length === 0 ? startOf(node) : offsetOf(document, path.slice(0, -1));
}

function startOf(node: unknown): number {
  return isNode(node) ? (node.range?.[0] ?? 0) : 0;
}
