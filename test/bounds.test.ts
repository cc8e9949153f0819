import { describe, expect, test } from 'vitest';
import { pages, readAtMost } from '../src/bounds.ts';

describe('a list in pages', () => {
  /** The cursors that are asked for, given the cursor that each answer names; more than 20 fail. */
  async function askedFor(next: (cursor: string | null) => string | null | undefined, most?: number) {
    const asked: (string | null)[] = [];
    const read = async (cursor: string | null) => {
      asked.push(cursor);
      if (asked.length > 20) throw new Error('it never ends');
      return Promise.resolve({ next: next(cursor) });
    };
    const all = pages({ read, next: (answer) => answer.next, ...(most !== undefined && { most }) });
    for await (const _page of all);
    return asked;
  }

  test.each([null, undefined, ''])('ends if no page follows (%j)', async (none) => {
    expect(await askedFor((cursor) => (cursor === null ? 'a' : none))).toEqual([null, 'a']);
  });

  test('ends at a cursor that was used before', async () => {
    expect(await askedFor((cursor) => (cursor === 'a' ? 'b' : 'a'))).toEqual([null, 'a', 'b']);
  });

  test('reads no more pages than it may', async () => {
    expect(await askedFor((cursor) => `${cursor}+`, 3)).toEqual([null, 'null+', 'null++']);
  });
});

test.each([
  [3, 'abc'],
  [2, null],
])('of a body of 3 bytes, at most %i are read: %s', async (limit, words) => {
  const found = await readAtMost(new Blob(['abc']).stream(), limit);
  expect(found && new TextDecoder().decode(found)).toBe(words);
});
