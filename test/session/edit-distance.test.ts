import { expect, test } from 'vitest';
import { editDistance } from '../../src/session/edit-distance.ts';

test.each([
  ['stop', 'stop', 0],
  ['stop', 'sotp', 1],
  ['stop', 'stp', 1],
  ['stop', 'stoop', 1],
  ['stop', 'step', 1],
  ['aa', 'aaab', 2],
  ['stop', 'sotpp', 2],
  ['', 'ab', 2],
])('turning "%s" into "%s" takes %i edits, and so does the way back', (a, b, count) => {
  expect([editDistance(a, b), editDistance(b, a)]).toEqual([count, count]);
});
