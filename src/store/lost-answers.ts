import type { Kysely, Transaction } from 'kysely';
import { z } from 'zod';
import { identitySchema } from '../session/identity.ts';
import { json } from './database.ts';
import type { Db, Tables } from './tables.ts';

const lostAnswerSchema = z.object({
  requestId: z.string(),
  sentAt: z.date(),
  identity: identitySchema.nullable(),
  lostAt: z.date(),
  nextLookAt: z.date(),
});
/** A creation that left and was not answered, and whose session was not found: it may turn up yet. */
export type LostAnswer = z.infer<typeof lostAnswerSchema>;

/** More at a time are not looked for; the others come later. */
const MAX_AT_A_TIME = 200;

export type LostAnswers = ReturnType<typeof createLostAnswers>;

export function createLostAnswers(db: Kysely<Tables>) {
  return {
    async add(lost: LostAnswer, trx: Transaction<Tables>): Promise<void> {
      await trx
        .insertInto('lostAnswers')
        .values({ ...lost, identity: json(lost.identity) })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    },

    /** Once it is the turn of any, all of them: one look serves many. */
    async due(now: Date): Promise<LostAnswer[]> {
      const rows = await db
        .selectFrom('lostAnswers')
        .selectAll()
        .where(({ exists, selectFrom }) =>
          exists(selectFrom('lostAnswers').select('requestId').where('nextLookAt', '<=', now)),
        )
        .orderBy('nextLookAt')
        .limit(MAX_AT_A_TIME)
        .execute();
      return rows.map((row) => lostAnswerSchema.parse(row));
    },

    /** `at` null: it is not looked for again. */
    async plan({ requestId, sentAt }: LostAnswer, at: Date | null, trx: Db = db): Promise<void> {
      if (at === null)
        await trx
          .deleteFrom('lostAnswers')
          .where('requestId', '=', requestId)
          .where('sentAt', '=', sentAt)
          .execute();
      else
        await trx
          .updateTable('lostAnswers')
          .set({ nextLookAt: at })
          .where('requestId', '=', requestId)
          .where('sentAt', '=', sentAt)
          .execute();
    },

    /** A session of this request was found: one less is missing. */
    async found(requestId: string, trx: Transaction<Tables>): Promise<void> {
      await trx
        .deleteFrom('lostAnswers')
        .where('requestId', '=', requestId)
        .where('sentAt', '=', ({ selectFrom }) =>
          selectFrom('lostAnswers')
            .select(({ fn }) => fn.min('sentAt').as('first'))
            .where('requestId', '=', requestId),
        )
        .execute();
    },
  };
}
