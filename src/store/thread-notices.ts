import type { Kysely } from 'kysely';
import { hasRow } from './sql.ts';
import type { Tables } from './tables.ts';

/** Why a person is told, once, that a message stays in the thread. */
type NoticeReason = 'muted' | 'at-rest' | 'early-edit' | 'task-edit' | 'options-edit' | 'may-not-steer';

/** A private notice that a person gets once in a thread, a day. `sessionId`: of its request, before there is a session. */
export type ThreadNotice = { sessionId: string; userId: string; reason: NoticeReason };

const keyOf = ({ sessionId, userId, reason }: ThreadNotice): string =>
  `notice:${sessionId}:${userId}:${reason}`;

export function createThreadNotices(db: Kysely<Tables>) {
  return {
    /** False: the person has it, or another process is telling them. */
    async add(notice: ThreadNotice): Promise<boolean> {
      const added = db
        .insertInto('shown')
        .values({ key: keyOf(notice) })
        .onConflict((conflict) => conflict.doNothing());
      return hasRow(added.returning('key'));
    },

    /** The person could not be told. */
    async remove(notice: ThreadNotice): Promise<void> {
      await db.deleteFrom('shown').where('key', '=', keyOf(notice)).execute();
    },
  };
}
