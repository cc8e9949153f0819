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
