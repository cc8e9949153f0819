import type { Kysely, Transaction } from 'kysely';
import type { Tables } from './tables.ts';

/** Why a person is told, once, that a message stays in the thread. */
type NoticeReason =
  | 'muted'
  | 'untied'
  | 'courtesy'
  | 'not-started'
  | 'early-edit'
  | 'task-edit'
  | 'options-edit'
  | 'over'
  | 'may-not-steer';

/** A private notice that a person gets once in a thread. `sessionId`: of its request, before there is a session. */
export type ThreadNotice = { sessionId: string; userId: string; reason: NoticeReason };

export type ThreadNotices = ReturnType<typeof createThreadNotices>;

/** Private notices that a person gets once in a thread. */
export function createThreadNotices(db: Kysely<Tables>) {
  return {
    async wasTold({ sessionId, userId, reason }: ThreadNotice): Promise<boolean> {
      const told = await db
        .selectFrom('threadNotices')
        .select('reason')
        .where('sessionId', '=', sessionId)
        .where('userId', '=', userId)
        .where('reason', '=', reason)
        .executeTakeFirst();
      return told !== undefined;
    },

    async add({ sessionId, userId, reason }: ThreadNotice): Promise<void> {
      await db
        .insertInto('threadNotices')
        .values({ sessionId, userId, reason })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    },

    /** The thread is muted or disconnected anew: who heard of it before doesn't know. */
    async forget(
      { sessionId, reason }: Pick<ThreadNotice, 'sessionId' | 'reason'>,
      trx: Transaction<Tables>,
    ): Promise<void> {
      await trx
        .deleteFrom('threadNotices')
        .where('sessionId', '=', sessionId)
        .where('reason', '=', reason)
        .execute();
    },
  };
}
