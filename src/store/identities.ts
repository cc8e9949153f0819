import { sql, type Kysely, type RawBuilder, type Transaction, type Updateable } from 'kysely';
import { z } from 'zod';
import { identitySchema, slackPersonSchema, type Identity } from '../session/identity.ts';
import { appendAudit } from './audit.ts';
import { json, lockNames } from './sql.ts';
import type { Db, Tables } from './store.ts';

/** A person: Slack user ids are unique within a workspace only. */
export type Person = { teamId: string; userId: string };

/** In a statement about one table. */
const isOf = ({ teamId, userId }: Person): RawBuilder<boolean> =>
  sql<boolean>`team_id = ${teamId} and user_id = ${userId}`;

/** Slack knows no such person, or doesn't show them here. */
export const NOBODY = 'nobody';
const knownSchema = z.union([slackPersonSchema, z.literal(NOBODY)]);
type KnownPerson = z.infer<typeof knownSchema>;

/** What Slack and Devin last said about a person, and who they are in Devin, as an administrator said. */
export type PersonRow = Person & {
  /** null: not asked, or the person has changed since `askedAt`. */
  slack: KnownPerson | null;
  askedAt: Date | null;
  /** How they were found in Devin: the address, the link, or the file's entry; null: none of these. */
  address: string | null;
  identity: Identity | null;
  /** The member that their address found last. */
  ranAs: string | null;
  /** The member an administrator linked them to. */
  linkedTo: string | null;
};

/** What a person was found by, and as whom. */
type Remembered = { address: string | null; identity: Identity };

export type Identities = ReturnType<typeof createIdentities>;

/** Sets these columns of a person's row. */
async function write(
  { teamId, userId }: Person,
  value: Updateable<Tables['people']>,
  trx: Db,
): Promise<void> {
  await trx
    .insertInto('people')
    .values({ teamId, userId, ...value })
    .onConflict((conflict) => conflict.columns(['teamId', 'userId']).doUpdateSet(value))
    .execute();
}

export function createIdentities(db: Kysely<Tables>) {
  return {
    /** The member that an administrator linked to a person, and what is remembered; null: there is none. */
    async known(
      person: Person,
    ): Promise<{ link: string | null; ranAs: string | null; remembered: Remembered | null }> {
      const row = await db
        .selectFrom('people')
        .select(['linkedTo', 'ranAs', 'address', 'identity'])
        .where(isOf(person))
        .executeTakeFirst();
      const { linkedTo: link = null, ranAs = null, address = null, identity = null } = row ?? {};
      return {
        link,
        ranAs,
        remembered: identity === null ? null : { address, identity: identitySchema.parse(identity) },
      };
    },

    async remember(person: Person, { address, identity }: Remembered): Promise<void> {
      const ranAs = identity.kind === 'matched' && identity.how === 'email' ? identity.devinUserId : null;
      const found = { address, identity: json(identity) };
      await write(person, { ...found, ...(ranAs !== null && { ranAs }) }, db);
    },

    async forget(person: Person): Promise<void> {
      await db.updateTable('people').set({ address: null, identity: null }).where(isOf(person)).execute();
    },

    /** At start: settings may have changed. */
    async forgetAll(): Promise<void> {
      await db
        .updateTable('people')
        .set({ address: null, identity: null })
        .where('identity', 'is not', null)
        .execute();
    },

    /**
     * Links a person to this member; null: to none. `then`: in the same transaction, if that changes anything. Returns who
     * else is linked to the member, so that nothing changes; null: nobody.
     */
    async link(
      person: Person,
      { devinUserId, by }: { devinUserId: string | null; by: string },
      then: (trx: Transaction<Tables>) => Promise<void>,
    ): Promise<string | null> {
      const { teamId, userId } = person;
      return db.transaction().execute(async (trx) => {
        await lockNames([`links:${teamId}`], trx);
        const links = trx.selectFrom('people').select(['userId', 'linkedTo']);
        const before = (await links.where(isOf(person)).executeTakeFirst())?.linkedTo ?? null;
        if (before === devinUserId) return null;
        const ofMember = sql<boolean>`team_id = ${teamId} and linked_to = ${devinUserId}`;
        const other = await links.where(ofMember).executeTakeFirst();
        if (other !== undefined) return other.userId;
        await write(person, { linkedTo: devinUserId }, trx);
        await then(trx);
        const result = `${devinUserId === null ? 'removed' : 'linked'}:${userId}`;
        await appendAudit([{ kind: 'link', userId: by, devinUserId: devinUserId ?? before, result }], trx);
        return null;
      });
    },
  };
}

export type KnownPeople = ReturnType<typeof createKnownPeople>;

/** What Slack recently said about people, shared by all replicas so that a change reaches all of them at once. */
export function createKnownPeople(db: Kysely<Tables>) {
  async function write({ teamId, userId }: Person, slack: KnownPerson | null, askedAt: Date): Promise<void> {
    const value = { slack: json(slack), askedAt };
    await db
      .insertInto('people')
      .values({ teamId, userId, ...value })
      .onConflict((conflict) =>
        conflict
          .columns(['teamId', 'userId'])
          .doUpdateSet(value)
          // A change counts also if the clock was set back since the last answer.
          .where(({ or, eb, lit }) =>
            or([eb('people.askedAt', '<=', askedAt), eb('people.askedAt', 'is', null), lit(slack === null)]),
          ),
      )
      .execute();
  }

  return {
    /** null: Slack wasn't asked since then, the person has changed, or the clock was set back after the answer. */
    async since(person: Person, since: Date, now: Date): Promise<KnownPerson | null> {
      const row = await db
        .selectFrom('people')
        .select('slack')
        .where(isOf(person))
        .where('askedAt', '>', since)
        .where('askedAt', '<=', now)
        .executeTakeFirst();
      return row === undefined ? null : knownSchema.nullable().parse(row.slack);
    },

    /** `askedAt`: an answer from before the person changed isn't kept. */
    remember: write,

    changed: async (person: Person, at: Date): Promise<void> => write(person, null, at),
  };
}
