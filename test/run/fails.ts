import { expect, test } from 'vitest';

test('fails', () => {
  expect('what it was').toBe('what it should be');
});
