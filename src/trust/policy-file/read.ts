import { readFile, stat } from 'node:fs/promises';
import { LineCounter, parseDocument } from 'yaml';
import type { Document } from 'yaml';
import { policySchema, unenforced } from '../../session/policy/index.ts';
import type { Policy } from '../../session/policy/index.ts';
import type { Text } from '../../text/index.ts';
import { issueSentences } from './issues.ts';
import { toPlain } from './plain.ts';
import type { DocumentFault, PlainDocument } from './plain.ts';
import { excessIn } from './scan.ts';

const MAX_BYTES = 256 * 1024;
/** More than anyone corrects at once. */
const MAX_PROBLEMS = 50;

/** `problems`: `FILE:line:column: what`, a line each. */
export type PolicyResult = { ok: true; policy: Policy } | { ok: false; problems: string[] };

type Problem = { offset: number; sentence: string };

/** `toEnforce`: what this version cannot do is a problem, too. */
type Reading = { name: string; text: Text; toEnforce: boolean };

/** Never throws: a file that cannot be read is a problem of the file. */
export async function readPolicyFile(path: string, reading: Omit<Reading, 'name'>): Promise<PolicyResult> {
  const { faults } = reading.text.policy;
  const failed = (sentence: string): PolicyResult => ({ ok: false, problems: [`${path}:1:1: ${sentence}`] });
  try {
    const { size } = await stat(path);
    if (size > MAX_BYTES) return failed(faults.tooLarge(MAX_BYTES));
    return parsePolicy(await readFile(path, 'utf8'), { ...reading, name: path });
  } catch (error) {
    return failed(faults.unreadable(codeOf(error)));
  }
}

export function parsePolicy(source: string, reading: Reading): PolicyResult {
  const lines = new LineCounter();
  const read = readSource(source, lines, reading);
  if (!('problems' in read)) return { ok: true, policy: read.policy };
  const problems = read.problems
    .toSorted((a, b) => a.offset - b.offset)
    .slice(0, MAX_PROBLEMS)
    .map(({ offset, sentence }) => {
      const { line, col } = lines.linePos(offset);
      return `${reading.name}:${Math.max(line, 1)}:${Math.max(col, 1)}: ${sentence}`;
    });
  return { ok: false, problems };
}

type Read = { policy: Policy } | { problems: Problem[] };

function readSource(source: string, lines: LineCounter, reading: Reading): Read {
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

function checked(document: Document, { text, toEnforce }: Reading): Read {
  const plain = toPlain(document);
  if (plain.faults.length > 0)
    return {
      problems: plain.faults.map(({ offset, fault }) => ({ offset, sentence: faultSentence(fault, text) })),
    };
  // An empty file asks for nothing.
  const parsed = policySchema.safeParse(document.contents === null ? {} : plain.value);
  if (!parsed.success)
    return { problems: parsed.error.issues.flatMap((issue) => issueSentences(issue, plain, text)) };
  const problems = toEnforce ? unenforcedProblems(parsed.data, plain, text) : [];
  return problems.length > 0 ? { problems } : { policy: parsed.data };
}

function unenforcedProblems(policy: Policy, plain: PlainDocument, text: Text): Problem[] {
  return unenforced(policy).map(({ path, what }) => ({
    offset: plain.offsetOf(path),
    sentence: text.policy.faults.unenforced[what],
  }));
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
