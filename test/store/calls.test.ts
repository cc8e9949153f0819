import { sql } from 'kysely';
import { expect, test } from 'vitest';
import type { ReplyKind } from '../../src/session/reply.ts';
import { createCalls } from '../../src/store/calls.ts';
import { createReplies } from '../../src/store/replies.ts';
import { useEmbedded } from '../support/databases.ts';

const open = useEmbedded();
const ID = 'c'.repeat(32);
const MINUTE_MS = 60_000;

type Said = { said: ReplyKind; minutesAgo: number };

/** Calls of a session, each so many minutes ago, and answers. Returns how many minutes the last call stays quiet. */
async function quietMinutes(
  callsAgo: readonly number[],
  answeredAgo: readonly number[] = [],
  reply: Said | null = null,
) {
  const { db } = await open();
  const nowMs = Date.now();
  const at = (minutesAgo: number): Date => new Date(nowMs - minutesAgo * MINUTE_MS);
  await sql`delete from milestones`.execute(db);
  await sql`delete from session_messages`.execute(db);
  for (const [index, ago] of [...callsAgo, ...answeredAgo].sort((one, other) => other - one).entries()) {
    const eventId = `e${index}`;
    const source = answeredAgo.includes(ago) ? 'user' : 'devin';
    const said = { sessionId: ID, eventId, source, text: eventId, state: 'posted' as const, saidAt: at(ago) };
    await db.insertInto('sessionMessages').values(said).execute();
    if (source === 'user') continue;
    const call = { sessionId: ID, key: `needs-you:${index}`, eventId, inMessage: true, createdAt: at(ago) };
    await db
      .insertInto('milestones')
      .values({ ...call, state: 'posted', attemptedAt: null })
      .execute();
  }
  if (reply !== null) {
    const replies = createReplies(db);
    const place = { sessionId: ID, teamId: 'T1', userId: 'U1', channelId: 'C1', messageTs: null };
    await replies.insert({ id: 'r', dedupeKey: 'r', ...place, kind: reply.said, text: '', files: [] });
    await replies.move({ id: 'r', from: ['accepted'], to: 'delivered' });
    await db
      .updateTable('replies')
      .set({ createdAt: at(reply.minutesAgo) })
      .execute();
  }
  const last = callsAgo.length + answeredAgo.length - 1;
  const until = await createCalls(db).quietUntil(ID, `needs-you:${last}`);
  return until === null ? null : Math.round((until.getTime() - nowMs) / MINUTE_MS);
}

test('a question mentions nobody until some minutes after the last mention that waits', async () => {
  expect(await quietMinutes([0])).toBeNull();
  expect(await quietMinutes([4, 0])).toBe(1);
  expect(await quietMinutes([6, 0])).toBeNull();
  // The one 3 minutes ago was quiet, the one 1 minute ago wasn't.
  expect(await quietMinutes([6, 3, 1])).toBeNull();
  expect(await quietMinutes([6, 3, 1, 0])).toBe(4);
});

test('a question after an answer mentions the requester at once', async () => {
  expect(await quietMinutes([4, 0], [2])).toBeNull();
  expect(await quietMinutes([4, 3, 0], [2])).toBeNull();
  expect(await quietMinutes([4, 1, 0], [2])).toBe(4);
});

test.each<[ReplyKind, number | null]>([
  ['reply', null],
  ['mute', 1],
])('a question is answered by what goes to Devin, not by a word to the app: %s', async (said, quiet) => {
  expect(await quietMinutes([4, 0], [], { said, minutesAgo: 2 })).toBe(quiet);
});
