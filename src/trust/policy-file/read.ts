import { readFile, stat } from 'node:fs/promises';
import { LineCounter, parseDocument } from 'yaml';
import type { Document } from 'yaml';
import { policySchema } from '../../session/policy/index.ts';
import type { Policy } from '../../session/policy/index.ts';
import type { Text } from '../../text/index.ts';
import { issueSentences } from './issues.ts';
import { toPlain } from './plain.ts';
import type { DocumentFault } from './plain.ts';
import { excessIn } from './scan.ts';

const MAX_BYTES = 256 * 1024;
/** More than anyone corrects at once. */
const MAX_PROBLEMS = 50;

/** `problems`: `FILE:line:column: what`, a line each. */
export type PolicyResult = { ok: true; policy: Policy } | { ok: false; problems: string[] };

type Problem = { offset: number; sentence: string };

/** Never throws: a file that cannot be read is a problem of the file. */
export async function readPolicyFile(path: string, text: Text): Promise<PolicyResult> {
  const { faults } = text.policy;
  const failed = (sentence: string): PolicyResult => ({ ok: false, problems: [`${path}:1:1: ${sentence}`] });
  try {
    const { size } = await stat(path);
    if (size > MAX_BYTES) return failed(faults.tooLarge(MAX_BYTES));
    return parsePolicy(await readFile(path, 'utf8'), { name: path, text });
  } catch (error) {
    return failed(faults.unreadable(codeOf(error)));
  }
}

export function parsePolicy(source: string, { name, text }: { name: string; text: Text }): PolicyResult {
  const lines = new LineCounter();
  const read = readSource(source, lines, text);
  if (!('problems' in read)) return { ok: true, policy: read.policy };
  const problems = read.problems
    .toSorted((a, b) => a.offset - b.offset)
    .slice(0, MAX_PROBLEMS)
    .map(({ offset, sentence }) => {
      const { line, col } = lines.linePos(offset);
      return `${name}:${Math.max(line, 1)}:${Math.max(col, 1)}: ${sentence}`;
    });
  return { ok: false, problems };
}

function readSource(
  source: string,
  lines: LineCounter,
  text: Text,
): { policy: Policy } | { problems: Problem[] } {
  const { faults } = text.policy;
  const excess = Buffer.byteLength(source) > MAX_BYTES ? null : excessIn(source);
  if (excess !== null) {
    countLines(source, lines);
    return { problems: [{ offset: excess.offset, sentence: faults[excess.kind] }] };
  }
  if (Buffer.byteLength(source) > MAX_BYTES)
    return { problems: [{ offset: 0, sentence: faults.tooLarge(MAX_BYTES) }] };
  const document = parseDocument(source, {
    lineCounter: lines,
    // Both take time that grows with the square of the file.
    prettyErrors: false,
    uniqueKeys: false,
    logLevel: 'error',
  });
  const wrong = syntaxProblems(document, text);
  if (wrong.length > 0) return { problems: wrong };
  return checked(document, text);
}

function checked(document: Document, text: Text): { policy: Policy } | { problems: Problem[] } {
  const plain = toPlain(document);
  if (plain.faults.length > 0)
    return {
      problems: plain.faults.map(({ offset, fault }) => ({ offset, sentence: faultSentence(fault, text) })),
    };
  // An empty file asks for nothing.
  const parsed = policySchema.safeParse(document.contents === null ? {} : plain.value);
  if (parsed.success) return { policy: parsed.data };
  return { problems: parsed.error.issues.flatMap((issue) => issueSentences(issue, plain, text)) };
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
