import { expect, test } from 'vitest';
import { isOneSlip } from '../../src/session/slip.ts';

test.each([
  ['stop', 'stop', true],
  ['stop', 'sotp', true],
  ['stop', 'stp', true],
  ['stop', 'stoop', true],
  ['stop', 'step', true],
  ['stop', 'stops', true],
  ['stop', 'spot', false],
  ['aa', 'aaab', false],
  ['stop', 'sotpp', false],
  ['', 'ab', false],
])('%j is one slip away from %j, or the same: %j', (a, b, is) => {
  expect([isOneSlip(a, b), isOneSlip(b, a)]).toEqual([is, is]);
});
