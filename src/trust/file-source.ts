import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import {
  LineCounter,
  parseDocument,
  type Document,
  isMap,
  isNode,
  isScalar,
  visit,
  type YAMLMap,
} from 'yaml';
import type { z } from 'zod';
import type { Log } from '../log.ts';
import { MAPPING_KEYS, mappingSchema, type Mapping } from '../session/identity.ts';
import { POLICY_KEYS, policySchema, type Policy } from '../session/policy/schema.ts';
import { codeOf } from '../store/sql.ts';
import { type Text, issueWords } from '../text/index.ts';
import { OperatorError } from '../text/operator-error.ts';
import { repeat } from '../time.ts';

export type FileSource<T> = {
  /** What is in force. */
  current: () => T;
  /** Of the file in force; null: there is none. */
  sha256: () => string | null;
  /** Whether the current file is in force; null: there is no file. */
  isOk: () => boolean | null;
  /** What is wrong with the current file, a line each; empty if it is in force. */
  problems: () => readonly string[];
  /** Checks the file once. */
  look: () => Promise<void>;
  /** `onLoaded`: called now and after each change with the SHA-256 of the file in force; null: none. */
  start: (onLoaded: OnLoaded) => Promise<void>;
  stop: () => Promise<void>;
};

type OnLoaded = (sha256: string | null) => Promise<void>;

type FileFormat<T> = Format<T> & {
  /** The setting with its path. */
  variable: 'POLICY_FILE' | 'IDENTITY_FILE';
  /** Its name in the log. */
  name: string;
  /** What holds without a file. */
  empty: T;
};

export const POLICY_FILE: FileFormat<Policy> = {
  variable: 'POLICY_FILE',
  name: 'policy',
  empty: policySchema.parse({}),
  schema: policySchema,
  keys: POLICY_KEYS,
  faults: ({ policy }) => policy.faults,
};

export const IDENTITY_FILE: FileFormat<Mapping> = {
  variable: 'IDENTITY_FILE',
  name: 'identity',
  empty: mappingSchema.parse({}),
  schema: mappingSchema,
  keys: MAPPING_KEYS,
  faults: ({ mapping }) => mapping.faults,
};

/** A file that was changed within this time may be half written: a policy without its last rules allows more. */
const WRITTEN_MS = 50;

/** Never throws: if the file can't be read, that is one of its problems. */
export async function readYamlFile<T>(path: string, format: Format<T>, text: Text): Promise<YamlResult<T>> {
  const { faults } = text.policy;
  try {
    return parseYaml(await readFile(path, 'utf8'), { name: path, format, text });
  } catch (error) {
    return { ok: false, problems: [`${path}:1:1: ${faults.unreadable(codeOf(error) ?? String(error))}`] };
  }
}

/** Rejects if the file has errors: the app doesn't start without a file that it was given. */
export async function openFile<T>(
  file: string | null,
  format: FileFormat<T>,
  {
    everyMs,
    text,
    log,
  }: {
    /** Mounted files send no events when they change, so they are polled. */
    everyMs: number;
    text: Text;
    log: Log;
  },
): Promise<FileSource<T>> {
  if (file === null) return noFile(format.empty);
  const path = file;
  const { name } = format;
  const read = async () => readYamlFile(path, format, text);
  let seen = await markOf(path);
  const first = await read();
  if (!first.ok) {
    const lines = first.problems.map((problem) => `${format.variable} ${problem}`);
    throw new OperatorError('file', () => lines.join('\n'));
  }
  let { value, sha256 } = first;
  let problems: readonly string[] = [];
  let told: OnLoaded = async () => Promise.resolve();
  let life: { stop(): Promise<void> } | null = null;

  async function look(): Promise<void> {
    const mark = await markOf(path);
    if (mark === seen) return;
    const result = await read();
    await delay(WRITTEN_MS);
    if ((await markOf(path)) !== mark) return;
    if (!result.ok) {
      // Each error is logged once, not every few seconds.
      if (result.problems.join('\n') !== problems.join('\n'))
        log.error(
          { problems: result.problems },
          `the ${name} file has errors; the last valid one stays in force`,
        );
      ({ problems } = result);
    } else if (result.sha256 !== sha256 || problems.length > 0) {
      // What couldn't be recorded isn't in force, and is read again.
      if (result.sha256 !== sha256) await told(result.sha256);
      ({ value, sha256 } = result);
      problems = [];
      log.info({ sha256 }, `the ${name} file has changed; the new one is in force`);
    }
    seen = mark;
  }

  const lookSafely = async (): Promise<void> =>
    look().catch((error: unknown) =>
      log.warn({ err: error }, `a change of the ${name} file could not be recorded`),
    );

  return {
    current: () => value,
    sha256: () => sha256,
    isOk: () => problems.length === 0,
    problems: () => problems,
    look,
    start: async (onLoaded) => {
      told = onLoaded;
      await told(sha256);
      life ??= repeat(lookSafely, everyMs);
    },
    stop: async () => life?.stop(),
  };
}

