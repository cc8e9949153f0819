import { globSync, readFileSync } from 'node:fs';
import { sessionCreateRequestSchema } from '../src/session/request.ts';

/** Of code: comments, strings and regular expressions, which are left out; braces, which end a template's code; names. */
const CODE =
  /\/\/[^\n]*|\/\*.*?\*\/|'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|(?<=[(,=:[!&|?;{}>]\s*|return\s+)\/(?:\\.|\[(?:\\.|[^\]\\])*\]|[^/\\\n])+\/[a-z]*|[\w$]+|./sy;
/** Of a template's text, where SQL is. */
const TEXT = /(?:\\.|\$(?!\{)|[^\\`$])+|`|\$\{/sy;
const SNAKE = /^[a-z][a-z0-9]*(?:_[a-z0-9]+)+$/;

/** The names in a source, without what is in comments, strings and templates. */
function namesIn(source: string): string[] {
  const names: string[] = [];
  const inside: ('template' | 'braces')[] = [];
  for (let at = 0; at < source.length;) {
    const isText = inside.at(-1) === 'template';
    const pattern = isText ? TEXT : CODE;
    pattern.lastIndex = at;
    const token = pattern.exec(source)?.[0] ?? ' ';
    at += token.length;
    if (token === '`' && isText) inside.pop();
    else if (token === '`') inside.push('template');
    else if (token === '${' || (token === '{' && !isText)) inside.push('braces');
    else if (token === '}' && !isText) inside.pop();
    else if (!isText) names.push(token);
  }
  return names;
}

const snakeCaseIn = (path: string): string[] =>
  namesIn(readFileSync(path, 'utf8')).filter((name) => SNAKE.test(name));

const POLICY_SCHEMA = 'src/session/policy/schema.ts';

/** Where the names of others are written. SQL is in templates. */
const KINDS = [
  ['src/config.ts', 'variables of the environment'],
  ['src/devin/', "Devin's API"],
  ['src/slack/', "Slack's API"],
  ['src/text/', 'words of Devin and Slack that have a sentence'],
  ['src/session/lifecycle.ts', 'words of Devin and Slack that have a sentence'],
  ['src/store/audit.ts', 'audit and usage files'],
  ['src/trust/export.ts', 'audit and usage files'],
  ['src/store/embedded/', "the database's files"],
  ['src/', 'everywhere else'],
] as const;

/**
 * Names in snake_case. What people write has one name everywhere: the fields of a session, which are named as Devin names
 * them, and the keys of the policy file.
 */
export function measureSnakeCase(): void {
  const ofPeople = new Set([...Object.keys(sessionCreateRequestSchema.shape), ...snakeCaseIn(POLICY_SCHEMA)]);
  const counts = new Map<string, number>();
  const others: string[] = [];
  for (const path of globSync('src/**/*.ts').toSorted()) {
    for (const name of snakeCaseIn(path)) {
      const place = KINDS.find(([prefix]) => path.startsWith(prefix))?.[1] ?? path;
      const kind = ofPeople.has(name) ? 'names that people write' : place;
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
      if (kind === 'everywhere else') others.push(`${path}: ${name}`);
    }
  }
  console.log('snake_case:', Object.fromEntries(counts), others);
}
