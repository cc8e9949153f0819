import { expect, test } from 'vitest';
import type { ReplyKind } from '../../src/session/reply.ts';
import { createCalls } from '../../src/store/calls.ts';
import { createReplies } from '../../src/store/replies.ts';
import { createRequests } from '../../src/store/requests.ts';
import { createSessions } from '../../src/store/sessions.ts';
import type { Db } from '../../src/store/tables.ts';
import { useEmbedded } from '../support/databases.ts';
import { newRequest } from '../support/request-row.ts';
import { sessionSnapshot } from '../support/session-snapshot.ts';

const open = useEmbedded();
const ID = 'c'.repeat(32);
const MINUTE_MS = 60_000;

type Answer = { ago: number; as: ReplyKind | 'web' };

/** What someone said in the thread. */
async function reply(db: Db, kind: ReplyKind, createdAt: Date): Promise<void> {
  const replies = createReplies(db);
  const from = { sessionId: ID, teamId: 'T1', userId: 'U1', channelId: 'C1', messageTs: null };
  await replies.insert({ id: 'r', dedupeKey: 'r', ...from, kind, text: '', files: [] });
  await replies.move({ id: 'r', from: ['accepted'], to: 'delivered' });
  await db.updateTable('replies').set({ createdAt }).execute();
}

/** How long the next call waits, in minutes, after calls and an answer so many minutes ago. `waits`: so long Devin waits. */
async function quietMinutes(
  callsAgo: readonly number[],
  { waits = 60, answer }: { waits?: number; answer?: Answer } = {},
) {
  const nowMs = Date.now();
  const at = (minutesAgo: number): Date => new Date(nowMs - minutesAgo * MINUTE_MS);
  const called = callsAgo.map((ago, index): [string, object] => [
    `needs-you:${index}`,
    { state: 'posted', eventId: `e${index}`, inMessage: true, createdAt: at(ago) },
  ]);
  const said = callsAgo.map((ago, index) => ({
    eventId: `e${index}`,
    saidAt: at(ago),
    attemptedAt: at(ago),
  }));
  const web = answer?.as === 'web' ? [{ eventId: 'w', source: 'user', saidAt: at(answer.ago) }] : [];
  const { db, calls } = await sessionWith(Object.fromEntries(called), [...said, ...web]);
  const place = { teamId: 'T1', channelId: 'C1' };
  await createRequests(db).insert([newRequest('r1', place)]);
  const snapshot = sessionSnapshot(ID, {});
  const sessions = createSessions(db);
  await sessions.bind({ sessionId: ID, requestId: 'r1', url: '', snapshot, threadTs: '1.1', ...place }, db);
  await sessions.change(ID, { phaseAt: at(waits) });
  if (answer !== undefined && answer.as !== 'web') await reply(db, answer.as, at(answer.ago));
  const until = await calls.quietUntil(ID);
  return until === null ? null : Math.round((until.getTime() - nowMs) / MINUTE_MS);
}

test.each<[string, number[], Parameters<typeof quietMinutes>[1], number | null]>([
  ['is the first', [], {}, null],
  ['follows another', [4], {}, 1],
  ['follows others', [9, 3], {}, 2],
  ['follows one that was made before Devin worked again', [4], { waits: 2 }, null],
  ['follows one made since', [4, 1], { waits: 2 }, 4],
  ['follows an answer', [4], { answer: { ago: 2, as: 'reply' } }, null],
  ['follows an answer in Devin', [4], { answer: { ago: 2, as: 'web' } }, null],
  ['follows what was answered before it', [4, 1], { answer: { ago: 2, as: 'reply' } }, 4],
  ['follows a word to the app', [4], { answer: { ago: 2, as: 'mute' } }, 1],
])(
  'a call waits until some minutes after one that nobody answered: it %s',
  async (_what, calls, how, minutes) => {
    expect(await quietMinutes(calls, how)).toBe(minutes);
  },
);

test.each<[string, ReplyKind, number, boolean]>([
  ['what is said after it', 'reply', 3, true],
  ['nothing said before it', 'reply', 5, false],
  ['no word to the app', 'mute', 3, false],
])('a call that waits is answered by %s', async (_what, kind, minutesAgo, isAnswered) => {
  const at = (ago: number): Date => new Date(Date.now() - ago * MINUTE_MS);
  const { db, calls } = await sessionWith({ 'needs-you:1': { createdAt: at(4) } }, [{ eventId: 'e1' }]);
  await reply(db, kind, at(minutesAgo));
  expect(await calls.isAnswered(ID, 'needs-you:1', 'e1')).toBe(isAnswered);
});

/** A session with these calls and questions, in this order. */
async function sessionWith(
  calls: Record<string, object>,
  said: readonly { eventId: string; source?: string; text?: string; slackTs?: string }[] = [],
) {
  const { db } = await open();
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
