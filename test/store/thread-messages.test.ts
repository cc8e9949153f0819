import { describe, expect, test } from 'vitest';
import { createThreadMessages, type NewMessage } from '../../src/store/thread-messages.ts';
import { usePostgres } from '../support/databases.ts';

const said = (number: number): NewMessage => {
  const text = `line ${number}`;
  return { key: `e${number}`, source: 'devin', text, state: 'skipped', saidAt: new Date(0) };
};

describe('the history of a session', () => {
  const { open } = usePostgres();
  test('is stored in order, however long it is', async () => {
    const { db } = await open();
    const messages = createThreadMessages(db);
    const history = Array.from({ length: 12_000 }, (_, number) => said(number));
    await messages.add('s1', history);
    await messages.add('s1', history);
    const rows = await db.selectFrom('threadMessages').select('key').orderBy('seq').execute();
    expect(rows.map(({ key }) => key)).toEqual(history.map(({ key }) => key));
  });
});
