import { expect, test } from 'vitest';
import { createInOrder, remembered } from '../src/time.ts';

test('an answer counts for a minute, and not if the clock was set back since', async () => {
  let [asked, nowMs] = [0, 0];
  const ask = remembered(async () => Promise.resolve((asked += 1)), { keyOf: () => '', now: () => nowMs });
  expect([await ask(null), await ask(null)]).toEqual([1, 1]);
  nowMs = 60_000;
  expect([await ask(null), await ask(null)]).toEqual([2, 2]);
  nowMs = 59_000;
  expect(await ask(null)).toBe(3);
});

test('what happens to a message waits for what happened to it before, even if that fails, and no other message does', async () => {
  const inOrder = createInOrder();
  const done: string[] = [];
  const note = (what: string) => async () => Promise.resolve(void done.push(what));
  const { promise: saved, reject: fail } = Promise.withResolvers<void>();
  const saving = inOrder('1.0', async () => saved);
  const deleting = inOrder('1.0', note('deleted'));
  await inOrder('2.0', note('another'));
  expect(done).toEqual(['another']);
  fail(new Error('not saved'));
  await expect(saving).rejects.toThrow('not saved');
  await deleting;
  await inOrder('1.0', note('edited'));
  expect(done).toEqual(['another', 'deleted', 'edited']);
});
