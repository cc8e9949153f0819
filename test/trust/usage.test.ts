import { expect, test } from 'vitest';
import { refusalFor } from '../../src/trust/usage/show.ts';

const owned = { hasOwners: true, mayAll: false };
const open = { hasOwners: false, mayAll: false };

test.each([
  ['me', 'person', owned, null],
  ['me', 'channel', open, null],
  ['channel', 'mode', owned, null],
  ['channel', 'repo', open, null],
  ['channel', 'person', open, 'by'],
  ['workspace', 'mode', open, null],
  ['workspace', 'mode', owned, 'workspace'],
  ['workspace', 'channel', open, 'by'],
  ['workspace', 'repo', open, 'by'],
  ['workspace', 'person', { hasOwners: true, mayAll: true }, null],
] as const)('usage of %s by %s is for those who may see it: %j', (scope, by, reader, refusal) => {
  expect(refusalFor({ scope, by }, reader)).toBe(refusal);
});
