import { sql, type Kysely, type Transaction } from 'kysely';
import { z } from 'zod';
import { identitySchema } from '../session/identity.ts';
import { withJson } from './sql.ts';
import type { Db, Tables } from './store.ts';

const unconfirmedCreateSchema = z.object({
  requestId: z.string(),
  sentAt: z.date(),
  /** As whom it was sent. null: as its request says. */
  identity: identitySchema.nullable(),
  /** When the search was given up. */
  lostAt: z.date(),
  nextLookAt: z.date(),
});
/** A creation that was sent but not answered, and whose session wasn't found: it may still turn up. */
export type UnconfirmedCreate = z.infer<typeof unconfirmedCreateSchema>;

const MAX_AT_A_TIME = 200;

export function createUnconfirmedCreates(db: Kysely<Tables>) {
  return {
    async add(lost: UnconfirmedCreate, trx: Transaction<Tables>): Promise<void> {
      await trx
        .insertInto('unconfirmedCreates')
        .values(withJson(lost))
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    },

    /** All of them, once one is due: one search serves many. */
    async due(now: Date): Promise<UnconfirmedCreate[]> {
      const rows = await db
        .selectFrom('unconfirmedCreates')
        .selectAll()
        .where(({ exists, selectFrom }) =>
          exists(selectFrom('unconfirmedCreates').select('requestId').where('nextLookAt', '<=', now)),
        )
        .orderBy('nextLookAt')
        .limit(MAX_AT_A_TIME)
        .execute();
      return rows.map((row) => unconfirmedCreateSchema.parse(row));
    },

    /** `at`: when to search again; null: never. */
    async plan({ requestId, sentAt }: UnconfirmedCreate, at: Date | null, trx: Db = db): Promise<void> {
      const it = sql<boolean>`request_id = ${requestId} and sent_at = ${sentAt}`;
      if (at === null) await trx.deleteFrom('unconfirmedCreates').where(it).execute();
      else await trx.updateTable('unconfirmedCreates').set({ nextLookAt: at }).where(it).execute();
    },

    /** A session of this request was found: one fewer is missing. */
    async found(requestId: string, trx: Transaction<Tables>): Promise<void> {
      await trx
        .deleteFrom('unconfirmedCreates')
        .where('requestId', '=', requestId)
        .where('sentAt', '=', ({ selectFrom }) =>
          selectFrom('unconfirmedCreates')
            .select(({ fn }) => fn.min('sentAt').as('first'))
            .where('requestId', '=', requestId),
        )
        .execute();
    },
  };
}