function noFile<T>(empty: T): FileSource<T> {
  return {
    current: () => empty,
    sha256: () => null,
    isOk: () => null,
    problems: () => [],
    look: async () => Promise.resolve(),
    start: async (onLoaded) => onLoaded(null),
    stop: async () => Promise.resolve(),
  };
}

/** Another one once the file changes, or another file takes its name. */
async function markOf(path: string): Promise<string> {
  return stat(path, { bigint: true }).then(
    ({ ino, size, mtimeNs }) => [ino, size, mtimeNs].join(':'),
    (error: unknown) => String(error),
  );
}

const MAX_BYTES = 256 * 1024;
/** More than anyone corrects at once. */
const MAX_PROBLEMS = 50;

/** What a file may contain. */
export type Format<T> = {
  schema: z.ZodType<T>;
  /** The keys that each part may have, by its place; `*` means any entry of a list. */
  keys: Readonly<Record<string, readonly string[]>>;
  /** Sentences by the messages of the schema's own checks; `whole` begins one about all of it. */
  faults: (text: Text) => Readonly<Record<string, unknown>> & { whole: string };
};

/** `problems`: `FILE:line:column: what`, a line each. `sha256`: of the file. */
export type YamlResult<T> = { ok: true; value: T; sha256: string } | { ok: false; problems: string[] };

type FileProblem = { offset: number; sentence: string };
type ParseOptions<T> = { name: string; format: Format<T>; text: Text };

export function parseYaml<T>(source: string, reading: ParseOptions<T>): YamlResult<T> {
  const lineCounter = new LineCounter();
  const read = readSource(source, lineCounter, reading);
  if ('value' in read)
    return { ok: true, value: read.value, sha256: createHash('sha256').update(source).digest('hex') };
  const problems = read.problems
    .toSorted((a, b) => a.offset - b.offset)
    .slice(0, MAX_PROBLEMS)
    .map(({ offset, sentence }) => {
      const { line, col } = lineCounter.linePos(offset);
      return `${reading.name}:${Math.max(line, 1)}:${Math.max(col, 1)}: ${sentence}`;
    });
  return { ok: false, problems };
}

type ParsedFile<T> = { value: T } | { problems: FileProblem[] };

function readSource<T>(source: string, lineCounter: LineCounter, reading: ParseOptions<T>): ParsedFile<T> {
  const { faults } = reading.text.policy;
  const failed = (sentence: string): ParsedFile<T> => ({ problems: [{ offset: 0, sentence }] });
  // What a failed write leaves: a policy without its rules allows everything.
  if (source.trim() === '') return failed(faults.blank);
  if (Buffer.byteLength(source) > MAX_BYTES) return failed(faults.tooLarge(MAX_BYTES));
  const document = parseDocument(source, {
    lineCounter,
    // Both take time that grows with the square of the file.
    prettyErrors: false,
    uniqueKeys: false,
    // With `silent` a second document goes unnoticed.
    logLevel: 'error',
  });
  const wrong = syntaxProblems(document, reading.text);
  return wrong.length > 0 ? { problems: wrong } : checked(document, reading);
}

