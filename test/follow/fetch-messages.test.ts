import { expect, test } from 'vitest';
import { bareFacts, DevinError, type DevinErrorCode } from '../../src/devin/errors.ts';
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

/** The cursors that are asked for if Devin answers the one that is known with this. */
async function askedAfter(code: DevinErrorCode): Promise<(string | null | undefined)[]> {
  const asked: (string | null | undefined)[] = [];
  const read = messagePages(
    async (_id, { after }) => {
      asked.push(after);
      if (after === 'old') throw new DevinError({ operation: 'messages.list', facts: bareFacts(code) });
      return Promise.resolve({ items: [], endCursor: null, hasNextPage: false });
    },
    's',
    { after: 'old' },
  );
  await read.next().catch(() => undefined);
  return asked;
}

test.each(['invalid-request', 'not-found', 'conflict', 'unexpected'] as const)(
  "a session's messages are read from the start if Devin answers a cursor with %s",
  async (code) => {
    expect(await askedAfter(code)).toEqual(['old', null]);
  },
);

test.each(['unavailable', 'rate-limited', 'forbidden'] as const)(
  'an answer that says nothing about the cursor is not asked for again: %s',
  async (code) => {
    expect(await askedAfter(code)).toEqual(['old']);
  },
);
