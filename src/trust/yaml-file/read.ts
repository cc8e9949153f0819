import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { LineCounter, parseDocument, type Document } from 'yaml';
import type { z } from 'zod';
import type { Text } from '../../text/index.ts';
import { issueSentences } from './issues.ts';
import { excessIn, toPlain, type DocumentFault, type Path } from './plain.ts';

const MAX_BYTES = 256 * 1024;
/** More than anyone corrects at once. */
const MAX_PROBLEMS = 50;

/** What a file may contain. */
export type Format<T> = {
  schema: z.ZodType<T>;
  /** The keys that each part may have, by its place; `*` stands for any entry of a list. */
  keys: Readonly<Record<string, readonly string[]>>;
  /** Begins a sentence about all of it. */
  name: string;
  /** Sentences by the messages of the schema's own checks. */
  faults: Readonly<Record<string, unknown>>;
  /** What is wrong with what the schema takes. */
  conflicts?: (value: T) => { path: Path; sentence: string }[];
};

/** `problems`: `FILE:line:column: what`, a line each. `sha256`: of the file. */
export type YamlResult<T> = { ok: true; value: T; sha256: string } | { ok: false; problems: string[] };

type Problem = { offset: number; sentence: string };
type Reading<T> = { name: string; format: Format<T>; text: Text };

/** Never throws: a file that cannot be read is a problem of the file. */
export async function readYamlFile<T>(path: string, format: Format<T>, text: Text): Promise<YamlResult<T>> {
  const { faults } = text.policy;
  const failed = (sentence: string): YamlResult<T> => ({ ok: false, problems: [`${path}:1:1: ${sentence}`] });
  try {
    const { size } = await stat(path);
    if (size > MAX_BYTES) return failed(faults.tooLarge(MAX_BYTES));
    return parseYaml(await readFile(path, 'utf8'), { name: path, format, text });
  } catch (error) {
    return failed(faults.unreadable(codeOf(error)));
  }
}

export function parseYaml<T>(source: string, reading: Reading<T>): YamlResult<T> {
  const lines = new LineCounter();
  const read = readSource(source, lines, reading);
  if (!('problems' in read))
    return { ok: true, value: read.value, sha256: createHash('sha256').update(source).digest('hex') };
  const problems = read.problems
    .toSorted((a, b) => a.offset - b.offset)
    .slice(0, MAX_PROBLEMS)
    .map(({ offset, sentence }) => {
      const { line, col } = lines.linePos(offset);
      return `${reading.name}:${Math.max(line, 1)}:${Math.max(col, 1)}: ${sentence}`;
    });
  return { ok: false, problems };
}

type Read<T> = { value: T } | { problems: Problem[] };

function readSource<T>(source: string, lines: LineCounter, reading: Reading<T>): Read<T> {
  const { faults } = reading.text.policy;
  if (Buffer.byteLength(source) > MAX_BYTES)
    return { problems: [{ offset: 0, sentence: faults.tooLarge(MAX_BYTES) }] };
  const excess = excessIn(source);
  if (excess !== null) {
    countLines(source, lines);
    return { problems: [{ offset: excess.offset, sentence: faults[excess.kind] }] };
  }
  const document = parseDocument(source, {
    lineCounter: lines,
    // Both take time that grows with the square of the file.
    prettyErrors: false,
    uniqueKeys: false,
    // With `silent` a second document goes unnoticed.
    logLevel: 'error',
  });
  const wrong = syntaxProblems(document, reading.text);
  return wrong.length > 0 ? { problems: wrong } : checked(document, reading);
}

function checked<T>(document: Document, { format, text }: Reading<T>): Read<T> {
  const plain = toPlain(document);
  if (plain.faults.length > 0)
    return {
      problems: plain.faults.map(({ offset, fault }) => ({ offset, sentence: faultSentence(fault, text) })),
    };
  // An empty file asks for nothing.
  const parsed = format.schema.safeParse(document.contents === null ? {} : plain.value);
  if (!parsed.success)
    return {
      problems: parsed.error.issues.flatMap((issue) => issueSentences(issue, plain, { format, text })),
    };
  const problems = (format.conflicts?.(parsed.data) ?? []).map(({ path, sentence }) => ({
    offset: plain.offsetOf(path),
    sentence,
  }));
  return problems.length > 0 ? { problems } : { value: parsed.data };
}

function syntaxProblems({ errors, warnings }: Document, { policy: { faults } }: Text): Problem[] {
  const tags = warnings.map(({ pos: [offset] }) => ({ offset, sentence: faults.tag }));
  const others = errors.map(({ code, message, pos: [offset] }) => ({
    offset,
    sentence: code === 'MULTIPLE_DOCS' ? faults.documents : faults.syntax(`${message.split('\n')[0] ?? ''}.`),
  }));
  return [...others, ...tags];
}

function faultSentence(fault: DocumentFault, { policy: { faults } }: Text): string {
  return fault.kind === 'repeatedKey' ? faults.repeatedKey(fault.key) : faults[fault.kind];
}

function countLines(source: string, lines: LineCounter): void {
  lines.addNewLine(0);
  for (let at = source.indexOf('\n'); at !== -1; at = source.indexOf('\n', at + 1)) lines.addNewLine(at + 1);
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