function checked<T>(document: Document, { format, text }: ParseOptions<T>): ParsedFile<T> {
  const { faults } = text.policy;
  const plain = toPlain(document);
  if (plain.faults.length > 0)
    return {
      problems: plain.faults.map(({ offset, repeated }) => ({
        offset,
        sentence: repeated === null ? faults.notPlain : faults.repeatedKey(repeated),
      })),
    };
  // A file with nothing but comments asks for nothing.
  const parsed = format.schema.safeParse(document.contents === null ? {} : plain.value, {
    reportInput: true,
  });
  if (!parsed.success)
    return {
      problems: parsed.error.issues
        .slice(0, MAX_PROBLEMS)
        .flatMap((issue) => issueSentences(issue, plain, { format, text })),
    };
  return { value: parsed.data };
}

function syntaxProblems({ errors, warnings }: Document, { policy: { faults } }: Text): FileProblem[] {
  const tags = warnings.map(({ pos: [offset] }) => ({ offset, sentence: faults.notPlain }));
  const others = errors.map(({ code, message, pos: [offset] }) => ({
    offset,
    sentence: code === 'MULTIPLE_DOCS' ? faults.notPlain : faults.syntax(`${message.split('\n')[0] ?? ''}.`),
  }));
  return [...others, ...tags];
}

/** What the schema found, each at its place in the file, as a sentence for the person who wrote it. */
function issueSentences(
  issue: z.core.$ZodIssue,
  plain: PlainDocument,
  { format, text }: { format: Pick<Format<unknown>, 'keys' | 'faults'>; text: Text },
): FileProblem[] {
  const { path } = issue;
  const { faults } = text.policy;
  if (issue.code === 'unrecognized_keys') {
    const place = path.map((part) => (typeof part === 'number' ? '*' : String(part))).join('.');
    const known = (format.keys[place] ?? []).join(', ');
    return issue.keys.slice(0, MAX_PROBLEMS).map((key) => ({
      offset: plain.keyOffsetOf([...path, key]),
      sentence: faults.unknownKey(key, known),
    }));
  }
  if (issue.input === undefined)
    return [{ offset: plain.offsetOf(path), sentence: faults.missing(String(path.at(-1))) }];
  const own = format.faults(text);
  const name = path.findLast((part) => typeof part === 'string');
  const reason = entryOf(own, issue.message) ?? issueWords(issue, text);
  const sentence = `${name === undefined ? own.whole : `${name} `}${reason}`;
  return [{ offset: plain.offsetOf(path), sentence }];
}

function entryOf(table: Readonly<Record<string, unknown>>, key: string): string | undefined {
  const entry = Object.hasOwn(table, key) ? table[key] : undefined;
  return typeof entry === 'string' ? entry : undefined;
}

type Path = readonly PropertyKey[];

type PlainDocument = {
  value: unknown;
  /** `repeated`: a key that appears twice; null: something that the format has no use for. */
  faults: { offset: number; repeated: string | null }[];
  /** Where in the file a value begins, in characters; of one that is not there, the nearest around it. */
  offsetOf: (path: Path) => number;
  /** Where its key begins. */
  keyOffsetOf: (path: Path) => number;
};

/** The values of a document with where they are. Nothing can be repeated by an alias, so the file's size bounds them. */
function toPlain(document: Document): PlainDocument {
  const faults: PlainDocument['faults'] = [];
  const fail = (node: unknown, repeated: string | null = null): void =>
    void faults.push({ offset: startOf(node), repeated });
  visit(document, {
    Alias: (_key, node) => fail(node),
    Value: (key, node) => {
      // Plain text that goes on with a channel would end before it: YAML takes `#platform` for a comment.
      const isText =
        key === 'value' && isScalar(node) && node.type === 'PLAIN' && typeof node.value === 'string';
      if (node.tag !== undefined || (isText && /^\S/.test(node.comment ?? ''))) fail(node);
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

function startOf(node: unknown): number {
  return isNode(node) ? (node.range?.[0] ?? 0) : 0;
}
