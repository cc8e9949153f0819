import { expect, test } from 'vitest';
import { usePostgres } from '../support/databases.ts';
import { fillHistory } from '../support/history.ts';
import { runCommand } from '../support/processes.ts';

const postgres = usePostgres();
const ANA = 'U0123ABCD';

const forget = async (settings: Record<string, string>, ...args: string[]) =>
  runCommand('src/operator/forget.ts', settings, args);

test("removes a person's text beside a running app, and exits with 1 while a request of theirs is in progress", async () => {
  const database = await postgres.open();
  await fillHistory(database.db, { requests: 20, people: 10, active: 0 });
  const settings = { DATABASE_URL: database.options.databaseUrl ?? '' };
  const requestsOf = (userId: string) =>
    database.db.selectFrom('sessionRequests').select(['id', 'prompt']).where('userId', '=', userId).execute();
  await database.db
    .updateTable('sessionRequests')
    .set({ userId: ANA, prompt: 'words' })
    .where('userId', '=', 'U5')
    .execute();
  const [one] = await requestsOf(ANA);

  expect(await forget(settings, ANA, '--by', 'jo@ops')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('Removed the text of U0123ABCD. Requests: 2;') as unknown,
  });
  expect((await requestsOf(ANA)).map(({ prompt }) => prompt)).toEqual([null, null]);
  const [entry] = await database.db.selectFrom('audit').select(['userId', 'result']).execute();
  expect(entry).toEqual({ userId: ANA, result: 'done:jo@ops' });

  await database.db
    .updateTable('sessionRequests')
    .set({ state: 'accepted', sessionId: null })
    .where('id', '=', one?.id ?? '')
    .execute();
  expect(await forget(settings, ANA)).toMatchObject({ code: 1 });
});

test('refuses a name instead of an id', async () => {
  expect(await forget({ DATA_DIR: '/nowhere' }, '@ana')).toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringContaining('USER must be a Slack user id') as unknown,
  });
});
