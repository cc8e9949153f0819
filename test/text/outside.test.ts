import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

/** Code that makes texts for people. Logs, error names and the prompt are in English, and elsewhere. */
const MAKERS = [
  'src/slack/views/failures.ts',
  'src/operator/*.ts',
  'src/slack/views/**/*.ts',
  'src/slack/*-{view,words,opener}.ts',
  'src/slack/command/help.ts',
  'src/{approve,cards,converse,create,follow,forms,home,restore,steer,trust}/**/*.ts',
].flatMap((pattern) => globSync(pattern));

const NOT_FOR_PEOPLE =
  /^\s*import |^} from|\blog[.,]|\bwarn\(|\bwhat = |^\s*['"`].*['"`],?$|Error\(|runAction\(/;

/** Text in quotes, without comments, imports, logs and the commands of buttons. */
function literalsIn(code: string): string[] {
  const lines = code
    .replaceAll(/\/\*[\s\S]*?\*\//g, '')
    .replaceAll(/(^|\s)\/\/.*$/gm, '')
    .split('\n')
    .filter((line) => !NOT_FOR_PEOPLE.test(line));
  return lines.flatMap((line) =>
    [...line.matchAll(/(['"`])((?:(?!\1).)*)\1/g)].map(([, , words = '']) => words),
  );
}

/** Two words in a row that aren't a typed command. */
function isProse(literal: string): boolean {
  const words = literal.replaceAll(/\$\{[^}]*\}/g, '§');
  return /[A-Za-z]{2,}[,:.]? [a-z]{2,}/.test(words) && !words.startsWith('§ ');
}

test.each(MAKERS)('%s takes its texts from the catalog', (file) => {
  expect(literalsIn(readFileSync(file, 'utf8')).filter(isProse)).toEqual([]);
});
