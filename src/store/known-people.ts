import type { Kysely } from 'kysely';
import { slackPersonSchema } from '../session/person.ts';
import type { SlackPerson } from '../session/person.ts';
import type { Person } from './identities.ts';
import { json } from './json.ts';
import type { Tables } from './tables.ts';

export type KnownPeople = ReturnType<typeof createKnownPeople>;

/** What Slack said of people lately: shared by all replicas, so that a change counts for each of them at once. */
export function createKnownPeople(db: Kysely<Tables>) {
  async function write({ teamId, userId }: Person, person: SlackPerson | null, at: Date): Promise<void> {
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
    /** null: Slack was not asked since, or the person has changed since it was. */
    async since({ teamId, userId }: Person, since: Date): Promise<SlackPerson | null> {
      const row = await db
        .selectFrom('knownPeople')
        .select('person')
        .where('teamId', '=', teamId)
        .where('userId', '=', userId)
        .where('checkedAt', '>', since)
        .executeTakeFirst();
      return row === undefined ? null : slackPersonSchema.nullable().parse(row.person);
    },

    /** `askedAt`: what was asked before the person changed is not kept. */
    remember: async (person: Person, slackPerson: SlackPerson, askedAt: Date): Promise<void> =>
      write(person, slackPerson, askedAt),

    changed: async (person: Person, at: Date): Promise<void> => write(person, null, at),

    async deleteBefore(limit: Date): Promise<void> {
      await db.deleteFrom('knownPeople').where('checkedAt', '<', limit).execute();
    },
  };
}
