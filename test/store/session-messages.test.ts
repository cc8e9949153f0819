import { expect, test } from 'vitest';
import { createRequests } from '../../src/store/requests.ts';
import { createSessionMessages, FILE, type NewMessage } from '../../src/store/session-messages.ts';
import { createSessions } from '../../src/store/sessions.ts';
import { describeOnBothDatabases } from '../support/databases.ts';
import { newRequest } from '../support/request-row.ts';
import { sessionSnapshot } from '../support/session-snapshot.ts';

const said = (number: number): NewMessage => {
  const text = `line ${number}`;
  return { eventId: `e${number}`, source: 'devin', text, state: 'skipped', saidAt: new Date(0) };
};

describeOnBothDatabases('the history of a session', (open) => {
  test('is stored in order, however long it is', async () => {
    const { db } = await open();
    const messages = createSessionMessages(db);
    const history = Array.from({ length: 12_000 }, (_, number) => said(number));
    await messages.add('s1', history);
    await messages.add('s1', history);
    const rows = await db.selectFrom('sessionMessages').select('eventId').orderBy('seq').execute();
    expect(rows.map(({ eventId }) => eventId)).toEqual(history.map(({ eventId }) => eventId));
  });

  test('is posted in order, without waiting for files', async () => {
    const { db } = await open();
    const messages = createSessionMessages(db);
    const waiting = (number: number) => ({ ...said(number), state: 'pending' as const });
    await messages.add('s1', [waiting(1), { ...waiting(2), source: FILE }, waiting(3), waiting(4)]);
    const posted: string[] = [];
    for (let row = await messages.nextPending('s1'); row !== null; row = await messages.nextPending('s1')) {
      posted.push(row.eventId);
      await messages.settle(row, null);
    }
    expect(posted).toEqual(['e1', 'e3', 'e4', 'e2']);
  });

  test.each([
    ['is left out while its thread is not connected', false, 'left-out'],
    ['still waits if its thread was connected meanwhile', true, 'pending'],
  ])('%s', async (_what, synced, state) => {
    const { db } = await open();
    const [messages, sessions] = [createSessionMessages(db), createSessions(db)];
    const place = { teamId: 'T1', channelId: 'C1', threadTs: '1.1' };
    await createRequests(db).insert([newRequest('r1', place)]);
    await sessions.bind(
      {
        sessionId: 's1',
        requestId: 'r1',
        url: '',
        snapshot: sessionSnapshot('s1'),
        ...place,
      },
      db,
    );
    await db.updateTable('sessions').set({ synced }).execute();
    await messages.add('s1', [said(1), { ...said(2), state: 'pending' }]);
    await messages.leaveOutPending('s1');
    expect(await messages.lastMessage('s1')).toMatchObject({ state });
    const leftOut = state === 'left-out' ? [{ source: 'devin', text: 'line 2' }] : [];
    // Each is returned once.
    expect(await messages.takeLeftOut('s1', db)).toEqual(leftOut);
    expect(await messages.takeLeftOut('s1', db)).toEqual([]);
  });
});
