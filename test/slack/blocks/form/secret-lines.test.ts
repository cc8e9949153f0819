import { describe, expect, test } from 'vitest';
import { readSecretLines } from '../../../../src/slack/blocks/form/read-field.ts';

describe('KEY=VALUE lines', () => {
  test('hold what follows the first =, quotes and further = too', () => {
    const { secrets, fault } = readSecretLines('A=b=c==\nQUOTED="x y"\r\nEMPTY=', true);
    expect(fault).toBeNull();
    expect(secrets).toEqual([
      { key: 'A', value: 'b=c==', sensitive: true },
      { key: 'QUOTED', value: '"x y"', sensitive: true },
      { key: 'EMPTY', value: '', sensitive: true },
    ]);
  });

  test('may be parted by empty lines and comments', () => {
    expect(readSecretLines('# keys\n\n  A = b  \n', false).secrets).toEqual([
      { key: 'A', value: 'b', sensitive: false },
    ]);
  });

  test.each([
    ['without =', 'A=b\n\nhunter2', { kind: 'no-equals', line: 3 }],
    ['without a key', '=hunter2', { kind: 'bad-key', line: 1 }],
    ['with a blank in the key', 'export A=hunter2', { kind: 'bad-key', line: 1 }],
    ['with an endless key', `${'k'.repeat(257)}=hunter2`, { kind: 'bad-key', line: 1 }],
    ['with a repeated key', 'A=b\nB=c\nA=d', { kind: 'repeated', line: 3 }],
  ])('%s are found by their number', (_what, text, fault) => {
    expect(readSecretLines(text, true).fault).toEqual(fault);
  });
});
