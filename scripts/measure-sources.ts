import { globSync, readFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { SyntaxKind, type Node, type SourceFile } from 'typescript/unstable/ast';
import {
  isArrowFunction,
  isAwaitExpression,
  isBlock,
  isCallExpression,
  isClassDeclaration,
  isExportDeclaration,
  isFunctionDeclaration,
  isFunctionExpression,
  isImportDeclaration,
  isMethodDeclaration,
  isNamedExports,
  isNamedImports,
  isObjectBindingPattern,
  isStringLiteral,
  isTypeAliasDeclaration,
  isVariableDeclaration,
  isVariableStatement,
} from 'typescript/unstable/ast/is';
import { API } from 'typescript/unstable/sync';

/** How large the sources are: lines of files and functions, and exports that nothing in src uses. */
export function measureSources(): void {
  printLines('src without text/ja', globSync('src/**/*.ts', { exclude: ['src/text/ja/**'] }));
  printLines('test', globSync('test/**/*.ts'));
  const sources = parseSources();
  printFunctions(sources);
  printExports(sources);
}

function printLines(what: string, files: string[]): void {
  const lines = files.map((path) => readFileSync(path, 'utf8').split('\n').length - 1);
  const total = lines.reduce((sum, count) => sum + count, 0);
  console.log(`${what}: ${files.length} files, ${total} lines; lines of a file: ${spread(lines)}`);
}

function spread(counts: readonly number[]): string {
  const sorted = counts.toSorted((one, other) => one - other);
  const at = (share: number): number => sorted[Math.floor((sorted.length - 1) * share)] ?? 0;
  return `median ${at(0.5)}, p90 ${at(0.9)}, max ${at(1)}`;
}

function parseSources(): SourceFile[] {
  const api = new API({});
  const { program } = api.updateSnapshot({ openProject: resolve('tsconfig.json') }).getProjects()[0] ?? {};
  const files = globSync('src/**/*.ts').flatMap((path) => program?.getSourceFile(resolve(path)) ?? []);
  api.close();
  return files;
}

/** Functions with a body of statements; an arrow function that is one expression counts for the function around it. */
function printFunctions(sources: readonly SourceFile[]): void {
  const lines: number[] = [];
  for (const source of sources) {
    const lineAt = (position: number): number => source.getLineAndCharacterOfPosition(position).line;
    for (const node of nodesIn(source).filter(hasBlock))
      lines.push(lineAt(node.end) - lineAt(node.getStart(source)) + 1);
  }
  console.log(`functions of src: ${lines.length}; lines: ${spread(lines)}`);
}

/** All of it, with itself. */
function nodesIn(node: Node): Node[] {
  const nodes = [node];
  node.forEachChild((child) => {
    nodes.push(...nodesIn(child));
  });
  return nodes;
}

function hasBlock(node: Node): boolean {
  if (isArrowFunction(node)) return isBlock(node.body);
  return (
    (isFunctionDeclaration(node) || isFunctionExpression(node) || isMethodDeclaration(node)) &&
    node.body !== undefined
  );
}

/** `npm run unused` finds exports that nobody uses at all; these are used by tests and scripts alone. */
function printExports(sources: readonly SourceFile[]): void {
  const used = new Set(sources.flatMap((source) => [...importsOf(source), ...awaitedImportsOf(source)]));
  const unused = sources
    // Migrations are found by their files.
    .filter(({ fileName }) => !/\/migrations\/\d/.test(fileName))
    .flatMap((source) => exportsOf(source).map((name) => `${source.fileName}#${name}`))
    .filter((name) => !used.has(name) && !used.has(name.replace(/#.*/, '#*')))
    .map((name) => relative('src', name));
  console.log(`exports of src without a user in src: ${unused.length}\n  ${unused.join(' ')}\n`);
}

/** `file#name` of everything that a file imports or exports again; `file#*` of a whole file. */
function importsOf(source: SourceFile): string[] {
  return source.statements.flatMap((statement) => {
    if (!isImportDeclaration(statement) && !isExportDeclaration(statement)) return [];
    const { moduleSpecifier: from } = statement;
    const named = isImportDeclaration(statement)
      ? statement.importClause?.namedBindings
      : statement.exportClause;
    if (from === undefined || !isStringLiteral(from) || named === undefined) return [];
    const file = resolve(dirname(source.fileName), from.text);
    if (!isNamedImports(named) && !isNamedExports(named)) return [`${file}#*`];
    return named.elements.map(({ propertyName, name }) => `${file}#${(propertyName ?? name).text}`);
  });
}

/** The same for `const { name } = await import('file')`. */
function awaitedImportsOf(source: SourceFile): string[] {
  return nodesIn(source).flatMap((node) => {
    if (!isVariableDeclaration(node)) return [];
    const { name, initializer: call } = node;
    if (!isObjectBindingPattern(name) || call === undefined || !isAwaitExpression(call)) return [];
    const [from] = isCallExpression(call.expression) ? call.expression.arguments : [];
    if (from === undefined || !isStringLiteral(from)) return [];
    const file = resolve(dirname(source.fileName), from.text);
    return name.elements.flatMap(({ propertyName, name: local }) => {
      const imported = propertyName ?? local;
      return imported === undefined ? [] : [`${file}#${imported.getText(source)}`];
    });
  });
}

function exportsOf(source: SourceFile): string[] {
  return source.statements.flatMap((statement) => {
    if (isExportDeclaration(statement)) {
      const { exportClause: named } = statement;
      return named !== undefined && isNamedExports(named) ? named.elements.map(({ name }) => name.text) : [];
    }
    if (isVariableStatement(statement))
      return isExported(statement)
        ? statement.declarationList.declarations.map(({ name }) => name.getText(source))
        : [];
    if (!isNamed(statement) || !isExported(statement)) return [];
    return statement.name === undefined ? [] : [statement.name.text];
  });
}

const isNamed = (node: Node) =>
  isFunctionDeclaration(node) || isTypeAliasDeclaration(node) || isClassDeclaration(node);

const isExported = ({ modifiers = [] }: { modifiers?: Iterable<Node> }): boolean =>
  [...modifiers].some(({ kind }) => kind === SyntaxKind.ExportKeyword);
