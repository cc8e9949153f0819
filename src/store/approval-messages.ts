import { sql, type Kysely } from 'kysely';
import type { Person } from './identities.ts';
import type { Tables } from './tables.ts';

/** A message that asks one person for an approval: `number` counts the approvals of a request. */
export type ApprovalMessage = {
  requestId: string;
  number: number;
  userId: string;
  channelId: string;
  slackTs: string;
  /** A fingerprint of what it shows. */
  shown: string;
};

/** The messages that ask people for an approval: one for each person and approval. */
export function createApprovalMessages(db: Kysely<Tables>) {
  return {
    async ofRequest(requestId: string): Promise<ApprovalMessage[]> {
      return db
        .selectFrom('approvalMessages')
        .selectAll()
        .where('requestId', '=', requestId)
        .orderBy('number')
        .orderBy('userId')
        .execute();
    },

    /** Those that wait for this person, first what expires first; `total`: of all of them. */
    async waitingFor({ teamId, userId }: Person, limit: number) {
      const rows = await db
        .selectFrom('approvalMessages as message')
        .innerJoin('sessionRequests as request', 'request.id', 'message.requestId')
        .where('message.userId', '=', userId)
        .where('request.teamId', '=', teamId)
        .where('request.state', '=', sql.lit('awaiting-approval'))
        .where(sql<boolean>`message.number = jsonb_array_length(request.approvals) - 1`)
        .where(sql<boolean>`request.approvals -> -1 -> 'people' @> ${JSON.stringify([{ userId }])}::jsonb`)
        .where(sql<boolean>`not request.approvals -> -1 -> 'yes' @> ${JSON.stringify([{ userId }])}::jsonb`)
        .select(['message.requestId', 'message.channelId', 'message.slackTs'])
        .select((select) => select.fn.countAll().over().as('total'))
        .orderBy('request.approvalUntil')
        .limit(limit)
        .execute();
      return { messages: rows, total: Number(rows[0]?.total ?? 0) };
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
        .where((row) => row.and({ requestId, number, userId }))
        .execute();
    },
  };
}
