import { expect, test } from 'vitest';
import { useEmbedded } from '../support/databases.ts';
import { ID, notifier, startTelling } from '../support/telling.ts';

const open = useEmbedded();

const BUSY = { isBusy: true, againMs: 7000 };
const PUT_OFF = { isBusy: false, againMs: 7000 };
const THROUGH = { isBusy: false, againMs: null };

test.each([
  ['waits for the messages before it, as long as Slack may take them', 'thread', BUSY, ['words'], 7000],
  ['comes after them', 'thread', THROUGH, ['words', 'finished'], null],
  ["doesn't wait for what Slack refuses", 'thread', PUT_OFF, ['words', 'finished'], 7000],
  ['in a direct message waits for none', 'dm', BUSY, ['finished', 'words'], 7000],
] as const)('a notice %s', async (_what, where, outcome, expected, againMs) => {
  const { deps, told, look } = await startTelling(open);
  await look({ status_detail: 'finished' });
  const post = notifier({
    ...deps,
    notified: { where: async () => Promise.resolve(where) },
    postPending: async () => (told.push('words'), Promise.resolve(outcome)),
  });
  expect(await post(ID)).toBe(againMs);
  expect(told).toEqual(expected);
});

test.each([
  ['words', 7000, 60_000],
  ['notices', 60_000, 7000],
])('the next try comes when the first of what waits is due: %s', async (_what, wordsMs, noticesMs) => {
  const { deps, look } = await startTelling(open);
  await look({ status_detail: 'finished' });
  const post = notifier({
    ...deps,
    postPending: async () => Promise.resolve({ isBusy: false, againMs: wordsMs }),
    markAnsweredCalls: async () => Promise.resolve(noticesMs),
  });
  expect(await post(ID)).toBe(7000);
});

test('messages and notices are posted by one process at a time', async () => {
  const { deps, told, look } = await startTelling(open);
  await look({ status_detail: 'finished' });
  const other = notifier(deps);
  const post = notifier({
    ...deps,
    postPending: async () => {
      await other(ID);
      return Promise.resolve((told.push('words'), THROUGH));
    },
  });
  await post(ID);
  expect(told).toEqual(['words', 'finished']);
});

test('a notice that comes while messages are posted waits for those that were stored before it', async () => {
  const { deps, told, look } = await startTelling(open);
  const post = notifier({
    ...deps,
    postPending: async () => {
      told.push('words');
      if (told.length === 1) await look({ status_detail: 'finished' });
      return THROUGH;
    },
  });
  await post(ID);
  expect(told).toEqual(['words']);
  await post(ID);
  expect(told).toEqual(['words', 'words', 'finished']);
});

test('a notice that became part of a message meanwhile has none of its own', async () => {
  const { deps, told, look } = await startTelling(open);
  await look({ status_detail: 'finished' });
  const { milestones } = deps.store;
  const post = notifier({
    ...deps,
    postPending: async () => {
      for (const row of await milestones.pending(ID)) await milestones.skip(row);
      return THROUGH;
    },
  });
  await post(ID);
  expect(told).toEqual([]);
});

test("a notice that the person doesn't want isn't posted later, either", async () => {
  const { deps, told, look } = await startTelling(open);
  await look({ status_detail: 'finished' });
  await notifier({ ...deps, notified: { where: async () => Promise.resolve('card' as const) } })(ID);
  await notifier(deps)(ID);
  expect(told).toEqual([]);
});
