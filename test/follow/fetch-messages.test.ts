import { expect, test } from 'vitest';
import { messagePages } from '../../src/follow/index.ts';

/** Devin's pages by their cursors. A page that is asked for twice fails the test. */
async function cursorsOf(pages: Record<string, string | null>): Promise<(string | null)[]> {
  const asked = new Set<string>();
  const read = messagePages(
    async (_id, { after }) => {
      const cursor = after ?? '';
      if (asked.has(cursor)) throw new Error(`the page after "${cursor}" was read twice`);
      asked.add(cursor);
      return Promise.resolve({ items: [], endCursor: pages[cursor] ?? null, hasNextPage: true });
    },
    's',
    { after: null },
  );
  const cursors: (string | null)[] = [];
  for await (const { endCursor } of read) cursors.push(endCursor);
  return cursors;
}

test("a session's messages are read up to the page without a cursor", async () => {
  expect(await cursorsOf({ '': 'a', a: 'b', b: null })).toEqual(['a', 'b', null]);
});

test("a session's messages are read up to a cursor that doesn't move", async () => {
  expect(await cursorsOf({ '': 'a', a: 'a' })).toEqual(['a', 'a']);
});

test("a session's messages are read up to a cursor that was there before", async () => {
  expect(await cursorsOf({ '': 'a', a: 'b', b: 'a' })).toEqual(['a', 'b', 'a']);
});
