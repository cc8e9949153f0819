import type { Kysely } from 'kysely';
import { hasRow } from './sql.ts';
import type { Tables } from './tables.ts';

/** Why a person is told, once, that a message stays in the thread. */
type NoticeReason = 'muted' | 'at-rest' | 'early-edit' | 'task-edit' | 'options-edit' | 'may-not-steer';

/** A private notice that a person gets once in a thread. `sessionId`: of its request, before there is a session. */
export type ThreadNotice = { sessionId: string; userId: string; reason: NoticeReason };

/** Private notices that a person gets once in a thread. */
export function createThreadNotices(db: Kysely<Tables>) {
  return {
    /** False: the person has it, or another process is telling them. */
    async add(notice: ThreadNotice): Promise<boolean> {
      const added = db
        .insertInto('threadNotices')
        .values(notice)
        .onConflict((conflict) => conflict.doNothing());
      return hasRow(added.returning('reason'));
    },

    /** The person could not be told. */
    async remove({ sessionId, userId, reason }: ThreadNotice): Promise<void> {
      await db
        .deleteFrom('threadNotices')
        .where((row) => row.and({ sessionId, userId, reason }))
        .execute();
    },
  };
}
