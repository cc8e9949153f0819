import type { Kysely } from 'kysely';
import { z } from 'zod';
import { slackPersonSchema } from '../session/identity.ts';
import type { Person } from './identities.ts';
import { json } from './sql.ts';
import type { Columns } from './sql.ts';
import type { Tables } from './tables.ts';

/** Slack knows no such person, or doesn't show them here. */
export const NOBODY = 'nobody';
const knownSchema = z.union([slackPersonSchema, z.literal(NOBODY)]);
type Known = z.infer<typeof knownSchema>;

/** What Slack last said about a person; `person` null: the person has changed since. */
export type KnownPeopleTable = Columns<Person & { person: Known | null; checkedAt: Date }, 'person'>;

export type KnownPeople = ReturnType<typeof createKnownPeople>;

/** What Slack recently said about people, shared by all replicas so that a change reaches all of them at once. */
export function createKnownPeople(db: Kysely<Tables>) {
  async function write({ teamId, userId }: Person, person: Known | null, at: Date): Promise<void> {
    const value = { person: json(person), checkedAt: at };
    await db
      .insertInto('knownPeople')
      .values({ teamId, userId, ...value })
      .onConflict((conflict) =>
        conflict.columns(['teamId', 'userId']).doUpdateSet(value).where('knownPeople.checkedAt', '<=', at),
      )
      .execute();
  }

  return {
    /** null: Slack wasn't asked since then, or the person has changed. */
    async since({ teamId, userId }: Person, since: Date): Promise<Known | null> {
      const row = await db
        .selectFrom('knownPeople')
        .select('person')
        .where('teamId', '=', teamId)
        .where('userId', '=', userId)
        .where('checkedAt', '>', since)
        .executeTakeFirst();
      return row === undefined ? null : knownSchema.nullable().parse(row.person);
    },

    /** `askedAt`: an answer from before the person changed isn't kept. */
    remember: async (person: Person, known: Known, askedAt: Date): Promise<void> =>
      write(person, known, askedAt),

    changed: async (person: Person, at: Date): Promise<void> => write(person, null, at),

    async deleteBefore(limit: Date): Promise<void> {
      await db.deleteFrom('knownPeople').where('checkedAt', '<', limit).execute();
    },
  };
}
