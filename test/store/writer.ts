import { sql } from 'kysely';
import { openDatabase } from '../../src/store/database.ts';

/** A process that writes rows to an embedded database, and prints each id once its row is stored. */
const { db } = await openDatabase({ dataDir: process.argv[2] ?? '' });
await sql`create table notes (id int)`.execute(db);
for (let id = 1; ; id++) {
  await sql`insert into notes values (${id})`.execute(db);
  process.stdout.write(`${id}\n`);
}
