import type { Kysely, Transaction } from 'kysely';
import { z } from 'zod';
import type { Tables } from './tables.ts';

const lostAnswerSchema = z.object({
  request_id: z.string(),
  sent_at: z.date(),
  lost_at: z.date(),
  next_look_at: z.date(),
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
        .insertInto('lost_answers')
        .values(lost)
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    },

    /** Once it is the turn of any, all of them: one look serves many. */
    async due(now: Date): Promise<LostAnswer[]> {
      const rows = await db
        .selectFrom('lost_answers')
        .selectAll()
        .where(({ exists, selectFrom }) =>
          exists(selectFrom('lost_answers').select('request_id').where('next_look_at', '<=', now)),
        )
        .orderBy('next_look_at')
        .limit(MAX_AT_A_TIME)
        .execute();
      return rows.map((row) => lostAnswerSchema.parse(row));
    },

    /** `at` null: it is not looked for again. */
    async plan({ request_id: requestId, sent_at: sentAt }: LostAnswer, at: Date | null): Promise<void> {
      if (at === null)
        await db
          .deleteFrom('lost_answers')
          .where('request_id', '=', requestId)
          .where('sent_at', '=', sentAt)
          .execute();
      else
        await db
          .updateTable('lost_answers')
          .set({ next_look_at: at })
          .where('request_id', '=', requestId)
          .where('sent_at', '=', sentAt)
          .execute();
    },

    /** A session of this request was found: one less is missing. */
    async found(requestId: string, trx: Transaction<Tables>): Promise<void> {
      await trx
        .deleteFrom('lost_answers')
        .where('request_id', '=', requestId)
        .where('sent_at', '=', ({ selectFrom }) =>
          selectFrom('lost_answers')
            .select(({ fn }) => fn.min('sent_at').as('first'))
            .where('request_id', '=', requestId),
        )
        .execute();
    },
  };
}
