import { expect, test } from 'vitest';
import { createCalls } from '../../src/store/calls.ts';
import { useEmbedded } from '../support/databases.ts';

const open = useEmbedded();
const ID = 'c'.repeat(32);

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

test('a call becomes part of a message, and waits again if that is not posted', async () => {
  const { db, calls } = await sessionWith({
    'needs-you:1': OWN_MESSAGE,
    'needs-you:2': {},
    'finished:1': {},
  });
  await calls.join(ID, 'needs-you:2', 'e6');
  await calls.join(ID, 'finished:1', 'e7');
  expect([await calls.partOf(ID, 'e6'), await calls.partOf(ID, 'e1')]).toEqual(['needs-you:2', null]);
  await calls.part(ID, 'e6');
  await calls.part(ID, 'e1');
  const posted = await db.selectFrom('milestones').select('key').where('state', '=', 'posted').execute();
  expect(posted.map(({ key }) => key).toSorted()).toEqual(['finished:1', 'needs-you:1']);
});

test.each([
  ['was made', OWN_MESSAGE, true],
  ['waits', { ...OWN_MESSAGE, state: 'pending' }, false],
  ['was skipped', { ...OWN_MESSAGE, state: 'skipped' }, false],
])('a call that %s', async (_what, call, isMade) => {
  const { calls } = await sessionWith({ 'needs-you:1': call }, [{ eventId: 'e1' }]);
  expect(await calls.isMade(ID, 'e1')).toBe(isMade);
});

const ANSWER = { eventId: 'u1', source: 'user' };

test.each<[string, Record<string, object>, { eventId: string; source?: string }[], boolean]>([
  ['nobody was called before', {}, [{ eventId: 'e1' }, ANSWER, { eventId: 'e2' }], false],
  ['nobody answered', { 'needs-you:1': OWN_MESSAGE }, [{ eventId: 'e1' }, { eventId: 'e2' }], false],
  ['Devin has said nothing since', { 'needs-you:1': OWN_MESSAGE }, [{ eventId: 'e1' }, ANSWER], false],
  ['Devin has', { 'needs-you:1': OWN_MESSAGE }, [{ eventId: 'e1' }, ANSWER, { eventId: 'e2' }], true],
  [
    'a call waits',
    { 'needs-you:1': { ...OWN_MESSAGE, state: 'pending' } },
    [{ eventId: 'e1' }, ANSWER, { eventId: 'e2' }],
    false,
  ],
])('a call for another question is missing, or not: %s', async (_what, called, said, isMissing) => {
  const { db, calls } = await sessionWith(called, said);
  expect(await calls.isMissing(ID, db)).toBe(isMissing);
});
