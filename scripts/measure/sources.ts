import { globSync, readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { SyntaxKind, type Node, type SourceFile } from 'typescript/unstable/ast';
import {
  isBinaryExpression,
  isCaseClause,
  isCatchClause,
  isConditionalExpression,
  isDoStatement,
  isExportDeclaration,
  isForInStatement,
  isForOfStatement,
  isForStatement,
  isIfStatement,
  isImportDeclaration,
  isInterfaceDeclaration,
  isStringLiteral,
  isTypeAliasDeclaration,
  isTypeLiteralNode,
  isWhileStatement,
} from 'typescript/unstable/ast/is';
import { API } from 'typescript/unstable/sync';
import { JOB_NAMES } from '../../src/queue/payloads.ts';
import { en } from '../../src/text/en.ts';
import { floorsOf } from './floors.ts';

/** What can be counted without running the app; each figure's name is what the table shows. */
export function measureSources(): Record<string, number> {
  const sources = parseSources();
  const src = sources.map(({ text }) => text);
  const types = sources.flatMap(typesIn);
  const imports = new Map(sources.map((source) => [source.fileName, importsOf(source)]));
  const importers = Map.groupBy([...imports.values()].flat(), (file) => file);
  const { floors, arrowsBack } = floorsOf(imports, resolve('src'));
  return {
    'src: lines': linesOf(src),
    'src: lines neither blank nor comment': sum(src.map(countCode)),
    'src: decision points': sum(sources.map((source) => nodesIn(source).filter(isDecision).length)),
    'src: files': sources.length,
    'src: files with one importer': [...importers.values()].filter(({ length }) => length === 1).length,
    'src: named types': types.length,
    'src: type names defined twice': repeated(types),
    'src: tables': sum(sources.map(countTables)),
    'src: kinds of job': JOB_NAMES.length,
    'src: texts in each language': countTexts(en),
    'src: floors of the import graph': floors,
    'src: arrows that run back': arrowsBack,
    'test: lines': linesOf(read('test/**/*.ts')),
    'sandbox: lines': linesOf(read('sandbox/**/*.ts')),
    'README: bytes': statSync('README.md').size,
    'SECURITY: bytes': statSync('SECURITY.md').size,
  };
}

const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);
const read = (glob: string): string[] => globSync(glob).map((path) => readFileSync(path, 'utf8'));
const linesOf = (files: readonly string[]): number => sum(files.map((text) => text.split('\n').length - 1));

function countCode(text: string): number {
  const isComment = /^\s*(?:\/\/|\/\*|\*)/;
  return text.split('\n').filter((line) => line.trim() !== '' && !isComment.test(line)).length;
}

function parseSources(): SourceFile[] {
  const api = new API({});
  const { program } = api.updateSnapshot({ openProject: resolve('tsconfig.json') }).getProjects()[0] ?? {};
  const files = globSync('src/**/*.ts').flatMap((path) => program?.getSourceFile(resolve(path)) ?? []);
  api.close();
  return files;
}

/** All of it, with itself. */
function nodesIn(node: Node): Node[] {
  const nodes = [node];
  node.forEachChild((child) => {
    nodes.push(...nodesIn(child));
  });
  return nodes;
}

const BRANCHES = [
  isIfStatement,
  isConditionalExpression,
  isCaseClause,
  isCatchClause,
  isForStatement,
  isForInStatement,
  isForOfStatement,
  isWhileStatement,
  isDoStatement,
];

const SHORT_CIRCUITS: ReadonlySet<SyntaxKind> = new Set([
  SyntaxKind.AmpersandAmpersandToken,
  SyntaxKind.BarBarToken,
  SyntaxKind.QuestionQuestionToken,
  SyntaxKind.AmpersandAmpersandEqualsToken,
  SyntaxKind.BarBarEqualsToken,
  SyntaxKind.QuestionQuestionEqualsToken,
]);

function isDecision(node: Node): boolean {
  if (isBinaryExpression(node)) return SHORT_CIRCUITS.has(node.operatorToken.kind);
  return node.kind === SyntaxKind.QuestionDotToken || BRANCHES.some((isKind) => isKind(node));
}

function typesIn(source: SourceFile): string[] {
  return source.statements.flatMap((node) =>
    isTypeAliasDeclaration(node) || isInterfaceDeclaration(node) ? [node.name.text] : [],
  );
}

function repeated(names: readonly string[]): number {
  const groups = Map.groupBy(names, (name) => name);
  return [...groups.values()].filter(({ length }) => length > 1).length;
}

/** The members of the type `Tables`. */
function countTables(source: SourceFile): number {
  const tables = nodesIn(source).filter(
    (node) => isTypeAliasDeclaration(node) && node.name.text === 'Tables',
  );
  return sum(
    tables.map((node) =>
      isTypeAliasDeclaration(node) && isTypeLiteralNode(node.type) ? node.type.members.length : 0,
    ),
  );
}

/** A text is a leaf of the catalog: a sentence, or what makes one. */
function countTexts(catalog: unknown): number {
  if (typeof catalog !== 'object' || catalog === null || catalog instanceof RegExp) return 1;
  return sum(Object.values(catalog).map(countTexts));
}

/** The files of the project that a file imports, or exports again. */
function importsOf(source: SourceFile): string[] {
  const files = source.statements.flatMap((statement) => {
    if (!isImportDeclaration(statement) && !isExportDeclaration(statement)) return [];
    const { moduleSpecifier: from } = statement;
    if (from === undefined || !isStringLiteral(from) || !from.text.startsWith('.')) return [];
    return [resolve(dirname(source.fileName), from.text)];
  });
  return [...new Set(files)];
}
