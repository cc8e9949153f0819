import { expect, test } from 'vitest';
import type { SessionPhase } from '../../src/session/lifecycle.ts';
import type { RequestState } from '../../src/session/request.ts';
import { createListing } from '../../src/store/listing.ts';
import { createRequests } from '../../src/store/requests.ts';
import { createSessions } from '../../src/store/sessions.ts';
import { useEmbedded } from '../support/databases.ts';
import { newRequest } from '../support/request-row.ts';
import { sessionSnapshot } from '../support/session-snapshot.ts';

const open = useEmbedded();

async function openListing() {
  const { db } = await open();
  const requests = createRequests(db);
  const sessions = createSessions(db);
  let asked = 0;

  /** Each is newer than the one before. */
  async function ask(id: string, state: RequestState, phase: SessionPhase | null, userId = 'U1') {
    await db.transaction().execute(async (trx) => requests.insert([newRequest(id, { userId })], trx));
    const createdAt = new Date(Date.UTC(2026, 0, 1, 0, (asked += 1)));
    const changes = { state, createdAt, updatedAt: createdAt };
    await db.updateTable('sessionRequests').set(changes).where('id', '=', id).execute();
    if (phase === null) return;
    const sessionId = `s-${asked}`;
    const session = { sessionId, requestId: id, url: '', snapshot: sessionSnapshot(sessionId) };
    await sessions.bind({ ...session, teamId: 'T1', channelId: 'C1', threadTs: '1.0' }, db);
    await sessions.change(sessionId, { phase });
  }

  return { ask, listing: createListing(db) };
}

test('sessions that wait for a person come first, then those in progress, then the rest, newest first', async () => {
  const { ask, listing } = await openListing();
  await ask('old question', 'created', 'needs-you');
  await ask('old work', 'created', 'working');
  await ask('approval', 'created', 'needs-approval');
  await ask('unclear', 'unknown', null);
  await ask('sending', 'sending', null);
  await ask('done', 'created', 'finished');
  await ask('failed', 'failed', null);
  await ask('refused', 'refused', null);
  await ask("somebody else's", 'created', 'needs-you', 'U2');
  const own = { teamId: 'T1', userId: 'U1' };
  expect(await listing.mostPressing({ ...own, limit: 10 })).toEqual({
    requestIds: ['unclear', 'approval', 'old question', 'sending', 'old work', 'failed', 'done'],
    total: 7,
  });
  const { requestIds, total } = await listing.mostPressing({ ...own, limit: 3 });
  expect({ requestIds, total }).toEqual({ requestIds: ['unclear', 'approval', 'old question'], total: 7 });
});
