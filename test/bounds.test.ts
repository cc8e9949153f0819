import { describe, expect, test } from 'vitest';
import { pages } from '../src/bounds.ts';

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

  test.each([null, undefined, ''])('ends where no page follows (%j)', async (none) => {
    expect(await askedFor((cursor) => (cursor === null ? 'a' : none))).toEqual([null, 'a']);
  });

  test('ends at a cursor that was there before', async () => {
    expect(await askedFor((cursor) => (cursor === 'a' ? 'b' : 'a'))).toEqual([null, 'a', 'b']);
  });

  test('ends after the most pages that are wanted', async () => {
    expect(await askedFor((cursor) => `${cursor}+`, 3)).toEqual([null, 'null+', 'null++']);
  });
});
