import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { SUBCOMMANDS } from '../../src/session/intent.ts';
import { renderHelp, renderProblems } from '../../src/slack/command/help.ts';
import { renderSessionList } from '../../src/slack/views/session-list.ts';
import { en } from '../../src/text/en.ts';
import { ja } from '../../src/text/ja.ts';

/** The words of a thread are typed as they are, and so are the examples beside a command in help. An index has no words. */
const FILES = globSync('src/text/{en,ja}/*.ts').filter((file) => !/\/(?:index|thread)\.ts$/.test(file));
const BARE = new RegExp(`\\\\?\`(${SUBCOMMANDS.join('|')})( |\\\\?\`)`);
const FIXED = /\/devin\b/;

test.each(FILES)('%s takes the name of the command from its reader', (file) => {
  const lines = readFileSync(file, 'utf8')
    .replaceAll(/\/\*[\s\S]*?\*\//g, '')
    .replace(/ {4}subcommands: \{[\s\S]*? {4}\},\n/, '')
    .split('\n')
    .filter((line) => !/^\s*(: )?['`]?(must be|には)/.test(line));
  expect(lines.filter((line) => BARE.test(line) || FIXED.test(line))).toEqual([]);
});

test.each([en, ja])('an empty list says what to type', (text) => {
  const list = { command: '/cog', whose: 'mine', nextPage: null, entries: [] } as const;
  expect(renderSessionList({ ...list, entries: [] }, text).text).toContain('`/cog`');
});

test.each([en, ja])('help and problems name the command of the installation', (text) => {
  const problem = { kind: 'unknown-flag', flag: '--x', meant: null } as const;
  const said = [
    ...[true, false].map((withOptions) => renderHelp({ command: '/cog', withOptions }, text).text),
    ...renderProblems([problem], '/cog', text),
  ].join('\n');
  for (const typed of ['help options', 'defaults', 'list']) expect(said).toContain(`\`/cog ${typed}\``);
});
