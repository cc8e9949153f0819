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

/** A session with these calls and questions, in this order. */
async function sessionWith(
  calls: Record<string, object>,
  said: readonly { eventId: string; source?: string; text?: string; slackTs?: string }[] = [],
) {
  const { db } = await open();
  for (const table of ['milestones', 'session_messages', 'replies'] as const)
    await sql`delete from ${sql.table(table)}`.execute(db);
  for (const [key, call] of Object.entries(calls))
    await db
      .insertInto('milestones')
      .values({ sessionId: ID, key, state: 'pending', ...call })
      .execute();
  for (const one of said)
    await db
      .insertInto('sessionMessages')
      .values({ sessionId: ID, source: 'devin', text: one.eventId, saidAt: new Date(), ...one })
      .execute();
  return { db, calls: createCalls(db) };
}

const OWN_MESSAGE = { state: 'posted', eventId: 'e1', channelId: 'C1', slackTs: '1.1' };

test('the latest call that waits becomes part of a message, and waits again if that is not posted', async () => {
  const { db, calls } = await sessionWith({
    'needs-you:1': OWN_MESSAGE,
    'needs-you:2': {},
    'needs-you:3': {},
    'needs-you:4': { attemptedAt: new Date(), eventId: 'e4' },
    'needs-you:5': { direct: true },
    finished: {},
  });
  expect([await calls.join(ID, 'e6'), await calls.join(ID, 'e7'), await calls.join(ID, 'e8')]).toEqual([
    'needs-you:3',
    'needs-you:2',
    null,
  ]);
  expect([await calls.partOf(ID, 'e6'), await calls.partOf(ID, 'e1')]).toEqual(['needs-you:3', null]);
  await calls.part(ID, 'e6');
  await calls.part(ID, 'e1');
  const posted = await db.selectFrom('milestones').select('key').where('state', '=', 'posted').execute();
  expect(posted.map(({ key }) => key).toSorted()).toEqual(['needs-you:1', 'needs-you:2']);
});

test.each([
  ['was made', OWN_MESSAGE, 'e1', true],
  ['was made for the same words', OWN_MESSAGE, 'e2', true],
  ['waits', { ...OWN_MESSAGE, state: 'pending' }, 'e1', false],
  ['was skipped', { ...OWN_MESSAGE, state: 'skipped' }, 'e1', false],
])('a call that %s', async (_what, call, eventId, isMade) => {
  const { calls } = await sessionWith({ 'needs-you:1': call }, [
    { eventId: 'e1', text: ' Main or release? ' },
  ]);
  expect(await calls.isMade(ID, { eventId, text: 'Main or release?' })).toBe(isMade);
});

test.each<[string, Record<string, object>, boolean]>([
  ['nobody was called before', {}, false],
  ['someone was called for another question', { 'needs-you:1': { ...OWN_MESSAGE, eventId: 'e0' } }, true],
  ['a call waits', { 'needs-you:1': { ...OWN_MESSAGE, state: 'pending', eventId: 'e0' } }, false],
  ['someone was called for it', { 'needs-you:1': OWN_MESSAGE }, false],
])('a call for the last question is missing, or not: %s', async (_what, called, isMissing) => {
  const { db, calls } = await sessionWith(called, [{ eventId: 'e1' }]);
  expect(await calls.isMissing(ID, db)).toBe(isMissing);
});
