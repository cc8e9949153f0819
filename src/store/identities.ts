import { sql, type Kysely, type RawBuilder, type Transaction } from 'kysely';
import { z } from 'zod';
import { identitySchema, slackPersonSchema, type Identity } from '../session/identity.ts';
import { appendAudit } from './audit.ts';
import { json, lockNames, type Columns } from './sql.ts';
import type { Db, Tables } from './tables.ts';

/** A person: Slack user ids are unique within a workspace only. */
export type Person = { teamId: string; userId: string };

/** In a statement about one table. */
const isOf = ({ teamId, userId }: Person): RawBuilder<boolean> =>
  sql<boolean>`team_id = ${teamId} and user_id = ${userId}`;

/** What was found out about a person in Devin; kept for a while. */
export type IdentitiesTable = Columns<
  Person & {
    /** How it was found: the address, the link, or the file's entry; null: none of these. */
    address: string | null;
    identity: Identity;
    checkedAt: Date;
  }
>;

/** Which Devin member a person is, as an administrator said. */
export type IdentityLinksTable = Person & { devinUserId: string };

/** What a person was found by, and as whom. */
type Remembered = { address: string | null; identity: Identity };
type AfterLinking = (trx: Transaction<Tables>) => Promise<void>;

export type Identities = ReturnType<typeof createIdentities>;

export function createIdentities(db: Kysely<Tables>) {
  /** The other people who are linked to this member. */
  async function othersLinkedTo(
    devinUserId: string,
    { teamId, userId }: Person,
    from: Db = db,
  ): Promise<string[]> {
    const others = await from
      .selectFrom('identityLinks')
      .select('userId')
      .where((row) => row.and({ teamId, devinUserId }))
      .where('userId', '<>', userId)
      .execute();
    return others.map((other) => other.userId);
  }

  return {
    othersLinkedTo,

    /** The member that an administrator linked to a person, and what is remembered; null: there is none. In one statement. */
    async known(person: Person): Promise<{ link: string | null; remembered: Remembered | null }> {
      const of = isOf(person);
      const row = await db
        .selectNoFrom(({ selectFrom }) => [
          selectFrom('identityLinks').select('devinUserId').where(of).as('link'),
          selectFrom('identities').select('address').where(of).as('address'),
          selectFrom('identities').select('identity').where(of).as('identity'),
        ])
        .executeTakeFirstOrThrow();
      const { link, address, identity } = row;
      return {
        link,
        remembered: identity === null ? null : { address, identity: identitySchema.parse(identity) },
      };
    },

    async remember({ teamId, userId }: Person, { address, identity }: Remembered): Promise<void> {
      const value = { address, identity: json(identity), checkedAt: new Date(identity.checkedAtMs) };
      await db
        .insertInto('identities')
        .values({ teamId, userId, ...value })
        .onConflict((conflict) => conflict.columns(['teamId', 'userId']).doUpdateSet(value))
        .execute();
    },

    async forget(person: Person): Promise<void> {
      await db.deleteFrom('identities').where(isOf(person)).execute();
    },

    /** At start: settings may have changed. */
    async forgetAll(): Promise<void> {
      await db.deleteFrom('identities').execute();
    },

    /** `then`: in the same transaction, if there was one. */
    async removeLink(person: Person, removedBy: string, then: AfterLinking): Promise<void> {
      await db.transaction().execute(async (trx) => {
        const removed = await trx
          .deleteFrom('identityLinks')
          .where(isOf(person))
          .returning('devinUserId')
          .executeTakeFirst();
        if (removed === undefined) return;
        await then(trx);
        const result = `removed:${person.userId}`;
        await appendAudit([{ kind: 'link', userId: removedBy, ...removed, result }], trx);
      });
    },

    /**
     * `left`: others who were linked to the member and have left Slack. `then`: in the same transaction, unless the person
     * was already linked to this member. Returns who was linked to the member meanwhile, so that nothing changes; null: nobody.
     */
    async setLink(
      person: Person,
      { devinUserId, linkedBy, left }: { devinUserId: string; linkedBy: string; left: readonly string[] },
      then: AfterLinking,
    ): Promise<string | null> {
      return db.transaction().execute(async (trx) => {
        await lockNames([`link:${person.teamId}:${devinUserId}`], trx);
        const others = await othersLinkedTo(devinUserId, person, trx);
        const other = others.find((userId) => !left.includes(userId));
        if (other !== undefined) return other;
        const linked = await trx
          .insertInto('identityLinks')
          .values({ teamId: person.teamId, userId: person.userId, devinUserId })
          .onConflict((conflict) =>
            conflict
              .columns(['teamId', 'userId'])
              .doUpdateSet({ devinUserId })
              .where('identityLinks.devinUserId', '<>', devinUserId),
          )
          .returning('userId')
          .executeTakeFirst();
        if (linked === undefined) return null;
        await then(trx);
        const result = `linked:${person.userId}`;
        await appendAudit([{ kind: 'link', userId: linkedBy, devinUserId, result }], trx);
        return null;
      });
    },
  };
}

/** Slack knows no such person, or doesn't show them here. */
export const NOBODY = 'nobody';
const knownSchema = z.union([slackPersonSchema, z.literal(NOBODY)]);
type KnownPerson = z.infer<typeof knownSchema>;

/** What Slack last said about a person; `person` null: the person has changed since. */
export type KnownPeopleTable = Columns<Person & { person: KnownPerson | null; checkedAt: Date }>;

export type KnownPeople = ReturnType<typeof createKnownPeople>;

/** What Slack recently said about people, shared by all replicas so that a change reaches all of them at once. */
export function createKnownPeople(db: Kysely<Tables>) {
  async function write({ teamId, userId }: Person, person: KnownPerson | null, at: Date): Promise<void> {
    const value = { person: json(person), checkedAt: at };
    await db
      .insertInto('knownPeople')
      .values({ teamId, userId, ...value })
      .onConflict((conflict) =>
        conflict
          .columns(['teamId', 'userId'])
          .doUpdateSet(value)
          // A change counts also if the clock was set back since the last answer.
          .where(({ or, eb, lit }) => or([eb('knownPeople.checkedAt', '<=', at), lit(person === null)])),
      )
      .execute();
  }

  return {
    /** null: Slack wasn't asked since then, the person has changed, or the clock was set back after the answer. */
    async since(person: Person, since: Date, now: Date): Promise<KnownPerson | null> {
      const row = await db
        .selectFrom('knownPeople')
        .select('person')
        .where(isOf(person))
        .where('checkedAt', '>', since)
        .where('checkedAt', '<=', now)
        .executeTakeFirst();
      return row === undefined ? null : knownSchema.nullable().parse(row.person);
    },

    /** `askedAt`: an answer from before the person changed isn't kept. */
    remember: async (person: Person, known: KnownPerson, askedAt: Date): Promise<void> =>
      write(person, known, askedAt),

    changed: async (person: Person, at: Date): Promise<void> => write(person, null, at),
  };
}
