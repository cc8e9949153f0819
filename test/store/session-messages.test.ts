import { expect, test } from 'vitest';
import { createSessionMessages, FILE, type NewMessage } from '../../src/store/session-messages.ts';
import { describeOnBothDatabases } from '../support/databases.ts';

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
});
