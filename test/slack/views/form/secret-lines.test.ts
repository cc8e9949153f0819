import { describe, expect, test } from 'vitest';
import { fieldOf } from '../../../../src/session/fields.ts';
import { fieldBlock } from '../../../../src/slack/edge/ids.ts';
import { readField } from '../../../../src/slack/views/form/fields.ts';
import { en } from '../../../../src/text/en.ts';

const { secretLine } = en.modal.errors;

/** The secrets, or what is wrong. */
function read(text: string): unknown {
  const entered = new Map([[fieldBlock('session_secrets'), [text]]]);
  const reading = readField(fieldOf('session_secrets'), entered, en);
  return 'problem' in reading ? reading.problem : (reading.value ?? []);
}

describe('KEY=VALUE lines', () => {
  test('keep everything after the first =, also quotes and more =', () => {
    expect(read('A=b=c==\nQUOTED="x y"\r\nEMPTY=')).toEqual([
      { key: 'A', value: 'b=c==', sensitive: true },
      { key: 'QUOTED', value: '"x y"', sensitive: true },
      { key: 'EMPTY', value: '', sensitive: true },
    ]);
  });

  test('can have empty lines and comments in between', () => {
    expect(read('# keys\n\n  A = b  \n')).toEqual([{ key: 'A', value: 'b', sensitive: true }]);
  });

  test.each([
    ['without =', 'A=b\n\nhunter2', secretLine(3)],
    ['without a key', '=hunter2', secretLine(1)],
    ['with a space in the key', 'export A=hunter2', secretLine(1)],
    ['with a key that is too long', `${'k'.repeat(257)}=hunter2`, secretLine(1)],
  ])('are reported by number: %s', (_what, text, fault) => {
    expect(read(text)).toBe(fault);
  });
});
