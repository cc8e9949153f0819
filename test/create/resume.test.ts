import { expect, test } from 'vitest';
import { createResumer } from '../../src/create/run.ts';
import { requestRow } from '../support/request-row.ts';

const AT = new Date('2026-01-01T00:00:00.123Z');

test.each([
  ['starts the attempt that it was pressed for once more', AT.getTime(), ['attached']],
  ['starts no later attempt again if its job runs twice', null, []],
])('"Start anyway" %s', async (_which, resumedAtMs, expected) => {
  const moves: string[] = [];
  const unknown = requestRow({ state: 'unknown', resumedAt: AT });
  const resume = createResumer({
    requests: { find: async () => Promise.resolve(unknown) },
    findSession: async () => Promise.resolve(null),
    adopt: async () => Promise.resolve({ kind: 'leave' }),
    transitions: { move: async ({ to }) => (moves.push(to), Promise.resolve(null)) },
    now: Date.now,
  });
  await resume({ requestId: 'request', how: 'start-anyway', resumedAtMs });
  expect(moves).toEqual(expected);
});
