import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { en } from '../../src/text/en.ts';
import { OperatorError } from '../../src/text/operator-error.ts';
import { IDENTITY_FILE, openFile } from '../../src/trust/index.ts';
import { captureLog } from '../support/log-lines.ts';

let folder = '';
let path = '';
const { log } = captureLog();
const open = async () => openFile(path, IDENTITY_FILE, { everyMs: 1, text: en, log });

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'devin-slack-identity-'));
  path = join(folder, 'identity.yml');
});
afterEach(async () => rm(folder, { recursive: true, force: true }));

test('the identity file is reread when it changes, and the last valid one stays in force', async () => {
  await writeFile(path, 'people:\n  - { slack: U1, devin: user-1 }\n');
  const source = await open();
  expect(source.current().people).toEqual([{ slack: 'U1', devin: 'user-1' }]);
  await writeFile(path, 'people: [{ slack: cy@acme.example, devin: email|9 }]\n');
  await source.look();
  await source.look();
  expect(source.current().people).toEqual([{ slack: 'cy@acme.example', devin: 'email|9' }]);
  await writeFile(path, 'people: [oops]\n');
  await source.look();
  await source.look();
  expect(source.problems()).toHaveLength(1);
  expect(source.current().people).toHaveLength(1);
});

test.each([
  [
    'people: [{ slack: Ana, devin: user-1 }]',
    ':1:19: slack must be a Slack user id (U0123) or an email address.',
  ],
  ['people: [{ slack: U0123, devin: somebody }]', ':1:33: devin must be a Devin user id'],
  ['people: [{ slack: U0123 }]', ':1:10: devin is missing: add it.'],
  ['peoples: []', ":1:1: peoples isn't a key"],
  [
    'people:\n  - { slack: U0123, devin: user-1 }\n  - { slack: U0456, devin: USER-1 }',
    ":3:28: devin is another person's account in this file, too: correct one.",
  ],
  [
    'people:\n  - { slack: U0123, devin: user-1 }\n  - { slack: U0123, devin: user-2 }',
    ':3:14: slack maps a person for the second time',
  ],
])('stops the start and names the place: %s', async (yaml, problem) => {
  await writeFile(path, `${yaml}\n`);
  const failed: unknown = await open().catch((error: unknown) => error);
  expect(failed).toBeInstanceOf(OperatorError);
  expect(String(failed)).toContain(problem);
});
