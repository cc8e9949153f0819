import { expect, test } from 'vitest';
import { createSessionMessages, type NewMessage } from '../../src/store/session-messages.ts';
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
});
