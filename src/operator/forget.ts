import type { Kysely } from 'kysely';
import { readOperatorSettings } from '../config.ts';
import { forgetPerson } from '../store/forget.ts';
import type { Tables } from '../store/tables.ts';
import { FINE, print, showUsage, WRONG } from './command-line.ts';
import { withStore } from './store.ts';

/** `npm run forget -- USER`: removes a person's text from the database. */
const { text } = readOperatorSettings();

process.exitCode = await run(process.argv.slice(2));

async function run(args: string[]): Promise<number> {
  const [userId = '', ...others] = args;
  if (!/^[UW][A-Z0-9]{2,}$/.test(userId) || others.length > 0) return showUsage(text.forget.usage, args);
  return withStore(async (db) => forget(db, userId), text);
}

async function forget(db: Kysely<Tables>, userId: string): Promise<number> {
  const forgotten = await forgetPerson(db, userId);
  const { inProgress } = forgotten;
  const done = text.forget.done(userId, forgotten);
  return inProgress > 0 ? print([done, text.forget.inProgress(inProgress)], WRONG) : print([done], FINE);
}
