import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { withOptionsTable } from '../scripts/tables.ts';
import { LANGUAGES } from '../src/session/preferences.ts';
import { THREAD_WORDS } from '../src/session/reply.ts';
import { parseCommand } from '../src/slack/command/parse.ts';
import { SHORTCUT_ID } from '../src/slack/edge/ids.ts';
import { en } from '../src/text/en.ts';
import { ja } from '../src/text/ja.ts';

const readme = readFileSync('README.md', 'utf8');
const options = readFileSync('docs/options.md', 'utf8');
/** All that people read about using and running the app. */
const documents = ['README.md', ...globSync('docs/*.md').toSorted()]
  .map((path) => readFileSync(path, 'utf8'))
  .join('\n');

const manifestSchema = z.object({
  features: z.object({
    slash_commands: z.array(z.object({ command: z.string(), should_escape: z.boolean() })),
    shortcuts: z.array(z.object({ name: z.string().max(24), type: z.string(), callback_id: z.string() })),
    app_home: z.record(z.string(), z.boolean()),
  }),
  settings: z.object({ event_subscriptions: z.object({ bot_events: z.array(z.string()) }) }),
  oauth_config: z.object({ scopes: z.object({ bot: z.array(z.string()) }) }),
});
const manifest = manifestSchema.parse(parse(readFileSync('manifest.yml', 'utf8')));

test('the options are listed as the field table has them', () => {
  expect(withOptionsTable(options)).toBe(options);
});

test('the documents have each command that the help has', () => {
  for (const word of Object.keys(en.command.help.subcommands))
    expect(documents).toContain(`\`/devin ${word}`);
});

test('the documents and the help in a thread have each word that is typed there', () => {
  const [, table = ''] = documents.split('| In the thread ');
  for (const { thread } of [en, ja])
    for (const word of THREAD_WORDS)
      for (const told of [thread.help.join(' '), table]) expect(told).toContain(`\`${word}\``);
});

test('the documents and .env.example name each language', () => {
  const rows = `${documents}\n${readFileSync('.env.example', 'utf8')}`
    .split('\n')
    .filter((line) => /^\| `LANGUAGE`|language of what several people see/.test(line));
  expect(rows.length).toBeGreaterThan(1);
  for (const row of rows)
    for (const language of LANGUAGES) expect(row).toMatch(new RegExp(`\\b${language}\\b`));
});

test('the Japanese README names existing commands, scripts, settings and files', () => {
  const japanese = readFileSync('README.ja.md', 'utf8');
  const typed = [...japanese.matchAll(/`\/devin ([^`]+)`|^\/devin (.+)$/gm)].map(
    ([, inline, block]) => inline ?? block ?? '',
  );
  expect(typed.length).toBeGreaterThan(4);
  const unknown = typed.filter((text) => ['invalid', 'ask-first'].includes(parseCommand(text).kind));
  expect(unknown).toEqual([]);
  const scripts = [...japanese.matchAll(/npm run ([\w:]+)/g)].map(([, name]) => name);
  const { scripts: known } = z
    .looseObject({ scripts: z.record(z.string(), z.string()) })
    .parse(JSON.parse(readFileSync('package.json', 'utf8')));
  expect(scripts.filter((name) => name === undefined || !Object.hasOwn(known, name))).toEqual([]);
  for (const [, name] of japanese.matchAll(/`([A-Z]+)=\w+`/g))
    expect(readFileSync('.env.example', 'utf8')).toContain(`${name}=`);
  const headings = [...readme.matchAll(/^#+ (.+)$/gm)].map(([, words = '']) =>
    words.toLowerCase().replaceAll(' ', '-'),
  );
  for (const [, anchor] of japanese.matchAll(/README\.md#([\w-]+)/g)) expect(headings).toContain(anchor);
});

test('each README links the other', () => {
  expect(readme.slice(0, 100)).toContain('(README.ja.md)');
  expect(readFileSync('README.ja.md', 'utf8').slice(0, 100)).toContain('(README.md)');
});

test('the documents explain each scope in the manifest', () => {
  for (const scope of manifest.oauth_config.scopes.bot) expect(documents).toContain(`\`${scope}\``);
});

test('the documents explain each setting', () => {
  const names = [...readFileSync('.env.example', 'utf8').matchAll(/^#?([A-Z_]+)=/gm)];
  for (const [, name] of names) expect(documents).toContain(`\`${name}\``);
});

test('the image starts the app like npm start', () => {
  const { scripts } = z
    .looseObject({ scripts: z.looseObject({ start: z.string() }) })
    .parse(JSON.parse(readFileSync('package.json', 'utf8')));
  // Without exec, npm's SIGTERM would end only the shell between, and the app would go on.
  const [variables, words = ''] = scripts.start.split(' exec ');
  const command = words.split(' ').map((word) => JSON.stringify(word));
  const dockerfile = readFileSync('Dockerfile', 'utf8');
  expect(dockerfile).toMatch(new RegExp(`^ENV .*${variables}$`, 'm'));
  expect(dockerfile).toContain(`CMD [${command.join(', ')}]`);
});

test('the container listens where it is published and keeps what it stores, whatever .env says', () => {
  const compose = z.object({
    services: z.record(
      z.string(),
      z.looseObject({
        environment: z.record(z.string(), z.union([z.string(), z.number()])),
        ports: z.array(z.string()),
        volumes: z.array(z.string()),
      }),
    ),
  });
  const { services } = compose.parse(parse(readFileSync('compose.yml', 'utf8')));
  const { environment = {}, ports = [], volumes = [] } = services['devin-slack'] ?? {};
  expect(environment).toMatchObject({ HOST: '0.0.0.0' });
  expect(ports).toEqual([`127.0.0.1:\${PORT:-3000}:${environment['PORT']}`]);
  expect(volumes).toEqual([`data:${environment['DATA_DIR']}`]);
  expect(readFileSync('Dockerfile', 'utf8')).toContain(`VOLUME ${environment['DATA_DIR']}\n`);
});

test("the manifest has the app's command and shortcut", () => {
  expect(manifest.features.slash_commands).toEqual([{ command: '/devin', should_escape: true }]);
  expect(manifest.features.shortcuts).toEqual([
    { name: 'Start a Devin session', type: 'message', callback_id: SHORTCUT_ID },
  ]);
});

test('the manifest turns on Home and Messages', () => {
  expect(manifest.features.app_home).toEqual({
    home_tab_enabled: true,
    messages_tab_enabled: true,
    messages_tab_read_only_enabled: false,
  });
  expect(manifest.settings.event_subscriptions.bot_events).toContain('app_home_opened');
});

test('each picture of docs is shown', () => {
  const shown = [...documents.matchAll(/[\w-]+\.png/g)].map(([name]) => `docs/${name}`);
  expect(new Set(shown)).toEqual(new Set(globSync('docs/*.png')));
});
