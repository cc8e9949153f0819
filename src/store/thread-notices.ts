import type { Kysely, Transaction } from 'kysely';
import { hasRow } from './sql.ts';
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
      const told = db.selectFrom('threadNotices').where((row) => row.and({ sessionId, userId, reason }));
      return hasRow(told.select('reason'));
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
      { sessionId, reason }: Omit<ThreadNotice, 'userId'>,
      trx: Transaction<Tables>,
    ): Promise<void> {
      const told = trx.deleteFrom('threadNotices').where((row) => row.and({ sessionId, reason }));
      await told.execute();
    },
  };
}
