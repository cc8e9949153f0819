import { expect, test } from 'vitest';
import { createResumer } from '../../src/create/run.ts';
import type { Move } from '../../src/create/transitions.ts';
import { requestRow } from '../support/request-row.ts';

const AT = new Date('2026-01-01T00:00:00.123Z');
const LATER = new Date('2026-01-01T00:01:00.123Z');

/** The states to which the job moves a request that is not confirmed. `resumedAt`: once Devin's list was searched. */
async function movesOf({ resumedAtMs, resumedAt }: { resumedAtMs: number | null; resumedAt: Date }) {
  const moves: (Move | null)[] = [];
  const unknown = requestRow({ state: 'unknown', resumedAt: AT });
  const resume = createResumer({
    requests: { find: async () => Promise.resolve(unknown) },
    findSession: async () => Promise.resolve(null),
    adopt: async () => Promise.resolve({ kind: 'leave' }),
    transitions: {
      move: async () => Promise.resolve(null),
      moveLocked: async (_id, plan) => Promise.resolve(moves.push(plan({ ...unknown, resumedAt })) > 0),
    },
    now: Date.now,
  });
  await resume({ requestId: 'request', how: 'start-anyway', resumedAtMs });
  return moves.flatMap((move) => move?.step.to ?? []);
}

test.each([
  ['starts the attempt that it was pressed for once more', AT.getTime(), AT, ['attached']],
  ['starts no later attempt again if its job runs twice', null, AT, []],
  ['starts nothing if the request was restarted during the search', AT.getTime(), LATER, []],
])('"Start anyway" %s', async (_which, resumedAtMs, resumedAt, expected) => {
  expect(await movesOf({ resumedAtMs, resumedAt })).toEqual(expected);
});
