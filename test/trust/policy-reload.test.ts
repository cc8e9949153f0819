import { appendFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { en } from '../../src/text/en.ts';
import { OperatorError } from '../../src/text/operator-error.ts';
import { openFile, POLICY_FILE } from '../../src/trust/index.ts';
import { captureLog } from '../support/log-lines.ts';

let folder = '';
let path = '';
let logged = captureLog();
const errors = () => logged.text().match(/the last valid one stays in force/g) ?? [];

const deps = () => ({ everyMs: 1, text: en, log: logged.log });
const open = async () => openFile(path, POLICY_FILE, deps());

beforeEach(async () => {
  logged = captureLog();
  folder = await mkdtemp(join(tmpdir(), 'devin-slack-policy-'));
  path = join(folder, 'policy.yml');
});
afterEach(async () => rm(folder, { recursive: true, force: true }));

describe('the policy', () => {
  test('stops the start if its file has errors, each with its place', async () => {
    await writeFile(path, 'limits: {acu_per_session: 0, more: 1}\n');
    const failed = await open().catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(OperatorError);
    expect(failed instanceof OperatorError && failed.say(en).split('\n')).toEqual([
      expect.stringContaining(`${path}:1:27: acu_per_session`),
      expect.stringContaining(`${path}:1:30: more`),
    ]);
  });

  test('is recorded again if a change could not be recorded', async () => {
    await writeFile(path, 'limits: {acu_per_session: 5}\n');
    const source = await openFile(path, POLICY_FILE, { ...deps(), everyMs: 3_600_000 });
    const recorded: (string | null)[] = [];
    let isDown = false;
    const interval = await source.start(async (sha256) => {
      if (isDown) throw new Error('the database is away');
      recorded.push(sha256);
      return Promise.resolve();
    });
    isDown = true;
    await writeFile(path, 'limits: {acu_per_session: 12}\n');
    await source.look();
    await expect(source.look()).rejects.toThrow('the database is away');
    isDown = false;
    await source.look();
    await source.look();
    await interval.stop();
    expect(new Set(recorded).size).toBe(2);
    expect(recorded).toHaveLength(2);
  });

  test('stays in force while its file is being written, even if half of the new one is valid', async () => {
    await writeFile(path, 'limits: {acu_per_session: 5}\n');
    const source = await open();
    await writeFile(path, 'limits: {acu_per_session: 6}\n');
    await source.look();
    appendFileSync(path, 'instructions: Ask.\n');
    await source.look();
    expect(source.current().limits.acu_per_session).toBe(5);
    await source.look();
    expect(source.current()).toMatchObject({ limits: { acu_per_session: 6 }, instructions: 'Ask.' });
  });

  test('stays in force while its file has errors, which are logged once', async () => {
    await writeFile(path, 'limits: {acu_per_session: 5}\n');
    const source = await open();
    for (const broken of ['limits: [', 'limits: [', '\n', 'limit: 3']) {
      await writeFile(path, broken);
      await source.look();
      await source.look();
    }
    expect(source.current().limits.acu_per_session).toBe(5);
    expect(source.problems()).toHaveLength(1);
    expect(errors()).toHaveLength(3);
    await rm(path);
    await source.look();
    await source.look();
    expect(source.current().limits.acu_per_session).toBe(5);
    expect(errors()).toHaveLength(4);
    await writeFile(path, 'limits: {acu_per_session: 6}\n');
    await source.look();
    await source.look();
    expect(source.problems()).toEqual([]);
    expect(source.current().limits.acu_per_session).toBe(6);
  });
});
