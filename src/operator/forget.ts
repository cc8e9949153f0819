import type { Kysely } from 'kysely';
import { readOperatorSettings } from '../config.ts';
import { PERSON_ID } from '../session/identity.ts';
import { forgetPerson } from '../store/retention.ts';
import type { Tables } from '../store/store.ts';
import {
  BY,
  checkName,
  FINE,
  print,
  readArguments,
  runCommand,
  UsageError,
  WRONG,
  withStore,
} from './command-line.ts';

/** `npm run forget -- USER`: removes a person's text from the database. */
const { text } = readOperatorSettings();

process.exitCode = await runCommand({ usage: text.forget.usage, run });

async function run(args: string[]): Promise<number> {
  const words = text.commandLine;
  const { positionals, values } = readArguments(args, { options: BY, operands: ['USER'], words });
  const [userId = ''] = positionals;
  if (!PERSON_ID.test(userId)) throw new UsageError(words.user);
  checkName(values.by, words);
  return withStore(async (db) => forget(db, userId, values.by), text);
}

async function forget(db: Kysely<Tables>, userId: string, by: string): Promise<number> {
  const forgotten = await forgetPerson(db, userId, by);
  const { inProgress } = forgotten;
  const done = text.forget.done(userId, forgotten);
  return inProgress > 0 ? print([done, text.forget.inProgress(inProgress)], WRONG) : print([done], FINE);
}
