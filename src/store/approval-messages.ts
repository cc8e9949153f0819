import type { Kysely, Selectable } from 'kysely';
import type { Db, Tables } from './tables.ts';

export type ApprovalMessage = Selectable<Tables['approvalMessages']>;

export type ApprovalMessages = ReturnType<typeof createApprovalMessages>;

/** The messages that ask people for an approval: one for each person and approval. */
export function createApprovalMessages(db: Kysely<Tables>) {
  return {
    async ofRequest(requestId: string, trx: Db = db): Promise<ApprovalMessage[]> {
      return trx
        .selectFrom('approvalMessages')
        .selectAll()
        .where('requestId', '=', requestId)
        .orderBy('number')
        .orderBy('userId')
        .execute();
    },

    async posted(message: ApprovalMessage): Promise<void> {
      await db
        .insertInto('approvalMessages')
        .values(message)
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    },

    async shows({ requestId, number, userId, shown }: ApprovalMessage): Promise<void> {
      await db
        .updateTable('approvalMessages')
        .set({ shown })
        .where('requestId', '=', requestId)
        .where('number', '=', number)
        .where('userId', '=', userId)
        .execute();
    },
  };
}
