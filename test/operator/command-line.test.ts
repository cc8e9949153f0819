import { describe, expect, test } from 'vitest';
import { readArguments, runAct } from '../../src/operator/command-line.ts';
import { en } from '../../src/text/en.ts';
import { runCommand } from '../support/processes.ts';

const words = en.commandLine;
const options = { text: { type: 'string' }, csv: { type: 'boolean' } } as const;

function complaintAbout(read: () => unknown): string {
  try {
    return JSON.stringify(read());
  } catch (error) {
    return error instanceof Error ? error.message : '';
  }
}

describe('arguments', () => {
  test.each([
    [['FILE', '--txt', 'a'], "Unknown option '--txt'"],
    [['FILE', '--constructor'], "Unknown option '--constructor'"],
    [['FILE', '--text'], "'--text <value>' argument missing"],
    [['FILE', '--csv=yes'], "'--csv' does not take an argument"],
    [[], 'FILE is missing.'],
    [['FILE', 'more'], "more isn't expected here."],
  ])('name what is wrong: %j', (args, complaint) => {
    expect(complaintAbout(() => readArguments(args, { options, operands: ['FILE'], words }))).toContain(
      complaint,
    );
  });

  test('take several operands', () => {
    const read = readArguments(['one', '--text', '--repo a/b fix it', 'two', '--csv'], {
      options,
      operands: ['FILE…'],
      words,
    });
    expect({ ...read.values }).toEqual({ text: '--repo a/b fix it', csv: true });
    expect(read.positionals).toEqual(['one', 'two']);
  });

  test('take no date that is none', async () => {
    const { code, stderr } = await runCommand('src/operator/run.ts', {}, [
      'usage',
      'export',
      '--since',
      '2026-02-30',
    ]);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(words.since) as unknown });
  });

  test('begin with a command that exists', async () => {
    const acts = { verify: async () => 0, export: async () => 0 };
    await expect(runAct(['verify'], acts, words)).resolves.toBe(0);
    await expect(runAct([], acts, words)).rejects.toThrow('verify | export is missing.');
    await expect(runAct(['toString'], acts, words)).rejects.toThrow("toString isn't expected here.");
  });
});

describe.each([
  ['src/operator/run.ts', ['usage', 'export']],
  ['sandbox/demo.ts', []],
  ['scripts/chaos/run.ts', []],
  ['bench/run.ts', ['cards']],
])('%s', (program, args) => {
  const ended = async (...more: string[]) => runCommand(program, { DATA_DIR: '/nowhere' }, more);

  test('prints its usage with --help', async () => {
    expect(await ended(...args, '--help')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/npm run \w+/) as unknown,
      stderr: '',
    });
  });

  test('exits with 2, and names what is wrong before its usage', async () => {
    expect(await ended(...args, '--wrong')).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/^Unknown option '--wrong'.*\n\n(.+\n)*.*npm run \w+/) as unknown,
    });
  });
});

test.each([
  ['U1', 'There is no database yet'],
  ['ana', 'USER must be a Slack user id'],
])('a person is forgotten by their id, not by name: %s', async (userId, stderr) => {
  expect(await runCommand('src/operator/run.ts', { DATA_DIR: '/nowhere' }, ['forget', userId])).toMatchObject(
    {
      code: 2,
      stderr: expect.stringContaining(stderr) as unknown,
    },
  );
});
